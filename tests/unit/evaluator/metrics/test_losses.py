"""Log-loss and Brier scores: by hand, against scikit-learn, and what is no probability."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as log_loss_of_sklearn

from evaluator.metrics import samples
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import ScoreUndefined, TruthUnfit, ValuesUnfit

OF_TWO = ["log_loss", "brier"]
OF_CLASSES = ["log_loss_multi", "brier_multi"]
CASES: dict[str, tuple[Any, list[int], float]] = {
    "log_loss": ([0.5, 0.25, 0.2], [1, 0, 1], -(math.log(0.5 * 0.75 * 0.2)) / 3),
    "brier": ([0.5, 0.25, 0.2], [1, 0, 1], (0.5**2 + 0.25**2 + 0.8**2) / 3),
    "log_loss_multi": ([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]], [1, 2], -math.log(0.25 * 0.6) / 2),
    "brier_multi": (
        [[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]],
        [1, 2],
        (0.5**2 + 0.75**2 + 0.25**2 + 0.2**2 + 0.2**2 + 0.4**2) / 2,
    ),
}


@pytest.mark.parametrize("metric", CASES)
def test_a_loss_is_what_it_is_by_hand(metric: str, score: Any) -> None:
    guess, truth, expected = CASES[metric]

    assert score(metric, guess, truth) == pytest.approx(expected, rel=1e-14)


PROBABILITIES = st.floats(0, 1) | st.sampled_from([0.0, 1.0, 1e-9, 0.5])


@settings(max_examples=100, deadline=None)
@given(
    guess=arrays.arrays(np.float64, 20, elements=PROBABILITIES),
    truth=arrays.arrays(np.int64, 20, elements=st.integers(0, 1)),
)
def test_losses_of_two_equal_those_of_scikit_learn(
    guess: np.ndarray, truth: np.ndarray, score: Any
) -> None:
    eps = float(np.finfo(np.float64).eps)

    log_loss = score("log_loss", guess, truth, eps=eps)
    brier = score("brier", guess, truth)

    expected = log_loss_of_sklearn(truth, y_proba=guess, labels=[0, 1])
    assert log_loss == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert brier == pytest.approx(brier_score_loss(truth, guess, pos_label=1), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_losses_of_classes_equal_those_of_scikit_learn(seed: int, score: Any) -> None:
    random = np.random.default_rng(seed)
    rows, truth = random.dirichlet([0.3] * 5, 200), random.integers(0, 4, 200)

    log_loss = score("log_loss_multi", rows, truth, eps=float(np.finfo(np.float64).eps))
    brier = score("brier_multi", rows, truth)

    assert log_loss == pytest.approx(log_loss_of_sklearn(truth, y_proba=rows, labels=range(5)))
    assert brier == pytest.approx(brier_score_loss(truth, rows, labels=range(5)), rel=1e-12)


def test_two_classes_have_twice_the_brier_score_of_one_of_them(score: Any) -> None:
    guess, truth, expected = CASES["brier"]
    rows = np.stack([1 - np.array(guess), guess], axis=-1)

    assert score("brier_multi", rows, truth) == pytest.approx(2 * expected, rel=1e-14)
    assert score("log_loss_multi", rows, truth) == pytest.approx(score("log_loss", guess, truth))


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
def test_certainty_that_is_right_costs_nothing(metric: str, score: Any) -> None:
    truth = np.array([0, 1, 1])
    guess = truth if metric in OF_TWO else np.eye(2)[truth]

    assert score(metric, guess, truth) == 0.0


def test_certainty_that_is_wrong_costs_as_much_as_eps_says(score: Any) -> None:
    assert score("log_loss", [1.0], [0]) == pytest.approx(-math.log(1e-15), rel=1e-12)
    assert score("log_loss", [1.0], [0], eps=0.01) == pytest.approx(-math.log(0.01), rel=1e-12)
    assert score("log_loss_multi", [[1.0, 0.0]], [1]) == pytest.approx(-math.log(1e-15), rel=1e-12)
    assert score("brier", [1.0], [0]) == 1.0
    assert score("brier_multi", [[1.0, 0.0]], [1]) == 2.0


@pytest.mark.parametrize("metric", OF_TWO)
def test_values_that_are_no_probabilities_are_counted_and_shown(metric: str, score: Any) -> None:
    guess = np.full(30, 0.5)
    guess[[3, 17, 29]] = [1.25, -0.5, 7]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "PIECE_ELEMENTS", 4)
        with pytest.raises(ValuesUnfit) as caught:
            score(metric, guess, np.zeros(30, int))

    assert str(caught.value) == (
        "holds 3 values outside 0 to 1, such as 1.25; hand in probabilities."
    )


@pytest.mark.parametrize("metric", OF_CLASSES)
def test_probabilities_that_do_not_sum_to_1_are_counted_and_shown(metric: str, score: Any) -> None:
    rows = [[0.5, 0.5], [0.5, 0.4], [0.6, 0.6]]

    with pytest.raises(ValuesUnfit, match=r"has 2 elements whose .* but to 0\.9 for example"):
        score(metric, rows, [0, 1, 0])
    assert score(metric, rows[:2], [0, 1], tolerance=0.1) > 0
    with pytest.raises(ValuesUnfit, match="holds 1 values outside 0 to 1, such as"):
        score(metric, [[1.5, -0.0]], [0])


@pytest.mark.parametrize("metric", OF_CLASSES)
def test_rounding_of_short_floats_is_forgiven(metric: str, score: Any) -> None:
    rows = np.random.default_rng(0).dirichlet([1] * 200, 100).astype(np.float32)

    assert score(metric, rows, np.arange(100)) > 0


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
@pytest.mark.parametrize("limit", [1, 7, 64])
def test_pieces_and_threads_change_rounding_alone(metric: str, limit: int, score: Any) -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, (5, 6, 7))
    guess = random.random(truth.shape)
    guess = guess if metric in OF_TWO else np.stack([1 - guess, guess], axis=-1)
    expected = score(metric, guess, truth)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(samples, "PIECE_ELEMENTS", limit)
        one = score(metric, guess, truth)
        two = score(metric, np.asfortranarray(guess), truth, work=Work(2, pool.map))

    assert one == two
    assert one == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
@pytest.mark.parametrize("dtype", ["u1", ">i4", "f2", ">f4", "f8", "?"])
def test_the_type_of_the_numbers_changes_nothing(metric: str, dtype: str, score: Any) -> None:
    truth = np.array([0, 1, 1, 0])
    guess = np.array([1, 0, 1, 0])
    guess = guess if metric in OF_TWO else np.eye(2)[guess]

    of_type = score(metric, guess.astype(dtype), truth.astype(dtype))

    assert of_type == score(metric, guess, truth)


@pytest.mark.parametrize(("metric", "worst"), [("brier", 1.0), ("log_loss", 3.0)])
def test_a_missed_case_counts_each_element_with_the_worst(
    metric: str, worst: float, count: Any
) -> None:
    rest = {"worst": worst} if metric == "log_loss" else {}

    missed = count(metric, None, [0.0, 1.0, np.nan], masks_nan=True, **rest)
    both = count(metric, [1.0], [1], **rest) + missed

    assert missed.score() == worst
    assert both.score() == pytest.approx(worst * 2 / 3)


@pytest.mark.parametrize(("metric", "worst"), [("brier_multi", 2.0), ("log_loss_multi", 3.0)])
def test_a_missed_case_of_classes_has_the_worst_score(
    metric: str, worst: float, count: Any
) -> None:
    rest = {"worst": worst} if metric == "log_loss_multi" else {}

    assert count(metric, None, [0, 1], **rest).score() == worst


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
def test_only_what_is_valid_is_scored(metric: str, score: Any) -> None:
    random = np.random.default_rng(7)
    guess, truth = random.random(40), random.integers(0, 2, 40).astype(float)
    truth[:10], guess[:10] = np.nan, np.inf
    guess = guess if metric in OF_TWO else np.stack([1 - guess, guess], axis=-1)
    mask = np.arange(40) % 3

    masked = score(metric, guess, truth, masks_nan=True, auxiliary={"mask": mask})

    is_valid = (mask != 0) & (np.arange(40) >= 10)
    assert masked == pytest.approx(score(metric, guess[is_valid], truth[is_valid]), rel=1e-14)


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
def test_values_that_are_not_finite_are_refused(metric: str, score: Any) -> None:
    guess = [np.nan, 0.5] if metric in OF_TWO else [[np.nan, 0.5], [0.5, 0.5]]

    with pytest.raises(ValuesUnfit, match="NaN or infinity"):
        score(metric, guess, [0, 1])


@pytest.mark.parametrize("metric", [*OF_TWO, *OF_CLASSES])
def test_no_elements_are_no_score(metric: str, score: Any) -> None:
    guess = np.zeros(0) if metric in OF_TWO else np.zeros((0, 3))

    with pytest.raises(ScoreUndefined):
        score(metric, guess, np.zeros(0, int))


def test_a_truth_without_labels_is_refused(score: Any) -> None:
    with pytest.raises(TruthUnfit, match="values that are no labels"):
        score("brier", [0.5, 0.5], [0.5, 1.0])
