import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.errors import ObjectsAbsent
from evaluator.metrics.instances import Objects, mean_ap, object_f1, panoptic_quality
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Settings

Labels = NDArray[np.int64]

AT_THRESHOLD = ["object_f1", "object_precision", "object_recall", "ap"]
QUALITIES = ["panoptic_quality", "segmentation_quality", "recognition_quality"]
ALL = [*AT_THRESHOLD, *QUALITIES, "mean_ap"]

#           0  1  2  3  4  5  6  7  8  9 10 11
TRUTH = [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3]
GUESS = [0, 5, 5, 5, 5, 5, 6, 6, 6, 7, 0, 8]
# IoU of 1 and 5: 4/5; 2 and 6: 3/4; 2 and 7: 1/4; 3 and 8: 1/2. Objects: 3 true, 4 predicted.

BY_HAND: dict[str, tuple[str, dict[str, Any], float]] = {
    "f1": ("object_f1", {}, 2 * 2 / (3 + 4)),
    "precision": ("object_precision", {}, 2 / 4),
    "recall": ("object_recall", {}, 2 / 3),
    "ap": ("ap", {}, 2 / (3 + 4 - 2)),
    "ap above 0.75": ("ap", {"threshold": 0.75}, 1 / (3 + 4 - 1)),
    "ap above 0.8": ("ap", {"threshold": 0.8}, 0.0),
    "ap above 0.4": ("ap", {"threshold": 0.4}, 3 / (3 + 4 - 3)),
    "ap above 0.2": ("ap", {"threshold": 0.2}, 3 / (3 + 4 - 3)),
    "mean_ap": ("mean_ap", {}, (5 * (2 / 5) + 1 * (1 / 6)) / 10),
    "mean_ap of two": ("mean_ap", {"thresholds": [0.3, 0.77]}, (3 / 4 + 1 / 6) / 2),
    "pq": ("panoptic_quality", {}, (4 / 5 + 3 / 4) / (2 + 2 / 2 + 1 / 2)),
    "sq": ("segmentation_quality", {}, (4 / 5 + 3 / 4) / 2),
    "rq": ("recognition_quality", {}, 2 / (2 + 2 / 2 + 1 / 2)),
}


@pytest.mark.parametrize(("metric", "parameters", "expected"), BY_HAND.values(), ids=BY_HAND.keys())
def test_a_metric_is_what_it_is_by_hand(
    metric: str, parameters: dict[str, Any], expected: float, score: Any
) -> None:
    assert score(metric, GUESS, TRUTH, **parameters) == pytest.approx(expected, rel=1e-14)


def naive_counts(prediction: Labels, truth: Labels, threshold: str) -> tuple[int, int, int, float]:
    """Return true, predicted and matched objects, and the IoUs above `threshold` added up."""
    true = [truth == label for label in np.unique(truth) if label != 0]
    predicted = [prediction == label for label in np.unique(prediction) if label != 0]
    ious = [[Fraction(int((t & p).sum()), int((t | p).sum())) for p in predicted] for t in true]
    if not true or not predicted:
        return len(true), len(predicted), 0, 0.0
    is_match = np.array([[iou > Fraction(threshold) for iou in row] for row in ious])
    rows, columns = linear_sum_assignment(is_match, maximize=True)
    total = float(sum(iou for row in ious for iou in row if iou > Fraction(threshold)))
    return len(true), len(predicted), int(is_match[rows, columns].sum()), total


def naive(metric: str, prediction: Labels, truth: Labels, threshold: str) -> float:
    if metric == "mean_ap":
        ten = [str(Fraction(step, 20)) for step in range(10, 20)]
        return float(np.mean([naive("ap", prediction, truth, each) for each in ten]))
    true, predicted, found, ious = naive_counts(prediction, truth, threshold)
    fp, fn = predicted - found, true - found
    values: dict[str, Callable[[], float]] = {
        "object_f1": lambda: 2 * found / (2 * found + fp + fn),
        "recognition_quality": lambda: found / (found + fp / 2 + fn / 2),
        "object_precision": lambda: found / (found + fp) if predicted else 0,
        "object_recall": lambda: found / (found + fn) if true else 0,
        "ap": lambda: found / (found + fp + fn),
        "panoptic_quality": lambda: ious / (found + fp / 2 + fn / 2),
        "segmentation_quality": lambda: ious / found if found else 0,
    }
    return float(values[metric]())


