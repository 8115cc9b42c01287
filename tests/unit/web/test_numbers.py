"""Scores, sizes and durations."""

import pytest

from challenges.config import Column
from challenges.config.boards import Better
from web.scores import Titled
from web.templatetags.numbers import (
    arrow,
    breakable,
    coarse,
    counted,
    digits,
    score,
    seconds,
    size,
)

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


@pytest.mark.parametrize(
    ("value", "number_of_digits", "text"),
    [
        (0.5, 3, "0.500"),
        (-0.5, 3, "\N{MINUS SIGN}0.500"),
        (57.0, 0, "57"),
        (0.0, 3, "0.000"),
        (1e300, 3, "1e+300"),
        (None, 3, "\N{EN DASH}"),
    ],
)
def test_scores_on_no_board_have_the_digits_of_their_like(
    value: float | None, number_of_digits: int, text: str
) -> None:
    assert score(value, Titled("rmse", "rmse", None, number_of_digits)) == text


def test_a_score_on_a_board_has_the_boards_digits_however_large_it_is() -> None:
    assert score(2e6, Titled("f1", "F1", COLUMN, COLUMN.digits)) == digits(2e6, COLUMN)


def test_paths_may_break_between_their_words_and_numbers_may_not() -> None:
    assert breakable("a/b_c.zarr (6.96, 8)") == "a/<wbr>b_<wbr>c.<wbr>zarr (6.96, 8)"


def test_what_may_break_is_escaped() -> None:
    assert breakable("<b/>&") == "&lt;b/&gt;&amp;"


def test_nouns_follow_their_number() -> None:
    assert counted(1, "team,teams") == "1 team"
    assert counted(2000, "team,teams") == "2,000 teams"
