"""Sizes, times and moments in words."""

from datetime import datetime, timedelta, timezone

import pytest

from agon.units import duration, moment, size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "0.98 KiB"),
        (1536, "1.50 KiB"),
        (64 * 1024, "64.0 KiB"),
        (1024**3, "1.00 GiB"),
        (5 * 1024**4, "5.00 TiB"),
        (5000 * 1024**4, "5000 TiB"),
    ],
)
def test_sizes(count: int, words: str) -> None:
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3660, "1 h 01 min"), (90_000, "1 d 1 h")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_moments_are_told_in_utc() -> None:
    at = datetime(2027, 2, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    assert moment(at) == "2027-01-31 23:30 UTC"