PICTURES = arrays.arrays(np.int64, (2, 6, 7), elements=st.integers(0, 5))


def grown(noise: Labels, step: int) -> tuple[Labels, Labels]:
    """Return a truth of blocks, and a prediction with other blocks for some, moved by a place."""
    truth = noise[0].repeat(step, axis=0).repeat(2, axis=1)
    mixed = np.where(noise[1] > 3, noise[1], noise[0])
    return np.roll(mixed.repeat(step, axis=0).repeat(2, axis=1), 1, axis=1), truth


@settings(max_examples=150, deadline=None)
@given(
    noise=PICTURES,
    step=st.integers(1, 3),
    metric=st.sampled_from(ALL),
    threshold=st.sampled_from(["0.5", "0.6", "0.75", "0.9", "0.05", "0.1", "0.25", "0.3", "0.4"]),
)
def test_a_metric_equals_the_naive_one(
    noise: Labels, step: int, metric: str, threshold: str, score: Any
) -> None:
    prediction, truth = grown(noise, step)
    truth[0, 0] = 1
    if metric in QUALITIES and float(threshold) < 0.5:
        threshold = "0.5"
    given_threshold = {} if metric == "mean_ap" else {"threshold": float(threshold)}

    value = score(metric, prediction, truth, **given_threshold)

    assert value == pytest.approx(naive(metric, prediction, truth, threshold), rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(noise=PICTURES, seed=st.integers(0, 999), metric=st.sampled_from(ALL))
def test_new_numbers_for_the_objects_change_no_digit(
    noise: Labels, seed: int, metric: str, score: Any
) -> None:
    prediction, truth = grown(noise, 2)
    truth[0, 0] = 1
    random = np.random.default_rng(seed)
    left = np.append(0, random.choice([-7, -1, 1, 2, 9, 10**6, 2**62], 5, replace=False))
    right = np.append(0, random.permutation(99)[:5] + 1)

    value = score(metric, prediction, truth)

    assert score(metric, left[prediction], right[truth]) == value


@settings(max_examples=60, deadline=None)
@given(noise=PICTURES, metric=st.sampled_from([name for name in ALL if "mean" not in name]))
def test_found_objects_are_as_many_seen_from_the_other_side(
    noise: Labels, metric: str, count: Any
) -> None:
    prediction, truth = grown(noise, 1)
    threshold = 0.5 if metric in QUALITIES else 0.1

    there = count(metric, prediction, truth, threshold=threshold)
    back = count(metric, truth, prediction, threshold=threshold)

    if isinstance(there, Objects):
        assert (there.true, there.predicted, there.found) == (back.predicted, back.true, back.found)
    else:
        assert there.ious == back.ious


@pytest.mark.parametrize("metric", ALL)
def test_pooled_counts_are_those_of_cases_with_objects_of_their_own(
    metric: str, count: Any
) -> None:
    random = np.random.default_rng(4)
    truth = np.repeat(random.integers(0, 4, 30), 4)
    prediction = np.roll(truth, 1)
    apart = np.concatenate([truth[:60], truth[60:] + 10 * (truth[60:] > 0)])
    apart_too = np.concatenate([prediction[:60], prediction[60:] + 20 * (prediction[60:] > 0)])

    pooled = count(metric, prediction[:60], truth[:60]) + count(metric, prediction[60:], truth[60:])

    assert pooled.score() == pytest.approx(count(metric, apart_too, apart).score(), rel=1e-14)


@pytest.mark.parametrize("metric", ALL)
def test_a_case_without_prediction_has_missed_each_object(metric: str) -> None:
    info = CATALOGUE[metric]

    tally = code_of(info)(PairTable.missed(np.array([0, 1, 1, 2])), Settings(info.settled({})))

    assert tally.score() == 0.0


@pytest.mark.parametrize("metric", ALL)
def test_pooled_missed_objects_count_like_a_blank_prediction(metric: str, count: Any) -> None:
    info = CATALOGUE[metric]
    here = count(metric, GUESS, TRUTH)
    truth = np.array([0, 1, 1, 2])

    missed = code_of(info)(PairTable.missed(truth), Settings(info.settled({})))

    assert (here + missed).score() == (here + count(metric, 0 * truth, truth)).score()
    assert (here + missed).score() <= here.score()


@pytest.mark.parametrize("metric", ALL)
def test_no_objects_anywhere_are_no_score(metric: str, count: Any, score: Any) -> None:
    for nothing in ([0, 0], []):
        with pytest.raises(ObjectsAbsent):
            count(metric, nothing, nothing).score()
    assert score(metric, [0, 0], [0, 0], absent="best") == 1.0
    assert score(metric, [0, 0], [0, 0], absent="worst") == 0.0


@pytest.mark.parametrize("metric", ALL)
def test_objects_of_one_side_alone_score_nothing_whatever_absent_says(
    metric: str, score: Any
) -> None:
    assert score(metric, [0, 0, 0], [0, 4, 4], absent="best") == 0.0
    assert score(metric, [0, 4, 4], [0, 0, 0], absent="best") == 0.0


@pytest.mark.parametrize("metric", ALL)
def test_the_truth_itself_has_the_best_score(metric: str, score: Any) -> None:
    assert score(metric, TRUTH, TRUTH) == 1.0
    assert score(metric, [[[7]]], [[[3]]]) == 1.0


def test_quality_is_that_of_segmentation_times_that_of_recognition(score: Any) -> None:
    panoptic, segmentation, recognition = (score(metric, GUESS, TRUTH) for metric in QUALITIES)

    assert panoptic == pytest.approx(segmentation * recognition, rel=1e-15)


@pytest.mark.parametrize(
    ("threshold", "found"), [(0.3, 0), (0.2999999999999999, 1), (0.30000000000000004, 0)]
)
def test_an_iou_of_exactly_the_threshold_is_no_match(
    threshold: float, found: int, count: Any
) -> None:
    tally = count("ap", [1, 1, 1] + [0] * 7, [5] * 10, threshold=threshold)  # IoU 3/10

    assert tally.found == found


def test_below_a_half_as_many_objects_as_possible_are_matched(count: Any) -> None:
    # 1 meets 1 with an IoU of 4/8 and 2 with 2/8; 2 meets 1 with 2/8: two pairs, not the best one.
    truth = [1, 1, 1, 1, 1, 1, 2, 2]
    prediction = [1, 1, 1, 1, 2, 2, 1, 1]

    assert count("ap", prediction, truth, threshold=0.2).found == 2
    assert count("ap", prediction, truth, threshold=0.45).found == 1


def big_table(objects: int, pairs: int) -> PairTable:
    """Return objects of 100 elements that share 60 with their own and a few with `pairs` others."""
    truth = np.repeat(np.arange(1, objects + 1), pairs)
    step = np.tile(np.arange(pairs), objects)
    prediction = (truth + step * step * 17) % objects + 1
    counts = np.where(step == 0, 100 * pairs, 1 + (truth + step) % 7)
    order = np.lexsort((prediction, truth))
    return PairTable(truth[order], prediction[order], counts[order])


@pytest.mark.parametrize("threshold", [0.5, 0.06])
def test_a_hundred_thousand_objects_are_matched_at_once(threshold: float) -> None:
    table = big_table(100_000, 3)
    start = time.process_time()

    tally = object_f1(table, Settings({"threshold": threshold}))

    assert tally.found == 100_000
    assert time.process_time() - start < 1.0  # 0.1 s on a quiet machine


def test_two_million_pairs_are_scored_in_seconds() -> None:
    table = big_table(100_000, 20)
    start = time.process_time()

    found = mean_ap(table, Settings(CATALOGUE["mean_ap"].settled({}))).found
    quality = panoptic_quality(table, Settings({"threshold": 0.5}))

    assert found[0] == quality.objects.found == 100_000
    assert time.process_time() - start < 8.0  # 1 s on a quiet machine
