"""Metrics of classes: by hand, against scikit-learn, and where there is no value."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import balanced_accuracy_score, fbeta_score, precision_score, recall_score

from evaluator.metrics.errors import LabelAbsent, ScoreUndefined
from evaluator.metrics.labels import balanced_accuracy, precision
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Settings

#           0  1  2  3  4  5  6  7  8  9
TRUTH = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]
GUESS = [0, 0, 1, 1, 1, 1, 2, 2, 0, 3]
# label 0: TP 2, FP 1, FN 1   label 1: TP 3, FP 1, FN 1   label 2: TP 1, FP 1, FN 2
# label 3: TP 0, FP 1, FN 0

CASES: dict[str, tuple[str, dict[str, Any], float]] = {
    "precision, macro": ("precision", {}, (2 / 3 + 3 / 4 + 1 / 2 + 0) / 4),
    "precision, micro": ("precision", {"average": "micro"}, 6 / 10),
    "precision of 2": ("precision", {"average": "binary", "label": 2}, 1 / 2),
    "precision, weighted": (
        "precision",
        {"average": "weighted"},
        (3 * (2 / 3) + 4 * (3 / 4) + 3 * (1 / 2)) / 10,
    ),
    "recall of 2": ("recall", {"average": "binary", "label": 2}, 1 / 3),
    "recall, label 3 counts 0": (
        "recall",
        {"absent": "worst"},
        (2 / 3 + 3 / 4 + 1 / 3 + 0) / 4,
    ),
    "recall, label 3 counts 1": (
        "recall",
        {"absent": "best"},
        (2 / 3 + 3 / 4 + 1 / 3 + 1) / 4,
    ),
    "recall, label 3 left out": ("recall", {"absent": "skip"}, (2 / 3 + 3 / 4 + 1 / 3) / 3),
    "recall, weighted": ("recall", {"average": "weighted"}, 6 / 10),
    "balanced_accuracy": ("balanced_accuracy", {}, (2 / 3 + 3 / 4 + 1 / 3) / 3),
    "f1, weighted": ("f1", {"average": "weighted"}, (3 * 4 / 6 + 4 * 6 / 8 + 3 * 2 / 5) / 10),
    "f2 of 2": ("fbeta", {"average": "binary", "label": 2}, 5 * 1 / (5 * 1 + 4 * 2 + 1)),
    "f½ of 2": (
        "fbeta",
        {"average": "binary", "label": 2, "beta": 0.5},
        1.25 / (1.25 + 0.25 * 2 + 1),
    ),
}


@pytest.mark.parametrize(("metric", "parameters", "expected"), CASES.values(), ids=CASES.keys())
def test_a_metric_is_what_it_is_by_hand(
    metric: str, parameters: dict[str, Any], expected: float, score: Any
) -> None:
    assert score(metric, GUESS, TRUTH, **parameters) == pytest.approx(expected, rel=1e-15)


LABELS = arrays.arrays(np.int64, (2, 24), elements=st.sampled_from([0, 1, 2, 3, -7, 10**6]))
AVERAGES = st.sampled_from(["macro", "micro", "weighted"])


@settings(max_examples=150, deadline=None)
@given(data=LABELS, average=AVERAGES, absent=st.sampled_from(["worst", "best", "skip"]))
def test_precision_and_recall_equal_those_of_scikit_learn(
    data: np.ndarray, average: str, absent: str, score: Any
) -> None:
    prediction, truth = data
    value = {"worst": 0.0, "best": 1.0, "skip": np.nan}[absent]

    ours = [
        score(metric, prediction, truth, average=average, absent=absent)
        for metric in ("precision", "recall")
    ]

    for mine, theirs in zip(ours, (precision_score, recall_score), strict=True):
        expected = theirs(truth, prediction, average=average, zero_division=value)
        assert mine == pytest.approx(expected, rel=1e-12)


@settings(max_examples=150, deadline=None)
@given(data=LABELS, average=AVERAGES, beta=st.sampled_from([0.01, 0.5, 1.0, 2.0, 100.0]))
def test_fbeta_equals_that_of_scikit_learn(
    data: np.ndarray, average: str, beta: float, score: Any
) -> None:
    prediction, truth = data

    mine = score("fbeta", prediction, truth, average=average, beta=beta)

    expected = fbeta_score(truth, prediction, beta=beta, average=average, zero_division=0.0)
    assert mine == pytest.approx(expected, rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(data=LABELS)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.filterwarnings("ignore:A single label was found")
def test_balanced_accuracy_equals_that_of_scikit_learn(data: np.ndarray, score: Any) -> None:
    prediction, truth = data

    mine = score("balanced_accuracy", prediction, truth)

    assert mine == pytest.approx(balanced_accuracy_score(truth, prediction), rel=1e-12)


def test_fbeta_of_one_is_f1(score: Any) -> None:
    for average in ("macro", "micro", "binary", "weighted"):
        mine = score("fbeta", GUESS, TRUTH, beta=1, average=average)
        assert mine == pytest.approx(score("f1", GUESS, TRUTH, average=average), rel=1e-15)


@pytest.mark.parametrize("average", ["macro", "weighted"])
def test_a_label_that_is_never_predicted_gives_no_precision(average: str, score: Any) -> None:
    with pytest.raises(ScoreUndefined, match="never has at least one of the labels"):
        score("precision", [0, 0], [0, 1], average=average)


def test_precision_of_a_label_that_is_never_predicted_is_what_is_declared(score: Any) -> None:
    one = {"average": "binary", "label": 1}

    with pytest.raises(ScoreUndefined, match="The prediction never has label 1"):
        score("precision", [0, 0], [0, 1], **one)
    assert score("precision", [0, 0], [0, 1], absent="worst", **one) == 0.0
    assert score("precision", [0, 0], [0, 1], absent="best", **one) == 1.0


def test_recall_of_a_label_that_the_truth_lacks_is_no_score(score: Any) -> None:
    with pytest.raises(ScoreUndefined, match="The ground truth never has label 1"):
        score("recall", [0, 1], [0, 0], average="binary")


def test_what_alone_is_0_by_0_cannot_be_left_out(score: Any) -> None:
    with pytest.raises(ScoreUndefined):
        score("recall", [0, 1], [0, 0], average="binary", absent="skip")


@pytest.mark.parametrize("metric", ["precision", "recall", "fbeta", "balanced_accuracy"])
def test_no_elements_are_no_score(metric: str, count: Any) -> None:
    with pytest.raises(LabelAbsent if metric != "balanced_accuracy" else ScoreUndefined):
        count(metric, [], []).score()


def test_elements_without_prediction_are_missed_but_spoil_no_precision() -> None:
    seen = PairTable.of_block(np.array([1, 1, 0]), np.array([1, 0, 0]))
    table = PairTable.sum_of([seen, PairTable.missed(np.array([1, 1, 1]))])

    of_one = Settings({"average": "macro", "absent": "reject"})

    assert precision(table, of_one).score() == pytest.approx((1 / 2 + 1 / 1) / 2)
    assert balanced_accuracy(table, of_one).score() == pytest.approx((1 / 4 + 1 / 2) / 2)


@settings(max_examples=60, deadline=None)
@given(
    data=LABELS,
    cut=st.integers(1, 23),
    metric=st.sampled_from(["precision", "recall", "fbeta", "balanced_accuracy"]),
    average=AVERAGES,
)
def test_pooled_counts_of_two_cases_are_those_of_both_as_one(
    data: np.ndarray, cut: int, metric: str, average: str, count: Any
) -> None:
    prediction, truth = data
    rest = {} if metric == "balanced_accuracy" else {"average": average, "absent": "best"}

    left = count(metric, prediction[:cut], truth[:cut], **rest)
    right = count(metric, prediction[cut:], truth[cut:], **rest)

    assert (left + right).score() == count(metric, prediction, truth, **rest).score()
