"""Kappa, correlation of labels and cells of the confusion matrix."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import cohen_kappa_score, confusion_matrix, matthews_corrcoef

from evaluator.metrics.agreements import cohen_kappa, confusion, mcc
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Label, Settings

GRADES = arrays.arrays(np.int64, (2, 20), elements=st.integers(0, 4))
FEW = arrays.arrays(np.int64, (2, 20), elements=st.integers(0, 1))
WEIGHTS = ["none", "linear", "quadratic"]


def test_kappa_is_what_it_is_by_hand(score: Any) -> None:
    # Cohen's table of two raters: 20 and 15 of 50 agree; by chance 0.5 * 0.6 + 0.5 * 0.4.
    truth = [1] * 25 + [0] * 25
    guess = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15

    assert score("cohen_kappa", guess, truth) == pytest.approx((0.7 - 0.5) / 0.5, rel=1e-15)


def test_weighted_kappa_is_what_it_is_by_hand(score: Any) -> None:
    # Distances: 0, 0, 2. Each of 0, 1, 5 with each of 0, 1, 3: 0+1+3 + 1+0+2 + 5+4+2 = 18.
    linear = score("cohen_kappa", [0, 1, 3], [0, 1, 5], weights="linear")
    # Squares: 0, 0, 4. By chance: 0+1+9 + 1+0+4 + 25+16+4 = 60.
    quadratic = score("cohen_kappa", [0, 1, 3], [0, 1, 5], weights="quadratic")

    assert linear == pytest.approx(1 - (2 / 3) / (18 / 9), rel=1e-15)
    assert quadratic == pytest.approx(1 - (4 / 3) / (60 / 9), rel=1e-15)


def test_correlation_is_what_it_is_by_hand(score: Any) -> None:
    # TP 6, TN 3, FP 1, FN 2.
    truth = [1] * 8 + [0] * 4
    guess = [1] * 6 + [0] * 2 + [1] + [0] * 3

    expected = (6 * 3 - 1 * 2) / (7 * 8 * 4 * 5) ** 0.5

    assert score("mcc", guess, truth) == pytest.approx(expected, rel=1e-15)


@settings(max_examples=150, deadline=None)
@given(data=GRADES | FEW, weights=st.sampled_from(WEIGHTS))
def test_kappa_equals_that_of_scikit_learn(data: np.ndarray, weights: str, score: Any) -> None:
    prediction, truth = data
    assume(np.unique(data).size > 1)
    theirs = None if weights == "none" else weights

    mine = score("cohen_kappa", prediction, truth, weights=weights)

    # All grades are named: scikit-learn takes ranks of those in use for distances otherwise.
    expected = cohen_kappa_score(truth, prediction, labels=range(5), weights=theirs)
    assert mine == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert -1 <= mine <= 1


@settings(max_examples=150, deadline=None)
@given(data=GRADES | FEW)
@pytest.mark.filterwarnings("ignore:A single label was found")
def test_correlation_equals_that_of_scikit_learn(data: np.ndarray, score: Any) -> None:
    prediction, truth = data

    mine = score("mcc", prediction, truth, absent="zero")

    assert mine == pytest.approx(matthews_corrcoef(truth, prediction), rel=1e-9, abs=1e-12)
    assert -1 <= mine <= 1


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("scale", [1, 7, 2**60])
def test_agreement_is_exact_for_labels_of_any_size(weights: str, scale: int, score: Any) -> None:
    truth = np.array([0, 1, 1, 2, 2, 2, 0]) * scale
    guess = np.array([0, 1, 2, 2, 0, 2, 0]) * scale

    small = score("cohen_kappa", guess // scale, truth // scale, weights=weights)

    assert score("cohen_kappa", guess, truth, weights=weights) == small
    assert score("cohen_kappa", truth, truth, weights=weights) == 1.0


@pytest.mark.parametrize("size", [3, 10, 99_999])
def test_the_truth_itself_correlates_perfectly(size: int, score: Any) -> None:
    truth = np.arange(size) % 3

    assert score("mcc", truth, truth) == 1.0
    assert score("mcc", truth, (truth == 0) + 0) < 1.0
    assert score("mcc", 1 - truth % 2, truth % 2) == -1.0


@pytest.mark.parametrize(
    ("metric", "sentence"), [("cohen_kappa", "one and the same"), ("mcc", "the same throughout")]
)
def test_labels_that_are_the_same_throughout_are_no_score_unless_declared(
    metric: str, sentence: str, score: Any
) -> None:
    with pytest.raises(ScoreUndefined, match=sentence):
        score(metric, [1, 1], [1, 1])
    assert score(metric, [1, 1], [1, 1], absent="zero") == 0.0
    assert score(metric, [1, 1], [1, 1], absent="best") == 1.0
    assert score(metric, [1, 1], [1, 1], absent="worst") == -1.0


@pytest.mark.parametrize("metric", ["cohen_kappa", "mcc"])
def test_no_elements_are_no_score(metric: str, count: Any) -> None:
    with pytest.raises(ScoreUndefined):
        count(metric, [], []).score()


def test_elements_without_prediction_are_as_far_off_as_can_be() -> None:
    seen = PairTable.of_block(np.array([0, 4, 4]), np.array([0, 4, 3]))
    table = PairTable.sum_of([seen, PairTable.missed(np.array([0, 2]))])

    kappa = cohen_kappa(table, Settings({"weights": "linear"})).score()

    # Seen: distances 0, 0, 1; missed: 4 each. By chance each of 0 0 2 3 4 meets 0, 4, 4 and two
    # missing ones: 9 from 0, 14 from 4 and 4 from 4 again, 5 * 8 for what is missing.
    by_chance = 9 + 2 * (4 + 4 + 2 + 1 + 0) + 5 * 8
    assert kappa == pytest.approx(1 - (9 / 5) / (by_chance / 25), rel=1e-15)
    assert mcc(table, Settings()).score() == pytest.approx(
        matthews_corrcoef([0, 4, 3, 0, 2], [0, 4, 4, 9, 9]), rel=1e-12
    )


@pytest.mark.parametrize("normalise", ["none", "true", "pred", "all"])
def test_cells_equal_the_confusion_matrix_of_scikit_learn(normalise: str, score: Any) -> None:
    random = np.random.default_rng(1)
    truth, guess = random.integers(0, 4, 200), random.integers(0, 4, 200)
    theirs = None if normalise == "none" else normalise

    cells = [
        [
            score("confusion", guess, truth, truth_label=t, predicted_label=p, normalise=normalise)
            for p in range(4)
        ]
        for t in range(4)
    ]

    assert np.allclose(cells, confusion_matrix(truth, guess, normalize=theirs), rtol=1e-12)


@pytest.mark.parametrize(
    ("normalise", "truth", "sentence"),
    [
        ("true", [0, 0], "The ground truth never has label 1"),
        ("pred", [1, 1], "The prediction never has label 0"),
        ("all", [], "There is no element"),
    ],
)
def test_a_share_of_nothing_is_no_score(
    normalise: str, truth: list[int], sentence: str, score: Any
) -> None:
    guess = [5] * len(truth)

    with pytest.raises(ScoreUndefined, match=sentence):
        score("confusion", guess, truth, normalise=normalise)
    assert score("confusion", guess, truth, normalise="none") == 0.0
    assert score("confusion", guess, truth, normalise=normalise, absent="best") == 0.0


def test_cells_of_cases_add_up() -> None:
    of = {"truth_label": Label(1, "ill"), "predicted_label": Label(0, "well")}
    first = PairTable.of_block(np.array([0, 1, 1]), np.array([1, 1, 0]))
    second = PairTable.sum_of([first, PairTable.missed(np.array([1, 1]))])

    def share(normalise: str) -> float:
        asked = Settings({"normalise": normalise}, labels=of)
        return (confusion(first, asked) + confusion(second, asked)).score()

    assert share("none") == 2.0
    assert share("true") == pytest.approx(2 / 6)
    assert share("pred") == pytest.approx(2 / 2)
    assert share("all") == pytest.approx(2 / 8)


@settings(max_examples=60, deadline=None)
@given(
    data=GRADES,
    cut=st.integers(1, 19),
    metric=st.sampled_from(["cohen_kappa", "mcc"]),
)
def test_pooled_counts_of_two_cases_are_those_of_both_as_one(
    data: np.ndarray, cut: int, metric: str, count: Any
) -> None:
    prediction, truth = data
    assume(np.unique(truth).size > 1)
    assume(np.unique(prediction).size > 1)

    left = count(metric, prediction[:cut], truth[:cut])
    right = count(metric, prediction[cut:], truth[cut:])

    assert (left + right).score() == count(metric, prediction, truth).score()
