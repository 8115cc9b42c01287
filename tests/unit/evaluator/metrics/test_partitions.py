import time
from math import log2
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from skimage import metrics as without_types

from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.partitions import adapted_rand_error, variation_of_information
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Settings

Labels = NDArray[np.int64]

SKIMAGE: Any = without_types
VOI = ["variation_of_information", "voi_split", "voi_merge"]
ARAND = ["adapted_rand_error", "arand_precision", "arand_recall"]
ALL = VOI + ARAND

#        0  1  2  3  4  5  6  7
TRUTH = [0, 0, 1, 1, 1, 1, 2, 2]
GUESS = [4, 4, 5, 5, 6, 6, 6, 6]
# Split: 1 falls into halves. Merge: 6 is half of 1 and half of 2.

BY_HAND: dict[str, tuple[str, dict[str, Any], float]] = {
    "split": ("voi_split", {}, 4 * 1 / 8),
    "merge": ("voi_merge", {}, 4 * 1 / 8),
    "both": ("variation_of_information", {}, 1.0),
    "split, objects only": ("voi_split", {"background": "ignore_truth"}, 4 * 1 / 6),
    "thirds": ("voi_split", {}, 4 * 1 / 8),
    # Ordered pairs of the six elements of 1 and 2: T = 12 + 2, P = 2 + 12, B = 2 + 2 + 2.
    "error": ("adapted_rand_error", {}, 1 - 2 * 6 / (14 + 14)),
    "precision": ("arand_precision", {}, 6 / 14),
    "recall": ("arand_recall", {}, 6 / 14),
    # With the two elements of 0: one pair more in each, counted twice.
    "error with background": ("adapted_rand_error", {"background": "count"}, 1 - 2 * 8 / 32),
}


@pytest.mark.parametrize(("metric", "parameters", "expected"), BY_HAND.values(), ids=BY_HAND.keys())
def test_a_metric_is_what_it_is_by_hand(
    metric: str, parameters: dict[str, Any], expected: float, score: Any
) -> None:
    assert score(metric, GUESS, TRUTH, **parameters) == pytest.approx(expected, rel=1e-14)


def test_a_third_is_worth_its_logarithm_to_base_2(score: Any) -> None:
    split = score("voi_split", [1, 2, 2], [7, 7, 7])

    assert split == pytest.approx(log2(3) / 3 + 2 / 3 * log2(1.5), rel=1e-14)


def test_objects_in_parts_cost_recall_and_joined_objects_cost_precision(score: Any) -> None:
    parts = {"prediction": [1, 1, 2, 2], "truth": [9, 9, 9, 9]}
    joined = {"prediction": [1, 1, 1, 1], "truth": [8, 8, 9, 9]}

    assert score("arand_precision", **parts) == 1.0
    assert score("arand_recall", **parts) == 4 / 12
    assert score("arand_precision", **joined) == 4 / 12
    assert score("arand_recall", **joined) == 1.0
    assert (score("voi_split", **parts), score("voi_merge", **parts)) == (1.0, 0.0)
    assert (score("voi_split", **joined), score("voi_merge", **joined)) == (0.0, 1.0)


PICTURES = arrays.arrays(np.int64, (2, 5, 9), elements=st.integers(0, 4))


