"""Each metric against a naive one in plain numpy, on random arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from evaluator.metrics.counters import PairCounter

Labels = NDArray[np.int64]
Reference = Callable[[Labels, Labels], float]


def _ious(prediction: Labels, truth: Labels) -> list[list[float]]:
    return [
        [
            np.sum((prediction == p) & (truth == t)) / np.sum((prediction == p) | (truth == t))
            for p in np.unique(prediction[prediction != 0])
        ]
        for t in np.unique(truth[truth != 0])
    ]


def accuracy(prediction: Labels, truth: Labels) -> float:
    return float(np.mean(prediction == truth))


def f1_of_label(prediction: Labels, truth: Labels, label: int) -> float:
    common = np.sum((prediction == label) & (truth == label))
    return float(2 * common / (np.sum(prediction == label) + np.sum(truth == label)))


def f1_macro(prediction: Labels, truth: Labels) -> float:
    labels = np.union1d(prediction, truth)
    return float(np.mean([f1_of_label(prediction, truth, label) for label in labels]))


def dice_macro(prediction: Labels, truth: Labels) -> float:
    labels = np.unique(truth[truth != 0])
    return float(np.mean([f1_of_label(prediction, truth, label) for label in labels]))


def iou_macro(prediction: Labels, truth: Labels) -> float:
    values = []
    for label in np.unique(truth[truth != 0]):
        union = np.sum((prediction == label) | (truth == label))
        values.append(np.sum((prediction == label) & (truth == label)) / union)
    return float(np.mean(values))


def object_f1(prediction: Labels, truth: Labels) -> float:
    ious = _ious(prediction, truth)
    found = sum(iou > 0.5 for row in ious for iou in row)
    predicted = np.unique(prediction[prediction != 0]).size
    return float(2 * found / (len(ious) + predicted))


def rmse(prediction: Labels, truth: Labels) -> float:
    return float(np.sqrt(np.mean((prediction.astype(float) - truth) ** 2)))


def mae(prediction: Labels, truth: Labels) -> float:
    return float(np.mean(np.abs(prediction.astype(float) - truth)))


REFERENCES: dict[str, Reference] = {
    "accuracy": accuracy,
    "f1": f1_macro,
    "dice": dice_macro,
    "iou": iou_macro,
    "object_f1": object_f1,
    "rmse": rmse,
    "mae": mae,
}


def pictures(seed: int) -> tuple[Labels, Labels]:
    """Return a truth of blocks and a prediction that moves and loses some of them."""
    random = np.random.default_rng(seed)
    truth = np.kron(random.integers(0, 6, (5, 6)), np.ones((4, 4), int))
    prediction = np.roll(truth, random.integers(0, 3), axis=1)
    noise = random.random(truth.shape) < 0.1
    prediction[noise] = random.integers(0, 9, int(noise.sum()))
    truth[0, 0] = 1
    return prediction, truth


@pytest.mark.parametrize("metric", REFERENCES)
@pytest.mark.parametrize("seed", range(10))
def test_a_metric_equals_the_naive_one(metric: str, seed: int, count: Any) -> None:
    prediction, truth = pictures(seed)

    score = count(metric, prediction, truth).score()

    assert score == pytest.approx(REFERENCES[metric](prediction, truth), rel=1e-12)


@pytest.mark.parametrize("metric", ["accuracy", "object_f1"])
@pytest.mark.parametrize("seed", range(5))
def test_new_numbers_for_the_labels_change_nothing(metric: str, seed: int, count: Any) -> None:
    prediction, truth = pictures(seed)
    renumber = np.concatenate([[0], np.random.default_rng(seed).permutation(10**6)[:9] + 1])

    before = count(metric, prediction, truth).score()

    assert count(metric, renumber[prediction], renumber[truth]).score() == before


@pytest.mark.parametrize("metric", REFERENCES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "i8", "u8", "f4", "f8"])
def test_the_type_of_the_numbers_changes_nothing(metric: str, dtype: str, count: Any) -> None:
    prediction, truth = pictures(3)

    score = count(metric, prediction.astype(dtype), truth.astype(dtype)).score()

    assert score == count(metric, prediction, truth).score()


LABELS = st.sampled_from([0, 1, 2, 3, -5, 7, 10**6, 2**62, -(2**62)])


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_table_of_pairs_does_not_depend_on_how_blocks_are_cut(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 60))
    prediction = data.draw(arrays.arrays(np.int64, size, elements=LABELS))
    truth = data.draw(arrays.arrays(np.int64, size, elements=LABELS))
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=6)))

    counter = PairCounter(size)
    for part in np.split(np.arange(size), cuts):
        counter.add(prediction[part], truth[part])
    table = counter.table()

    pairs = dict(
        zip(
            zip(table.truth.tolist(), table.prediction.tolist(), strict=True),
            table.counts.tolist(),
            strict=True,
        )
    )
    expected: dict[tuple[int, int], int] = {}
    for pair in zip(truth.tolist(), prediction.tolist(), strict=True):
        expected[pair] = expected.get(pair, 0) + 1
    assert pairs == expected
    assert list(pairs) == sorted(pairs)


@settings(max_examples=100, deadline=None)
@given(
    data=arrays.arrays(np.int64, (2, 40), elements=st.integers(0, 4)),
    cut=st.integers(1, 39),
    metric=st.sampled_from(["accuracy", "dice", "iou", "f1"]),
)
def test_pooled_counts_of_two_cases_are_those_of_both_as_one(
    data: Labels, cut: int, metric: str, count: Any
) -> None:
    data[1, 0] = 1
    prediction, truth = data

    left = count(metric, prediction[:cut], truth[:cut])
    right = count(metric, prediction[cut:], truth[cut:])

    assert (left + right).score() == count(metric, prediction, truth).score()
