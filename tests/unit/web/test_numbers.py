"""Scores, sizes and durations."""

import pytest

from challenges.config import Column
from challenges.config.boards import Better
from web.templatetags.numbers import arrow, coarse, counted, digits, plain, seconds, size

COLUMN = Column(key="f1", title="F1", better=Better.LOWER, digits=2)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (1.0, "1.00"), (-0.5, "\N{MINUS SIGN}0.50"), (None, "\N{EN DASH}")],
)
def test_scores_have_their_columns_digits_and_zero_is_one(value: float | None, text: str) -> None:
    assert digits(value, COLUMN) == text


def test_the_better_end_has_a_sign_and_words() -> None:
    assert "↓" in arrow(COLUMN)
    assert "(lower is better)" in arrow(COLUMN)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (1_500_000, "1.4 MiB")],
)
def test_sizes_have_binary_units(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.3, "under 5 s"), (2.4, "under 5 s"), (2.6, "about 5 s"), (14, "about 15 s")],
)
def test_participants_times_are_coarse(value: float, text: str) -> None:
    assert coarse(value) == text


@pytest.mark.parametrize(("value", "text"), [(1.26, "1.3 s"), (130.0, "2 min 10 s")])
def test_organisers_times_are_exact(value: float, text: str) -> None:
    assert seconds(value) == text


def test_plain_numbers_have_no_needless_digits() -> None:
    assert plain(0.5) == "0.5"
    assert plain(0) == "0"


def test_nouns_follow_their_number() -> None:
    assert counted(1, "team,teams") == "1 team"
    assert counted(2000, "team,teams") == "2,000 teams"
