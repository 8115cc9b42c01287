"""Metrics of numbers: by hand, against scikit-learn and scipy, and where there is no value."""

import math
from typing import Any

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from evaluator.metrics.errors import ScoreUndefined, TruthUnfit, Unvaried, ValuesUnfit
from evaluator.metrics.numbers import ErrorSums, mse
from evaluator.metrics.tallies import Settings

TRUTH = [1.0, 2.0, 4.0, 5.0]
GUESS = [2.0, 2.0, 3.0, 7.0]
# Errors 1, 0, -1, 2; truth about its mean 3: -2, -1, 1, 2 (squares 10); guess about 3.5: -1.5,
# -1.5, -0.5, 3.5 (squares 17); products 3 + 1.5 - 0.5 + 7 = 11; errors about 0.5: squares 5.

BY_HAND = {
    "mae": 4 / 4,
    "mse": 6 / 4,
    "rmse": math.sqrt(6 / 4),
    "absolute_bias": 2 / 4,
    "max_error": 2.0,
    "medae": 1.0,
    "mape": (1 + 0 + 1 / 4 + 2 / 5) / 4,
    "r2": 1 - 6 / 10,
    "explained_variance": 1 - 5 / 10,
    "pearson": 11 / math.sqrt(170),
    # Ranks of the guess: 1.5, 1.5, 3, 4 against 1, 2, 3, 4.
    "spearman": 4.5 / math.sqrt(5 * 4.5),
    # One pair of six is tied in the guess, five are in the right order.
    "kendall": 5 / math.sqrt(6 * 5),
}


@pytest.mark.parametrize(("metric", "expected"), BY_HAND.items(), ids=BY_HAND.keys())
def test_a_metric_is_what_it_is_by_hand(metric: str, expected: float, score: Any) -> None:
    assert score(metric, GUESS, TRUTH) == pytest.approx(expected, rel=1e-15)


def _correlation(of: Any) -> Any:
    return lambda truth, guess: of(truth, guess).statistic


REFERENCES: dict[str, Any] = {
    "mae": sklearn.metrics.mean_absolute_error,
    "mse": sklearn.metrics.mean_squared_error,
    "rmse": sklearn.metrics.root_mean_squared_error,
    "absolute_bias": lambda truth, guess: abs(np.mean(guess - truth)),
    "max_error": sklearn.metrics.max_error,
    "medae": sklearn.metrics.median_absolute_error,
    "r2": sklearn.metrics.r2_score,
    "explained_variance": sklearn.metrics.explained_variance_score,
    "pearson": _correlation(scipy.stats.pearsonr),
    "spearman": _correlation(scipy.stats.spearmanr),
    "kendall": _correlation(scipy.stats.kendalltau),
}
CONTINUOUS = st.floats(-1e3, 1e3, width=32)
TIED = st.integers(-2, 2).map(float)


