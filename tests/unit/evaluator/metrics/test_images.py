"""The ratio of signal to noise, and what images share: ranges, masks and runs of elements."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import metrics

from evaluator.arrays import base
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.errors import NotFinite, ScoreUndefined, TruthUnfit
from evaluator.metrics.images import runs
from evaluator.metrics.tallies import Single
from tests.unit.evaluator.metrics.conftest import comparison

peak_signal_noise_ratio: Any = metrics.peak_signal_noise_ratio  # Any: without annotations


def test_psnr_is_what_it_is_by_hand(score: Any) -> None:
    # Errors 0, 3, 4, 0: the mean of their squares is 25 / 4; the range of bytes is 255.
    value = score(
        "psnr", np.array([[0, 13], [4, 9]], np.uint8), np.array([[0, 10], [8, 9]], np.uint8)
    )

    assert value == pytest.approx(10 * math.log10(255**2 / 6.25), rel=1e-14)


@pytest.mark.parametrize("shape", [(1,), (5, 6), (3, 4, 5), (2, 3, 4, 5)])
def test_psnr_equals_the_reference(shape: tuple[int, ...], score: Any) -> None:
    random = np.random.default_rng(1)
    truth = random.random(shape)
    prediction = truth + random.standard_normal(shape) / 10

    value = score("psnr", prediction, truth, data_range=1.5)

    expected = peak_signal_noise_ratio(truth, prediction, data_range=1.5)
    assert value == pytest.approx(expected, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(dtype=st.sampled_from(["u1", "i2", "u2", "i4", "?"]), seed=st.integers(0, 100))
def test_the_range_of_whole_numbers_is_that_of_their_type(
    dtype: str, seed: int, score: Any
) -> None:
    random = np.random.default_rng(seed)
    truth, prediction = (random.integers(0, 2, (4, 5)).astype(dtype) for _ in range(2))
    limits = (0, 1) if dtype == "?" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    error = np.mean((truth.astype(float) - prediction) ** 2)
    ratio = math.inf if error == 0 else 10 * math.log10((limits[1] - limits[0]) ** 2 / error)

    value = score("psnr", prediction, truth)

    assert value == pytest.approx(min(100.0, ratio), rel=1e-12)


def test_equal_images_score_the_cap(score: Any) -> None:
    image = np.array([[1, 2], [3, 4]], np.uint8)

    assert score("psnr", image, image) == 100.0
    assert score("psnr", image, image, cap=60) == 60.0


def test_images_that_are_almost_equal_score_no_more_than_equal_ones(score: Any) -> None:
    assert score("psnr", [1 + 1e-12, 0.0], [1.0, 0.0], data_range=1) == 100.0


def test_psnr_falls_below_zero_where_errors_exceed_the_range(score: Any) -> None:
    assert score("psnr", [10.0], [0.0], data_range=1) == pytest.approx(-20, rel=1e-14)


def test_masked_elements_do_not_count(score: Any) -> None:
    truth = np.array([[1, np.nan], [3, 4]], np.float32)
    prediction = np.array([[1, np.nan], [2, 9]], np.float32)

    value = score(
        "psnr",
        prediction,
        truth,
        data_range=4,
        masks_nan=True,
        auxiliary={"mask": np.array([[1, 1], [1, 0]], np.uint8)},
    )

    assert value == pytest.approx(10 * math.log10(16 / 0.5), rel=1e-14)


def test_nothing_that_counts_is_no_score(count: Any) -> None:
    tally = count("psnr", [1.0], [2.0], data_range=1, auxiliary={"mask": [0]})

    with pytest.raises(ScoreUndefined, match="no element to score"):
        tally.score()


@pytest.mark.parametrize("metric", ["psnr", "ssim", "ms_ssim"])
def test_floats_need_a_declared_range(metric: str, count: Any) -> None:
    with pytest.raises(TruthUnfit, match="give the metric the parameter 'data_range'"):
        count(metric, np.zeros((176, 176)), np.zeros((176, 176)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_of_a_prediction_that_are_not_finite_are_refused(value: float, count: Any) -> None:
    with pytest.raises(NotFinite, match="NaN or infinity in 1 of 2 places"):
        count("psnr", [value, 1.0], [0.0, 1.0], data_range=1)


def test_a_truth_that_is_not_finite_is_refused(count: Any) -> None:
    with pytest.raises(TruthUnfit, match="not finite"):
        count("psnr", [0.0, 1.0], [np.nan, 1.0], data_range=1)


def test_values_too_large_for_a_square_give_no_finite_score(count: Any) -> None:
    tally = count("psnr", [1e300, 1.0], [-1e300, 1.0], data_range=1)

    assert tally == Single(-math.inf)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_form_of_storage_changes_nothing(dtype: str, order: Any, score: Any) -> None:
    random = np.random.default_rng(2)
    truth, prediction = (random.integers(0, 100, (6, 7, 3)) for _ in range(2))

    value = score(
        "psnr",
        np.asarray(prediction.astype(dtype), order=order),
        np.asarray(truth.astype(dtype), order=order),
        data_range=255,
    )

    assert value == score("psnr", prediction, truth, data_range=255)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.integers(1, 12),
    columns=st.integers(1, 9),
    limit=st.integers(1, 60),
    unit=st.sampled_from(["element", "row", "all"]),
)
def test_runs_bring_each_element_once_in_order(
    rows: int, columns: int, limit: int, unit: str
) -> None:
    length = {"element": 1, "row": columns, "all": rows * columns}[unit]
    truth = np.arange(rows * columns).reshape(rows, columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base.regions, "__defaults__", (limit,))

        pieces = list(runs(comparison(-truth, truth), length))

    assert all(true.size % length == 0 and true.size for _, true in pieces)
    assert np.concatenate([true for _, true in pieces]).tolist() == truth.ravel().tolist()
    assert np.concatenate([guess for guess, _ in pieces]).tolist() == (-truth).ravel().tolist()


def test_metrics_of_images_bring_scores_together_and_not_counts() -> None:
    for name in ("psnr", "ssim", "ms_ssim", "acc", "spectral_error"):
        assert all(kind.is_over_scores for kind in CATALOGUE[name].aggregates)
