"""The distance of power spectra: by hand, against a naive one, in pieces and odd forms."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluator.arrays import base
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import NotFinite, TruthUnfit

Field = NDArray[Any]


def naive_spectrum(field: Field) -> list[float]:
    """Return the mean power of each ring, one frequency after the other, on the full transform."""
    height, width = field.shape[-2:]
    shorter = min(height, width)
    rings: dict[int, list[float]] = {k: [] for k in range(1, shorter // 2 + 1)}
    for plane in field.reshape(-1, height, width):
        power = np.abs(np.fft.fft2(plane)) ** 2
        for v, fy in enumerate(np.fft.fftfreq(height)):
            for u, fx in enumerate(np.fft.fftfreq(width)):
                ring = round(math.hypot(fy, fx) * shorter)
                if ring in rings:
                    rings[ring].append(power[v, u])
    return [float(np.mean(values)) for values in rings.values()]


def naive(prediction: Field, truth: Field, floor: float) -> float:
    predicted, true = naive_spectrum(prediction), naive_spectrum(truth)
    least = floor * max(true)
    ratios = [
        10 * math.log10(max(p, least) / max(t, least)) for p, t in zip(predicted, true, strict=True)
    ]
    return math.sqrt(sum(ratio**2 for ratio in ratios) / len(ratios))


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from([(4, 4), (4, 5), (5, 4), (7, 12), (16, 9), (3, 6, 6), (2, 2, 5, 8)]),
    seed=st.integers(0, 1000),
    floor=st.sampled_from([1e-12, 1e-3, 1.0]),
)
def test_the_distance_equals_a_naive_one(
    shape: tuple[int, ...], seed: int, floor: float, score: Any
) -> None:
    random = np.random.default_rng(seed)
    truth, prediction = random.standard_normal((2, *shape))

    value = score("spectral_error", prediction, truth, floor=floor)

    assert value == pytest.approx(naive(prediction, truth, floor), rel=1e-9, abs=1e-9)


def waves(*amplitudes: float) -> Field:
    """Return a field of 16 x 16 with a wave of each number along x."""
    x = np.arange(16) * (2 * np.pi / 16)
    row = sum(
        amplitude * np.cos(number * x) for number, amplitude in enumerate(amplitudes, start=1)
    )
    return np.tile(row, (16, 1))


def test_the_distance_is_what_it_is_by_hand(score: Any) -> None:
    # Ring 1 has 10 times the amplitude (20 dB), ring 2 the same, ring 3 a tenth (20 dB).
    truth = waves(1, 1, 1, 1, 1, 1, 1, 1)
    prediction = waves(10, 1, 0.1, 1, 1, 1, 1, 1)

    value = score("spectral_error", prediction, truth)

    assert value == pytest.approx(math.sqrt((400 + 400) / 8), rel=1e-9)


def test_power_below_the_floor_counts_as_the_floor(score: Any) -> None:
    # Both lack rings 2 to 8 but for ring 2 of the truth. Ring 1 has 8 frequencies, ring 2 has 12.
    value = score("spectral_error", waves(1), waves(1, 1), floor=1e-6)

    assert value == pytest.approx(10 * math.log10(1e6 * 8 / 12) / math.sqrt(8), rel=1e-9)


def test_equal_fields_have_no_distance(score: Any) -> None:
    truth = np.random.default_rng(1).random((3, 9, 10))

    assert score("spectral_error", truth, truth) == 0.0


@pytest.mark.parametrize("change", ["shift", "mirror", "turn", "offset", "order"])
def test_what_keeps_the_spectrum_keeps_the_distance(change: str, score: Any) -> None:
    prediction, truth = np.random.default_rng(2).random((2, 3, 12, 12))
    changed = {
        "shift": np.roll(prediction, (3, 5), axis=(1, 2)),
        "mirror": prediction[:, ::-1],
        "turn": prediction.transpose(0, 2, 1),
        "offset": prediction + 100,
        "order": prediction[::-1],
    }[change]

    value = score("spectral_error", changed, truth)

    assert value == pytest.approx(score("spectral_error", prediction, truth), rel=1e-9)


def test_a_smooth_prediction_is_told_from_a_sharp_one(score: Any) -> None:
    truth = np.random.default_rng(3).random((20, 20))
    smooth = (truth + np.roll(truth, 1, axis=0) + np.roll(truth, 1, axis=1)) / 3

    assert score("spectral_error", smooth, truth) > 3
    assert score("spectral_error", np.roll(truth, 7, axis=0), truth) < 1e-9


@pytest.mark.parametrize("limit", [1, 10, 50, 100])
@pytest.mark.parametrize("shape", [(9, 8), (5, 6, 7), (2, 3, 4, 6)])
def test_pieces_of_any_size_score_as_the_whole(
    limit: int, shape: tuple[int, ...], score: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth, prediction = np.random.default_rng(4).random((2, *shape))
    expected = score("spectral_error", prediction, truth)
    monkeypatch.setattr(base.regions, "__defaults__", (limit,))

    assert score("spectral_error", prediction, truth) == expected


def test_threads_change_no_digit(score: Any) -> None:
    truth, prediction = np.random.default_rng(5).random((2, 9, 30, 20))

    with ThreadPoolExecutor(2) as pool:
        value = score("spectral_error", prediction, truth, work=Work(2, pool.map))

    assert value == score("spectral_error", prediction, truth)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", ">f8", "<i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_form_of_storage_changes_no_digit(dtype: str, order: Any, score: Any) -> None:
    truth, prediction = np.rint(200 * np.random.default_rng(6).random((2, 3, 8, 9)))
    stored = [np.asarray(side.astype(dtype), order=order) for side in (prediction, truth)]

    assert score("spectral_error", *stored) == score("spectral_error", prediction, truth)


def test_a_prediction_without_structure_is_as_far_as_the_floor_says(score: Any) -> None:
    truth = waves(1, 1, 1, 1, 1, 1, 1, 1)

    near, far = (
        score("spectral_error", np.zeros((16, 16)), truth, floor=floor) for floor in (1e-3, 1e-6)
    )

    assert near == pytest.approx(naive(np.zeros((16, 16)), truth, 1e-3), rel=1e-9)
    assert near + 29 < far < near + 31


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((9,), "a spectrum takes at least 4"),
        ((3, 9), "a spectrum takes at least 4"),
        ((9, 3), "a spectrum takes at least 4"),
        ((9, 9), "the same throughout each plane"),
        ((2, 9, 9), "the same throughout each plane"),
    ],
)
def test_a_truth_without_a_spectrum_is_refused(
    shape: tuple[int, ...], sentence: str, count: Any
) -> None:
    with pytest.raises(TruthUnfit, match=sentence):
        count("spectral_error", np.ones(shape), np.zeros(shape))


def test_a_truth_with_holes_is_refused(count: Any) -> None:
    prediction, truth = np.random.default_rng(7).random((2, 8, 8))
    mask = np.ones(truth.shape)
    mask[1, 1] = 0

    with pytest.raises(TruthUnfit, match="masked or NaN in places"):
        count("spectral_error", prediction, truth, auxiliary={"mask": mask})
    truth[2, 2] = np.nan
    with pytest.raises(TruthUnfit, match="masked or NaN in places"):
        count("spectral_error", prediction, truth, masks_nan=True)
    with pytest.raises(TruthUnfit, match="not finite"):
        count("spectral_error", prediction, truth)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_prediction_that_is_not_finite_is_refused(bad: float, count: Any) -> None:
    prediction, truth = np.random.default_rng(8).random((2, 8, 8))
    prediction[3, 4] = bad

    with pytest.raises(NotFinite, match="in 1 of 64 places"):
        count("spectral_error", prediction, truth)


def test_values_too_large_for_a_square_give_no_finite_score(count: Any) -> None:
    truth = np.random.default_rng(9).random((8, 8))

    assert not math.isfinite(count("spectral_error", 1e300 * truth, truth).score())