@settings(max_examples=200, deadline=None)
@given(noise=PICTURES, repeat=st.integers(1, 5), ignored=st.booleans())
def test_bits_are_those_of_skimage(noise: Labels, repeat: int, ignored: bool, score: Any) -> None:
    prediction, truth = np.repeat(noise, repeat, axis=2)
    truth[0, 0] = 1
    background = "ignore_truth" if ignored else "count"

    split, merge = (score(name, prediction, truth, background=background) for name in VOI[1:])
    total = score(VOI[0], prediction, truth, background=background)

    expected = SKIMAGE.variation_of_information(
        truth, prediction, ignore_labels=[0] if ignored else []
    )
    assert [split, merge] == pytest.approx(list(expected), rel=1e-9, abs=1e-12)
    assert total == pytest.approx(sum(expected), rel=1e-9, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(noise=PICTURES, repeat=st.integers(2, 5), ignored=st.booleans())
def test_pairs_are_those_of_skimage(noise: Labels, repeat: int, ignored: bool, score: Any) -> None:
    prediction, truth = np.repeat(noise, repeat, axis=2)
    truth[0, :4] = prediction[0, :4] = 1
    background = "ignore_truth" if ignored else "count"

    error, precision, recall = (
        score(name, prediction, truth, background=background) for name in ARAND
    )

    # It returns precision and recall in the places of each other: its first one is the share of
    # the pairs of the truth.
    expected = SKIMAGE.adapted_rand_error(truth, prediction, ignore_labels=[0] if ignored else [])
    assert [error, recall, precision] == pytest.approx(list(expected), rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(noise=PICTURES, seed=st.integers(0, 999), metric=st.sampled_from(ALL))
def test_new_numbers_for_the_labels_change_no_digit(
    noise: Labels, seed: int, metric: str, score: Any
) -> None:
    prediction, truth = noise
    truth[0, :3] = prediction[0, :3] = 1
    random = np.random.default_rng(seed)
    # Label 0 of the prediction is no other than any.
    left, right = random.permutation(99)[:5] - 50, np.append(0, random.permutation(99)[:4] + 1)

    value = score(metric, prediction, truth)

    assert score(metric, left[prediction], right[truth]) == value


@settings(max_examples=50, deadline=None)
@given(noise=PICTURES, cut=st.integers(1, 44), metric=st.sampled_from(ALL))
def test_pooled_counts_are_those_of_cases_with_labels_of_their_own(
    noise: Labels, cut: int, metric: str, count: Any
) -> None:
    prediction, truth = noise.reshape(2, -1)
    truth[[0, 1, -2, -1]] = prediction[[0, 1, -2, -1]] = 1
    rest = {"background": "count"}

    left = count(metric, prediction[:cut], truth[:cut], **rest)
    right = count(metric, prediction[cut:], truth[cut:], **rest)

    apart = 10 * (np.arange(truth.size) >= cut)
    whole = count(metric, prediction + apart, truth + apart, **rest)
    assert (left + right).score() == pytest.approx(whole.score(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("metric", ALL)
def test_the_truth_itself_has_the_best_score_exactly(metric: str, score: Any) -> None:
    random = np.random.default_rng(3)
    truth = np.repeat(random.integers(0, 50, 400), random.integers(1, 30, 400))
    best = CATALOGUE[metric].best_score

    assert score(metric, truth, truth) == best
    assert score(metric, 7 * truth + 3, truth) == best
    assert score(metric, [[[5, 5]]], [[[1, 1]]]) == best


@pytest.mark.parametrize("metric", ALL)
def test_nothing_to_score_is_no_score(metric: str, count: Any, score: Any) -> None:
    info = CATALOGUE[metric]
    blank = {"background": "ignore_truth"}
    for prediction, truth in (([], []), ([1, 1], [0, 0])):
        with pytest.raises(ScoreUndefined):
            count(metric, prediction, truth, **blank).score()
    assert score(metric, [1, 1], [0, 0], absent="best", **blank) == info.best_score


@pytest.mark.parametrize("metric", VOI)
def test_an_undefined_voi_is_the_declared_worst(metric: str, score: Any) -> None:
    parameters = {"background": "ignore_truth", "absent": "worst", "worst": 4.5}

    assert score(metric, [1], [0], **parameters) == 4.5


@pytest.mark.parametrize("metric", ARAND)
def test_elements_of_their_own_are_no_pairs(metric: str, count: Any, score: Any) -> None:
    with pytest.raises(ScoreUndefined, match="puts two elements together"):
        count(metric, [1, 2, 3], [4, 5, 6]).score()

    worst = CATALOGUE[metric].worst
    assert score(metric, [1, 2, 3], [4, 4, 4], absent="best") == worst
    assert score(metric, [1, 1, 1], [4, 5, 6], absent="best") == worst


@pytest.mark.parametrize("metric", VOI)
def test_missed_elements_lack_the_declared_worst(metric: str, count: Any) -> None:
    info = CATALOGUE[metric]
    rest: dict[str, Any] = {"worst": 6.0, "background": "ignore_truth"}
    here = count(metric, GUESS, TRUTH, **rest)

    missed = code_of(info)(PairTable.missed(np.array([0, 1, 2, 2])), Settings(info.settled(rest)))

    assert missed.score() == 6.0
    assert (here + missed).score() == pytest.approx((here.score() * 6 + 6.0 * 3) / 9, rel=1e-15)


@pytest.mark.parametrize("metric", ARAND)
def test_missed_elements_are_joined_by_the_truth_alone(metric: str, count: Any) -> None:
    info = CATALOGUE[metric]
    here = count(metric, GUESS, TRUTH)

    missed = code_of(info)(PairTable.missed(np.array([0, 0, 3, 3])), Settings(info.settled({})))

    assert missed.score() == info.worst
    assert ((here + missed).true, (here + missed).both) == (here.true + 2, here.both)


def test_one_stray_element_of_many_is_seen_in_all_digits() -> None:
    table = PairTable(np.array([1, 1]), np.array([1, 2]), np.array([10**12 - 1, 1]))

    bits = variation_of_information(table, Settings({"background": "count"})).score()

    assert bits == pytest.approx((log2(10**12) + 1 / np.log(2)) / 10**12, rel=1e-10)


def test_numbers_of_pairs_may_take_more_than_64_bits() -> None:
    size = 2**40
    table = PairTable(np.array([1, 2]), np.array([1, 1]), np.array([size, size]))

    tally = adapted_rand_error(table, Settings({"background": "count"}))

    assert tally.both == 2 * size * (size - 1)
    assert tally.predicted == 2 * size * (2 * size - 1)


def test_two_million_pairs_are_scored_in_seconds() -> None:
    random = np.random.default_rng(2)
    truth = np.repeat(np.arange(1, 100_001), 20)
    prediction = random.integers(1, 100_001, truth.size)
    table = PairTable(truth, prediction, random.integers(1, 5000, truth.size))
    start = time.process_time()

    for metric in ("variation_of_information", "adapted_rand_error"):
        info = CATALOGUE[metric]
        assert code_of(info)(table, Settings(info.settled({}))).score() > 0

    assert time.process_time() - start < 8.0  # 1 s on a quiet machine
