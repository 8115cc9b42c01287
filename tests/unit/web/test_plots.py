"""Plots of scores per case: numbers on a page, whatever the numbers are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.config import Column
from challenges.config.boards import Better
from web.plots import MAX_LANES, axis, case_plot

COLUMN = Column(key="dice", title="Dice", better=Better.HIGHER)


def test_each_case_has_a_dot_and_words() -> None:
    plot = case_plot("dice", [("a", 0.0), ("b", 1.0)], COLUMN, "Dice")

    assert [dot.words for dot in plot.dots] == ["a: 0", "b: 1"]
    assert (plot.dots[0].x, plot.dots[1].x) == (plot.left, plot.right)
    assert plot.summary == "Dice of 2 cases, from 0 (a) to 1 (b). Higher is better."


def test_shares_are_drawn_on_the_whole_range() -> None:
    assert axis([0.6, 0.95]) == (0.0, 1.0, 0.25)


def test_other_numbers_get_round_ticks() -> None:
    assert axis([3.0, 41.0]) == (0.0, 50.0, 10.0)


def test_equal_values_have_an_axis() -> None:
    low, high, _ = axis([7.0, 7.0, 7.0])

    assert low <= 7.0 <= high
    assert low < high


def test_many_cases_are_drawn_in_order_of_their_scores() -> None:
    cases = [(f"case-{n}", float(-n)) for n in range(MAX_LANES + 1)]

    plot = case_plot("mae", cases, None, "MAE")

    assert not plot.has_lanes
    assert plot.dots[0].words == f"case-{MAX_LANES}: -{MAX_LANES}"
    assert [dot.y for dot in plot.dots] == sorted((dot.y for dot in plot.dots), reverse=True)


def test_long_names_are_cut_in_front_where_they_are_alike() -> None:
    plot = case_plot("d", [("volume-of-tissue-01", 1.0), ("b", 2.0)], COLUMN, "D")

    assert plot.dots[0].label == "…e-of-tissue-01"
    assert plot.dots[0].words.startswith("volume-of-tissue-01")


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60),
)
def test_whatever_the_numbers_every_dot_is_on_the_drawing(values: list[float]) -> None:
    plot = case_plot("x", [(str(n), value) for n, value in enumerate(values)], COLUMN, "X")

    assert len(plot.ticks) < 20
    for dot in plot.dots:
        assert 0 <= dot.x <= plot.width
        assert 0 <= dot.y <= plot.height
        assert math.isfinite(dot.x + dot.y)


@pytest.mark.parametrize("value", [1e-320, 1e308, -1e308])
def test_the_ends_of_floats_have_an_axis(value: float) -> None:
    low, high, step = axis([value, 0.0])

    assert low < high
    assert step > 0
