"""Times in words, with the exact moment behind them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from web.templatetags.times import exact, in_words, moment, relative, wait

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-59, "just now"),
        (59, "in less than a minute"),
        (-60, "1 minute ago"),
        (3599, "in 59 minutes"),
        (3600, "in 1 hour"),
        (-7200, "2 hours ago"),
        (86_400 * 2.9, "in 2 days"),
        (86_400 * 45, "in 1 month"),
        (-86_400 * 800, "2 years ago"),
    ],
)
def test_spans_are_named_by_their_largest_whole_unit(seconds: float, words: str) -> None:
    assert in_words(NOW + timedelta(seconds=seconds), NOW) == words


def test_times_are_shown_in_utc_with_their_zone() -> None:
    somewhere = datetime(2026, 5, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))

    assert moment(somewhere) == (
        '<time datetime="2026-04-30T23:30:00Z" title="30 April 2026, 23:30:00 UTC">'
        "30 Apr 2026, 23:30 UTC</time>"
    )
    assert exact(somewhere) == "30 April 2026, 23:30:00 UTC"


def test_relative_times_keep_the_exact_one() -> None:
    assert 'title="1 May 2020, 12:00:00 UTC"' in relative(NOW.replace(year=2020))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "about 5 seconds"), (22, "about 20 seconds"), (100, "about 2 minutes")],
)
def test_estimates_claim_no_more_than_they_know(seconds: float, words: str) -> None:
    assert wait(timedelta(seconds=seconds)) == words
