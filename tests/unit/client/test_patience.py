"""Waits grow, have a bound, and begin anew after progress."""

import pytest

from agon.errors import SiteUnreachable
from agon.patience import Attempts, Patience
from tests.unit.client.clocks import Moved


def failure(retry_after: float | None = None) -> SiteUnreachable:
    return SiteUnreachable("Nobody there.", retry_after=retry_after)


def test_waits_grow_up_to_a_bound() -> None:
    time = Moved()
    attempts = Attempts(Patience(seconds=1000, first=1, largest=8, clock=time.clock()))

    for _ in range(6):
        attempts.wait_after(failure())

    bounds = [1, 2, 4, 8, 8, 8]
    assert all(most / 2 <= pause <= most for pause, most in zip(time.pauses, bounds, strict=True))


def test_patience_ends_before_a_wait_that_would_go_beyond_it() -> None:
    time = Moved()
    attempts = Attempts(time.patience(seconds=5))

    attempts.wait_after(failure(4))
    with pytest.raises(SiteUnreachable):
        attempts.wait_after(failure(2))

    assert time.pauses == [4]


def test_progress_begins_the_count_anew() -> None:
    time = Moved()
    attempts = Attempts(time.patience(seconds=5))
    attempts.wait_after(failure(4))

    attempts.progress()
    attempts.wait_after(failure(4))

    assert time.pauses == [4, 4]


def test_many_clients_do_not_return_at_one_moment() -> None:
    time = Moved()
    for _ in range(20):
        Attempts(time.patience()).wait_after(failure())

    assert len(set(time.pauses)) > 10
