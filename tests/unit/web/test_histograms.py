"""Histograms of the scores of cases: everything is counted once, whatever the numbers are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.histograms import MIN_CASES, Histogram, histogram

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def made(values: list[float]) -> Histogram:
    drawn = histogram("dice", values, "Dice")
    assert drawn is not None
    return drawn


def counted(values: list[float]) -> dict[str, int]:
    return {bar.range: bar.count for bar in made(values).bars if bar.count}


def test_shares_are_counted_in_tenths() -> None:
    assert counted([0.05, 0.1, 0.1999, 0.95, 1.0]) == {
        "0 to 0.1": 1,
        "0.1 to 0.2": 2,
        "0.9 to 1": 2,
    }


def test_a_score_that_is_written_like_an_edge_belongs_to_what_begins_there() -> None:
    assert counted([0.3, 0.3, 0.6, 0.7]) == {"0.3 to 0.4": 2, "0.6 to 0.7": 1, "0.7 to 0.8": 1}


def test_other_numbers_get_round_edges() -> None:
    assert [bar.range for bar in made([3.0, 11.0, 29.0, 41.0]).bars][:2] == ["0 to 5", "5 to 10"]
    assert counted([3.0, 11.0, 29.0, 41.0]) == {
        "0 to 5": 1,
        "10 to 15": 1,
        "25 to 30": 1,
        "40 to 45": 1,
    }


def test_negative_numbers_are_written_with_a_minus() -> None:
    assert "\N{MINUS SIGN}" in made([-5.0, -4.0, -3.0, -1.0]).bars[0].range


def test_words_say_where_most_cases_are() -> None:
    assert made([0.81, 0.82, 0.83, 0.1, 0.95]).summary == (
        "Dice of 5 cases: the median is 0.82, and the fullest range is 0.8 to 0.9 with 3."
    )


def test_few_cases_have_no_histogram() -> None:
    assert histogram("dice", [0.5] * (MIN_CASES - 1), "Dice") is None


def test_cases_are_counted_in_whole_steps() -> None:
    for count in (4, 7, 40, 3000):
        texts = [tick.text for tick in made([0.55] * count).counts]
        assert texts[0] == "0"
        assert int(texts[-1]) >= count
        assert 2 <= len(texts) <= 7


@given(st.lists(FLOATS, min_size=MIN_CASES, max_size=60))
def test_whatever_the_numbers_each_case_is_in_one_bar_on_the_drawing(values: list[float]) -> None:
    drawn = made(values)

    assert sum(bar.count for bar in drawn.bars) == len(values)
    assert len(drawn.bars) <= 24
    for bar in drawn.bars:
        assert drawn.left <= bar.x <= bar.x + bar.width <= drawn.right
        assert 0 <= bar.y <= bar.y + bar.height <= drawn.bottom + 0.01
        assert math.isfinite(bar.x + bar.y + bar.width + bar.height)


@pytest.mark.parametrize("value", [0.0, 7.0, 1e300, -1e-320])
def test_equal_scores_are_in_one_bar(value: float) -> None:
    assert list(counted([value] * 5).values()) == [5]
