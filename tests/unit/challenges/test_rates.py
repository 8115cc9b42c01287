"""Limits on requests: counted for all processes together, without a write for each."""

import pytest
from pytest_django import DjangoAssertNumQueries

from challenges.models import RequestRate
from challenges.services.rates import Limit, Rates

pytestmark = pytest.mark.django_db

TEN = Limit("read", 10, 60.0)
HUNDRED = Limit("read", 100, 60.0)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def rates(clock: Clock) -> Rates:
    return Rates(clock)


def test_the_whole_limit_may_come_at_once_and_then_no_more(rates: Rates) -> None:
    waits = [rates.spend(TEN, "grace") for _ in range(11)]

    assert waits == [0.0] * 10 + [pytest.approx(6.0)]


def test_what_was_refused_may_come_after_the_time_that_was_told(rates: Rates, clock: Clock) -> None:
    wait = [rates.spend(TEN, "grace") for _ in range(11)][-1]

    clock.seconds += wait - 0.1
    early = rates.spend(TEN, "grace")
    clock.seconds += 0.11
    on_time = rates.spend(TEN, "grace")

    assert (early > 0, on_time) == (True, 0.0)


def test_refused_requests_cost_nothing(rates: Rates, clock: Clock) -> None:
    for _ in range(50):
        rates.spend(TEN, "grace")

    clock.seconds += 6.01

    assert rates.spend(TEN, "grace") == 0.0


def test_people_and_limits_are_counted_apart(rates: Rates) -> None:
    for _ in range(11):
        rates.spend(TEN, "grace")

    assert rates.spend(TEN, "eve") == 0.0
    assert rates.spend(Limit("write", 10, 60.0), "grace") == 0.0


def test_processes_share_the_counters(clock: Clock) -> None:
    processes = [Rates(clock), Rates(clock), Rates(clock)]

    passed = sum(not process.spend(HUNDRED, "grace") for _ in range(100) for process in processes)

    assert passed == 100


def test_most_requests_write_nothing(
    rates: Rates, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    limit = Limit("files", 5000, 60.0)
    rates.spend(limit, "grace")

    with django_assert_max_num_queries(0):
        waits = [rates.spend(limit, "grace") for _ in range(limit.portion - 1)]
    with django_assert_max_num_queries(1):
        rates.spend(limit, "grace")

    assert not any(waits)


def test_whoever_goes_on_asking_costs_no_query(
    rates: Rates, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    waits = [rates.spend(TEN, "grace") for _ in range(11)]

    clock.seconds += 1.0
    with django_assert_max_num_queries(0):
        wait = rates.spend(TEN, "grace")

    assert wait == pytest.approx(waits[-1] - 1.0)


def test_counters_that_have_run_empty_are_forgotten(rates: Rates, clock: Clock) -> None:
    rates.spend(TEN, "grace")

    clock.seconds += 10_000
    rates.spend(TEN, "eve")

    assert list(RequestRate.objects.values_list("key", flat=True)) == ["read:eve"]