@pytest.mark.parametrize("metric", REFERENCES)
@settings(max_examples=60, deadline=None)
@given(
    data=arrays.arrays(
        np.float64, st.tuples(st.just(2), st.integers(2, 40)), elements=CONTINUOUS | TIED
    )
)
def test_a_metric_equals_that_of_the_reference_library(
    metric: str, data: np.ndarray, score: Any
) -> None:
    guess, truth = data
    assume(np.std(guess) > 1e-3)
    assume(np.std(truth) > 1e-3)

    mine = score(metric, guess, truth)

    assert mine == pytest.approx(REFERENCES[metric](truth, guess), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("metric", REFERENCES)
@pytest.mark.parametrize("mean", [0.0, 280.0, 1e6, -1e9])
def test_a_large_mean_costs_no_digits(metric: str, mean: float, score: Any) -> None:
    random = np.random.default_rng(5)
    # Multiples of 2^-20 up to 2^30: the shift itself rounds nothing.
    truth = np.round(random.normal(0, 1, 200_003) * 2**20) / 2**20
    guess = np.round((truth + random.normal(0.01, 0.5, truth.size)) * 2**20) / 2**20

    shifted = score(metric, guess + mean, truth + mean)

    assert shifted == pytest.approx(score(metric, guess, truth), rel=1e-11)


@pytest.mark.parametrize("size", [1, 7, 129, 32_768, 32_769, 100_003, 2**18 + 24])
def test_sums_of_one_block_are_those_of_numpy_to_the_last_digit(size: int) -> None:
    random = np.random.default_rng(size)
    guess, truth = random.normal(280, 20, (2, size)).astype(np.float32)

    sums = ErrorSums.of_block(guess, truth)

    errors = guess.astype(np.float64) - truth.astype(np.float64)
    assert sums.elements == size
    assert sums.absolute == float(np.sum(np.abs(errors)))
    assert sums.squared == float(np.sum(np.square(errors)))
    assert sums.largest == float(np.max(np.abs(errors)))


@pytest.mark.parametrize("metric", [*REFERENCES, "mape"])
@pytest.mark.parametrize("dtype", ["i1", "u2", ">i4", "u8", "f2", ">f4", "f8"])
def test_the_type_of_the_numbers_changes_nothing(metric: str, dtype: str, score: Any) -> None:
    random = np.random.default_rng(2)
    guess, truth = random.integers(1, 100, (2, 6, 50))

    of_type = score(metric, np.asfortranarray(guess.astype(dtype)), truth.astype(dtype))

    assert of_type == score(metric, guess, truth)


@pytest.mark.parametrize("metric", ["medae", "spearman", "kendall"])
def test_the_order_of_the_elements_changes_nothing(metric: str, score: Any) -> None:
    random = np.random.default_rng(3)
    guess, truth = random.integers(0, 30, (2, 300)) / 4
    order = random.permutation(truth.size)

    assert score(metric, guess[order], truth[order]) == score(metric, guess, truth)


@pytest.mark.parametrize("metric", ["r2", "explained_variance", "pearson", "spearman", "kendall"])
def test_the_truth_itself_has_exactly_the_best_score(metric: str, score: Any) -> None:
    truth = np.random.default_rng(4).normal(1e3, 1e-3, 99_999)

    assert score(metric, truth, truth) == 1.0


@pytest.mark.parametrize("metric", ["spearman", "kendall"])
def test_the_opposite_order_has_exactly_the_worst_score(metric: str, score: Any) -> None:
    truth = np.random.default_rng(4).normal(size=5_000)

    assert score(metric, -truth, truth) == -1.0


@pytest.mark.parametrize("metric", ["spearman", "kendall"])
def test_ranks_do_not_feel_how_large_the_steps_are(metric: str, score: Any) -> None:
    guess, truth = np.random.default_rng(6).normal(size=(2, 1_000))

    assert score(metric, np.exp(guess), truth**3) == score(metric, guess, truth)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
@pytest.mark.parametrize("metric", ["r2", "explained_variance"])
def test_a_truth_that_does_not_vary_is_no_score_unless_declared(
    metric: str, value: float, score: Any
) -> None:
    truth = np.full(70_001, value)
    guess = np.arange(truth.size)

    with pytest.raises(ScoreUndefined, match="the same throughout"):
        score(metric, guess, truth)
    assert score(metric, guess, truth, absent="best") == 1.0
    assert score(metric, guess, truth, absent="worst", worst=-3) == -3.0


@pytest.mark.parametrize("metric", ["pearson", "spearman", "kendall"])
@pytest.mark.parametrize("is_guess", [True, False])
def test_what_does_not_vary_correlates_with_nothing(
    metric: str, is_guess: bool, score: Any
) -> None:
    constant, varying = np.full(40_000, 0.1), np.arange(40_000.0)
    pair = (constant, varying) if is_guess else (varying, constant)

    with pytest.raises(Unvaried, match="the same throughout"):
        score(metric, *pair)
    assert score(metric, *pair, absent="zero") == 0.0
    assert score(metric, *pair, absent="worst") == -1.0


@pytest.mark.parametrize("metric", [*REFERENCES, "mape"])
def test_no_elements_are_no_score(metric: str, score: Any) -> None:
    with pytest.raises(ScoreUndefined):
        score(metric, np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("metric", ["medae", "mape", "spearman", "kendall"])
def test_only_what_is_valid_is_scored(metric: str, score: Any) -> None:
    random = np.random.default_rng(7)
    guess, truth = random.normal(5, 1, (2, 40))
    truth[:10] = np.nan
    guess[:10] = np.inf
    mask = np.arange(40) % 3

    masked = score(metric, guess, truth, masks_nan=True, auxiliary={"mask": mask})

    is_valid = (mask != 0) & (np.arange(40) >= 10)
    assert masked == score(metric, guess[is_valid], truth[is_valid])


@pytest.mark.parametrize("metric", ["medae", "mape", "spearman", "kendall"])
def test_a_prediction_that_is_not_finite_is_refused(metric: str, score: Any) -> None:
    with pytest.raises(ValuesUnfit, match="NaN or infinity in 1 of 2 places"):
        score(metric, [1.0, np.nan], [1.0, 2.0])


def test_a_share_of_0_is_refused_unless_a_floor_is_declared(score: Any) -> None:
    with pytest.raises(TruthUnfit, match="holds 0"):
        score("mape", [1.0, 2.0], [0.0, -4.0])
    assert score("mape", [1.0, 2.0], [0.0, -4.0], floor=0.5) == (1 / 0.5 + 6 / 4) / 2


def test_shares_with_the_floor_of_scikit_learn_are_those_of_scikit_learn(score: Any) -> None:
    guess, truth = np.random.default_rng(8).normal(size=(2, 50))
    floor = float(np.finfo(np.float64).eps)

    expected = sklearn.metrics.mean_absolute_percentage_error(truth, guess)

    assert score("mape", guess, truth, floor=floor) == pytest.approx(expected, rel=1e-12)


def test_a_missed_case_counts_each_element_with_the_worst(count: Any) -> None:
    missed = ErrorSums.missed(3, 2.0)
    seen = ErrorSums.of_block(np.array([5.0]), np.array([1.0]))

    assert (mse(seen, Settings()) + mse(missed, Settings())).score() == (16 + 3 * 2) / 4
    shares = count("mape", [3.0], [2.0]) + count("mape", None, [1.0, 0.0, 7.0], worst=2.0)
    assert shares.score() == (0.5 + 3 * 2) / 4


def test_a_missed_case_without_a_worst_error_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match="needs the parameter 'worst'"):
        count("mape", None, [1.0])


@pytest.mark.parametrize("metric", ["mse", "max_error", "r2", "pearson"])
def test_numbers_too_large_for_a_square_give_no_wrong_score(metric: str, score: Any) -> None:
    value = score(metric, [1.5e308, 1e300, 0.0], [-1.5e308, -1e300, 1.0])

    assert not math.isfinite(value)
