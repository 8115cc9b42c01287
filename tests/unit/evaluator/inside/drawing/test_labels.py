"""Pictures of labels: what agrees, what does not, told apart without colour too."""

from typing import Any

import numpy as np
import pytest

from evaluator.inside.drawing import palette
from evaluator.inside.drawing.labels import LabelPlane, label_plane
from evaluator.inside.drawing.planes import Frame, tiles
from tests.unit.evaluator.inside.drawing.pictures import compared, no_hurry

PREDICTED = [[0, 1, 1, 2, 0, 3], [0] * 6]
TRUE = [[0, 1, 0, 1, 2, 3], [0] * 6]


def plane(predicted: Any, true: Any, *, same: bool = True, **more: Any) -> LabelPlane:
    case = compared(predicted, true, **more)
    frame = Frame(case.truth.shape)
    return label_plane(tiles(case, frame, 0, axis=None, deadline=no_hurry()), frame, same=same)


def errors(drawn: LabelPlane) -> set[int]:
    return set(np.unique(drawn.panels()[2].pixels).tolist())


def words(drawn: LabelPlane, panel: int) -> list[str]:
    return [swatch.text for swatch in drawn.panels()[panel].legend]


def test_elements_are_counted_by_how_they_meet() -> None:
    counts = plane(PREDICTED, TRUE).counts

    assert counts == {
        palette.AGREE: 2,
        palette.EXTRA: 1,
        palette.MISSED: 1,
        palette.OTHER: 1,
        palette.UNSCORED: 0,
    }


def test_the_numbers_of_instances_mean_nothing() -> None:
    counts = plane(PREDICTED, TRUE, same=False).counts

    assert (counts[palette.AGREE], counts[palette.OTHER]) == (3, 0)


def test_what_is_not_scored_is_drawn_as_such() -> None:
    mask = np.ones((2, 6), bool)
    mask[0, 2:4] = False

    drawn = plane(PREDICTED, TRUE, aux={"mask": mask})

    assert drawn.counts[palette.UNSCORED] == 2
    assert drawn.counts[palette.EXTRA] == 0
    assert palette.UNSCORED in errors(drawn)
    assert "not scored" in words(drawn, 2)


def test_nan_in_the_truth_is_not_scored_where_the_plan_masks_it() -> None:
    drawn = plane([[1, 1], [0, 0]], [[1.0, np.nan], [0.0, 0.0]], masks_nan=True)

    assert drawn.counts[palette.UNSCORED] == 1
    assert drawn.counts[palette.AGREE] == 1


def test_each_error_has_a_word_and_a_pattern_of_its_own() -> None:
    drawn = plane(PREDICTED, TRUE)

    assert words(drawn, 2) == ["agree", "too many", "missed", "another label"]
    patterns = {swatch.pixels.tobytes() for swatch in drawn.panels()[2].legend}
    flat = [len(np.unique(swatch.pixels)) == 1 for swatch in drawn.panels()[2].legend]
    assert len(patterns) == 4
    assert flat == [True, False, False, False]


@pytest.mark.parametrize("colour", ["EXTRA", "MISSED", "OTHER", "UNSCORED"])
def test_colours_of_errors_differ_in_lightness_from_what_agrees(colour: str) -> None:
    colours = np.frombuffer(palette.palette(), np.uint8).reshape(256, 3)
    lightness = colours @ np.array([0.2126, 0.7152, 0.0722])

    assert abs(lightness[getattr(palette, colour)] - lightness[palette.AGREE]) > 20


def test_few_labels_are_named_and_many_are_counted() -> None:
    assert words(plane(PREDICTED, TRUE), 0) == ["label 1", "label 2", "label 3"]
    many = np.arange(64).reshape(8, 8)
    assert words(plane(many, many), 1) == ["63 labels; lines are borders"]
    assert words(plane(PREDICTED, TRUE, same=False), 1) == ["3 labels; lines are borders"]
    assert words(plane([[0, 0]] * 2, [[0, 0]] * 2), 0) == ["0 labels; lines are borders"]


def test_a_label_has_one_colour_in_prediction_and_truth() -> None:
    drawn = plane([[5, 5], [5, 5]], [[5, 5], [5, 5]])

    first, second = (set(np.unique(panel.pixels)) for panel in drawn.panels()[:2])

    assert first == second
    assert first == {palette.LABELS + 5}


def test_where_two_labels_meet_there_is_a_line() -> None:
    drawn = plane([[1, 8], [1, 8]], [[1, 8], [1, 8]])  # of one colour

    assert palette.INK in np.unique(drawn.panels()[0].pixels)


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "u8", "f4", "f8", ">i4", ">f8"])
def test_labels_of_any_type_are_drawn(dtype: str) -> None:
    labels = np.array([[0, 1], [1, 0]]).astype(dtype)

    drawn = plane(labels, np.array([[0, 1], [0, 1]]))

    assert drawn.counts[palette.AGREE] == drawn.counts[palette.EXTRA] == 1


def test_the_largest_labels_are_drawn() -> None:
    top = np.array([[2**64 - 1, 0], [2**63, 0]], "u8")

    assert plane(top, top).counts[palette.AGREE] == 2
