"""Pictures of measured values: one scale for both, and how far they are apart."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evaluator.inside.drawing import palette
from evaluator.inside.drawing.numbers import NumberPlane, Range, number_plane
from evaluator.inside.drawing.planes import Frame, tiles
from evaluator.inside.drawing.sheet import drawn
from tests.unit.evaluator.inside.drawing.pictures import compared, no_hurry, pixels_of


def plane(predicted: Any, true: Any, **more: Any) -> NumberPlane:
    case = compared(predicted, true, **more)
    frame = Frame(case.truth.shape)
    return number_plane(tiles(case, frame, 0, axis=None, deadline=no_hurry()), frame)


def test_range_and_differences_are_those_of_the_plane() -> None:
    measured = plane([[0.0, 4.0], [2.0, 2.0]], [[1.0, 1.0], [2.0, 3.0]]).range

    assert measured == Range(low=1.0, high=3.0, largest=3.0, mean=1.25)


def test_legends_say_the_range_and_that_differences_are_even_around_0() -> None:
    panels = plane([[0.0, 4.0], [2.0, 2.0]], [[1.0, 1.0], [2.0, 3.0]]).panels()

    assert [panel.title for panel in panels] == ["Prediction", "Truth", "Difference"]
    assert [panel.legend[0].text for panel in panels] == [
        "1 to 3",
        "1 to 3",
        "-3 (striped) to +3",
    ]


def test_what_lies_beyond_the_truth_is_drawn_as_its_end() -> None:
    predicted, true, _ = plane([[-50.0, 50.0]], [[0.0, 1.0]]).panels()

    assert (predicted.pixels == true.pixels).all()


def test_differences_of_both_signs_are_told_apart_without_colour() -> None:
    difference = plane([[-1.0, 1.0]], [[0.0, 0.0]]).panels()[2].pixels
    half = difference.shape[1] // 2

    assert (difference[:, :half] == palette.PAPER).any()
    assert not (difference[:, half:] == palette.PAPER).any()


def test_what_is_not_scored_counts_nowhere() -> None:
    true = [[1.0, math.nan], [2.0, 3.0]]

    measured = plane([[1.0, 99.0], [2.0, 3.0]], true, masks_nan=True)

    assert measured.range == Range(low=1.0, high=3.0, largest=0.0, mean=0.0)
    assert palette.UNSCORED in np.unique(measured.panels()[2].pixels)
    assert measured.panels()[1].legend[1].text == "not scored"


def test_a_plane_of_which_nothing_is_scored_is_drawn() -> None:
    nothing = np.full((3, 3), math.nan)

    measured = plane(np.zeros((3, 3)), nothing, masks_nan=True)

    assert measured.range == Range()
    assert drawn(measured)


def test_equal_values_are_drawn() -> None:
    measured = plane(np.ones((3, 3)), np.ones((3, 3)))

    assert measured.panels()[2].legend[0].text == "no difference"
    assert measured.range.largest == 0


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "u8", "f2", "f4", ">f8"])
def test_numbers_of_any_type_are_drawn(dtype: str) -> None:
    values = np.array([[0, 1], [1, 0]]).astype(dtype)

    assert plane(values, values).range == Range(low=0, high=1, largest=0, mean=0)


@given(
    arrays(
        np.float64,
        st.tuples(st.just(2), st.integers(1, 5), st.integers(1, 5)),
        elements=st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_whatever_the_numbers_there_is_a_picture(values: Any) -> None:
    measured = plane(values[0], values[1])

    assert all(math.isfinite(number) for number in vars(measured.range).values())
    assert 0 <= measured.range.mean <= measured.range.largest
    assert pixels_of(drawn(measured)).size
