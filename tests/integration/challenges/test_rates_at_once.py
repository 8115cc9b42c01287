"""Limits hold when processes count at the same moment, on the database of the settings."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from challenges.services.rates import Limit, Rates

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = Limit("read", 100, 3600.0)
PROCESSES = 4


def test_no_more_pass_than_the_limit_says_and_hardly_fewer() -> None:
    barrier = Barrier(PROCESSES)

    def process(_: int) -> int:
        rates = Rates()
        barrier.wait()
        try:
            return sum(not rates.spend(LIMIT, "grace") for _ in range(LIMIT.requests))
        finally:
            connection.close()

    with ThreadPoolExecutor(PROCESSES) as pool:
        passed = sum(pool.map(process, range(PROCESSES)))

    assert LIMIT.requests - PROCESSES * LIMIT.portion <= passed <= LIMIT.requests + 1


def test_threads_of_one_process_share_what_it_has_paid_for() -> None:
    rates, barrier = Rates(), Barrier(PROCESSES)

    def thread(_: int) -> int:
        barrier.wait()
        try:
            return sum(not rates.spend(LIMIT, "eve") for _ in range(LIMIT.requests))
        finally:
            connection.close()

    with ThreadPoolExecutor(PROCESSES) as pool:
        passed = sum(pool.map(thread, range(PROCESSES)))

    assert LIMIT.requests - LIMIT.portion <= passed <= LIMIT.requests + 1
