"""Each metric against numbers worked out by hand."""

from typing import Any

import pytest

from evaluator.metrics.errors import LabelAbsent, ObjectsAbsent, ScoreUndefined

#           0  1  2  3  4  5  6  7  8  9
TRUTH = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
GUESS = [0, 0, 1, 1, 1, 1, 2, 2, 0, 3]
# label 0: TP 2, FP 1, FN 1   label 1: TP 3, FP 1, FN 1   label 2: TP 1, FP 1, FN 2
# label 3: TP 0, FP 1, FN 0

CASES: dict[str, tuple[str, dict[str, Any], float]] = {
    "accuracy": ("accuracy", {}, 6 / 10),
    "f1, macro": ("f1", {}, (4 / 6 + 6 / 8 + 2 / 5 + 0) / 4),
    "f1, micro": ("f1", {"average": "micro"}, 6 / 10),
    "f1, binary": ("f1", {"average": "binary"}, 6 / 8),
    "f1, binary of 2": ("f1", {"average": "binary", "label": 2}, 2 / 5),
    "f1, binary of 3": ("f1", {"average": "binary", "label": 3}, 0.0),
    "dice of 1": ("dice", {"label": 1}, 6 / 8),
    "dice of 0": ("dice", {"label": 0}, 4 / 6),
    "dice of 3": ("dice", {"label": 3}, 0.0),
    "dice, labels of the truth but 0": ("dice", {}, (6 / 8 + 2 / 5) / 2),
    "iou of 1": ("iou", {"label": 1}, 3 / 5),
    "iou, labels of the truth but 0": ("iou", {}, (3 / 5 + 1 / 4) / 2),
    # Object 1 has IoU 3/5; object 2 has 1/4; object 3 is predicted only.
    "object_f1": ("object_f1", {}, 2 * 1 / (2 + 3)),
    "object_f1 above 0.6": ("object_f1", {"threshold": 0.6}, 0.0),
    "object_f1 above 0.59": ("object_f1", {"threshold": 0.59}, 2 / 5),
    # Differences: 0 0 1 0 0 0 1 0 -2 1; absolute they add up to 5, squared to 7.
    "rmse": ("rmse", {}, (7 / 10) ** 0.5),
    "mae": ("mae", {}, 5 / 10),
}


@pytest.mark.parametrize(("metric", "parameters", "expected"), CASES.values(), ids=CASES.keys())
def test_a_metric_is_what_it_is_by_hand(
    metric: str, parameters: dict[str, Any], expected: float, count: Any
) -> None:
    score = count(metric, GUESS, TRUTH, **parameters).score()

    assert score == pytest.approx(expected, rel=1e-15)


PERFECT = ["accuracy", "f1", "dice", "iou", "object_f1"]


@pytest.mark.parametrize("metric", PERFECT)
def test_the_truth_itself_has_the_best_score(metric: str, count: Any) -> None:
    assert count(metric, TRUTH, TRUTH).score() == 1.0


@pytest.mark.parametrize("metric", ["rmse", "mae"])
def test_the_truth_itself_has_no_error(metric: str, count: Any) -> None:
    assert count(metric, TRUTH, TRUTH).score() == 0.0


@pytest.mark.parametrize("metric", ["dice", "iou"])
def test_foreground_where_the_truth_has_none_scores_nothing(metric: str, count: Any) -> None:
    assert count(metric, [0, 5, 6], [0, 0, 0]).score() == 0.0


@pytest.mark.parametrize("metric", ["dice", "iou"])
def test_no_foreground_anywhere_is_no_score(metric: str, count: Any) -> None:
    with pytest.raises(LabelAbsent, match="any label but background"):
        count(metric, [0, 0], [0, 0]).score()


@pytest.mark.parametrize(
    ("metric", "parameters"),
    [("dice", {}), ("iou", {}), ("f1", {"average": "binary"})],
)
def test_a_label_in_neither_array_is_no_score(
    metric: str, parameters: dict[str, Any], count: Any
) -> None:
    with pytest.raises(LabelAbsent, match="has label 7"):
        count(metric, [0, 1], [1, 1], label=7, **parameters).score()


def test_no_objects_anywhere_is_no_score(count: Any) -> None:
    with pytest.raises(ObjectsAbsent):
        count("object_f1", [0, 0], [0, 0]).score()


@pytest.mark.parametrize("metric", ["accuracy", "f1", "dice", "iou", "object_f1", "rmse", "mae"])
def test_no_elements_are_no_score(metric: str, count: Any) -> None:
    with pytest.raises(ScoreUndefined):
        count(metric, [], []).score()


def test_an_overlap_of_exactly_the_threshold_is_no_match(count: Any) -> None:
    half = count("object_f1", [1, 1, 0], [1, 0, 0])  # IoU 1/2
    more = count("object_f1", [1, 1, 0], [1, 1, 1])  # IoU 2/3

    assert half.score() == 0.0
    assert more.score() == 1.0


def test_objects_are_matched_by_place_and_not_by_number(count: Any) -> None:
    assert count("object_f1", [9, 9, 0, 4, 4], [4, 4, 0, 9, 9]).score() == 1.0


def test_one_prediction_over_two_objects_finds_neither(count: Any) -> None:
    assert count("object_f1", [1, 1, 1, 1], [1, 1, 2, 2]).score() == 0.0


def test_background_is_no_object(count: Any) -> None:
    tally = count("object_f1", [0, 0, 0, 1], [0, 0, 0, 0])

    assert (tally.true, tally.predicted, tally.found) == (0, 1, 0)
    assert tally.score() == 0.0


def test_numbers_too_large_for_a_square_give_no_finite_score(count: Any) -> None:
    assert count("rmse", [1e300], [-1e300]).score() == float("inf")
