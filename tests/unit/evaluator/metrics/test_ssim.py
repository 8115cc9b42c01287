"""Structural similarity against scikit-image, by hand, and in odd shapes and forms of storage."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage import metrics

from evaluator.arrays import base
from evaluator.metrics import ssim
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import NotFinite, TruthUnfit

Image = NDArray[Any]
structural_similarity: Any = metrics.structural_similarity  # Any: without annotations

SHAPES = [(7, 7), (7, 30), (40, 23), (7, 7, 7), (9, 30, 8), (20, 21, 22)]


def pictures(shape: tuple[int, ...], seed: int, kind: str = "noise") -> tuple[Image, Image]:
    """Return a prediction and a truth in [0, 1]."""
    random = np.random.default_rng(seed)
    grid = np.indices(shape).sum(axis=0)
    truth = {
        "noise": random.random(shape),
        "stripes": (grid % 6 < 3).astype(float),
        "ramp": grid / grid.max(),
        "constant": np.full(shape, 0.4),
        "point": (grid == grid.max() // 2).astype(float),
    }[kind]
    return np.clip(truth + random.normal(0, 0.2, shape), 0, 1), truth


@settings(max_examples=40, deadline=None)
@given(
    shape=st.sampled_from(SHAPES),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["noise", "stripes", "ramp", "constant", "point"]),
    scale=st.sampled_from([1.0, 255.0, 65535.0]),
    window=st.sampled_from([3, 5, 7]),
    is_sample=st.booleans(),
)
def test_ssim_equals_the_reference(
    shape: tuple[int, ...],
    seed: int,
    kind: str,
    scale: float,
    window: int,
    is_sample: bool,
    score: Any,
) -> None:
    prediction, truth = (side * scale for side in pictures(shape, seed, kind))

    value = score(
        "ssim",
        prediction,
        truth,
        data_range=scale,
        window=window,
        sample_covariance=is_sample,
    )

    expected = structural_similarity(
        truth,
        prediction,
        data_range=scale,
        win_size=window,
        use_sample_covariance=is_sample,
    )
    assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("shape", [(11, 11), (30, 40), (12, 13, 14)])
@pytest.mark.parametrize("is_sample", [True, False])
def test_ssim_with_gaussian_weights_equals_the_reference(
    shape: tuple[int, ...], is_sample: bool, score: Any
) -> None:
    prediction, truth = pictures(shape, 1)

    value = score(
        "ssim",
        prediction,
        truth,
        data_range=1,
        gaussian_weights=True,
        sample_covariance=is_sample,
    )

    expected = structural_similarity(
        truth,
        prediction,
        data_range=1,
        gaussian_weights=True,
        use_sample_covariance=is_sample,
    )
    assert value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("dtype", ["u1", "u2", "i2", "i4", "f2", "f4"])
@pytest.mark.parametrize("other", ["same", "f8", "u1"])
def test_all_types_of_numbers_score_alike(dtype: str, other: str, score: Any) -> None:
    prediction, truth = ((side * 200).astype("u1") for side in pictures((9, 30, 12), 2))
    expected = structural_similarity(truth.astype(float), prediction.astype(float), data_range=255)

    value = score(
        "ssim",
        prediction.astype(dtype if other == "same" else other),
        truth.astype(dtype),
        data_range=255,
    )

    assert value == pytest.approx(expected, abs=1e-12)


def test_one_window_by_hand(score: Any) -> None:
    # Means 3 and 4; squares about them 2 and 8 each in 9 elements, products 4.
    truth = np.array([[2, 3, 4], [3, 3, 3], [3, 3, 3]], np.float64)
    prediction = np.array([[2, 4, 6], [4, 4, 4], [4, 4, 4]], np.float64)
    first, second = (0.01 * 10) ** 2, (0.03 * 10) ** 2
    light = (2 * 3 * 4 + first) / (3 * 3 + 4 * 4 + first)
    structure = (2 * 4 / 8 + second) / (2 / 8 + 8 / 8 + second)

    value = score("ssim", prediction, truth, data_range=10, window=3)

    assert value == pytest.approx(light * structure, rel=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["noise", "constant"])
def test_equal_images_score_exactly_one(shape: tuple[int, ...], kind: str, score: Any) -> None:
    _, truth = pictures(shape, 3, kind)

    assert score("ssim", truth, truth, data_range=1) == 1.0


def test_an_image_and_its_negative_score_below_zero(score: Any) -> None:
    _, truth = pictures((30, 30), 4)

    assert score("ssim", 1 - truth, truth, data_range=1) < -0.5


def test_a_far_offset_takes_no_digits(score: Any) -> None:
    _, noise = pictures((40, 40), 5)
    truth = 1e7 + np.round(noise * 64) / 64
    prediction = truth + (np.indices(truth.shape).sum(axis=0) % 2) / 4
    # All luminances are 1 to 15 digits, and the rest does not know the offset.
    near = score("ssim", prediction - 1e7 + 1e4, truth - 1e7 + 1e4, data_range=1)

    far = score("ssim", prediction, truth, data_range=1)

    assert far == pytest.approx(near, abs=1e-9)


@pytest.mark.parametrize("limit", [1, 8, 50, 333, 2000])
@pytest.mark.parametrize("part", [1, 100, 10**6])
@pytest.mark.parametrize("shape", [(40, 23), (20, 9, 11)])
def test_pieces_of_any_size_score_as_the_whole(
    limit: int, part: int, shape: tuple[int, ...], score: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    prediction, truth = pictures(shape, 6)
    expected = score("ssim", prediction, truth, data_range=1)
    monkeypatch.setattr(base.regions, "__defaults__", (limit,))
    monkeypatch.setattr(ssim, "_PART_ELEMENTS", part)

    value = score("ssim", prediction, truth, data_range=1)

    assert value == pytest.approx(expected, abs=1e-13)


def test_threads_change_no_digit(score: Any) -> None:
    prediction, truth = pictures((40, 60, 70), 7)

    with ThreadPoolExecutor(2) as pool:
        value = score("ssim", prediction, truth, data_range=1, work=Work(2, pool.map))

    assert value == score("ssim", prediction, truth, data_range=1)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", ">f8", ">u2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_form_of_storage_changes_no_digit(dtype: str, order: Any, score: Any) -> None:
    prediction, truth = (np.rint(side * 1000) for side in pictures((9, 12, 13), 8))

    value = score(
        "ssim",
        np.asarray(prediction.astype(dtype), order=order),
        np.asarray(truth.astype(dtype), order=order),
        data_range=1000,
    )

    assert value == score("ssim", prediction, truth, data_range=1000)


@pytest.mark.parametrize("metric", ["ssim", "ms_ssim"])
def test_mirrored_and_turned_images_score_alike(metric: str, score: Any) -> None:
    prediction, truth = pictures((176, 192), 9)  # 16 x 11 and 16 x 12: nothing is left out
    value = score(metric, prediction, truth, data_range=1)

    for turn in (np.fliplr, np.flipud, np.transpose):
        turned = score(metric, turn(prediction)[...], turn(truth)[...], data_range=1)
        assert turned == pytest.approx(value, abs=1e-13)


@pytest.mark.parametrize("shape", [(20, 30, 3), (9, 10, 11, 2)])
def test_channels_are_scored_on_their_own(shape: tuple[int, ...], score: Any) -> None:
    prediction, truth = pictures(shape, 10)

    value = score("ssim", prediction, truth, data_range=1, channels="last")

    expected = structural_similarity(truth, prediction, data_range=1, channel_axis=-1)
    assert value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("metric", "shape", "parameters", "sentence"),
    [
        ("ssim", (6, 20), {}, "has 6 elements along an axis and the metric needs 7"),
        ("ssim", (10, 20), {"gaussian_weights": True}, "needs 11"),
        ("ssim", (20, 20, 3), {}, "has 3 elements along an axis"),
        ("ssim", (20,), {}, "takes images of 2 axes"),
        ("ssim", (8, 8, 8, 8), {}, "takes images of 2 axes"),
        ("ssim", (20, 20), {"channels": "last"}, "takes images of 2 axes"),
        ("ssim", (20, 20), {"window": 6}, "window of 6; give an odd number"),
        ("ssim", (20, 20), {"window": 7.5}, "window of 7.5; give an odd number"),
        ("ms_ssim", (175, 200), {}, "has 175 elements along an axis and the metric needs 176"),
        ("ms_ssim", (200,), {}, "takes images of 2 axes"),
    ],
)
def test_what_no_window_fits_is_refused(
    metric: str, shape: tuple[int, ...], parameters: dict[str, Any], sentence: str, count: Any
) -> None:
    with pytest.raises(TruthUnfit, match=sentence):
        count(metric, np.zeros(shape), np.zeros(shape), data_range=1, **parameters)


@pytest.mark.parametrize("metric", ["ssim", "ms_ssim"])
def test_a_truth_with_holes_is_refused(metric: str, count: Any) -> None:
    prediction, truth = pictures((180, 180), 11)
    mask = np.ones(truth.shape, np.uint8)
    count(metric, prediction, truth, data_range=1, auxiliary={"mask": mask})
    mask[4, 5] = 0

    with pytest.raises(TruthUnfit, match="masked or NaN in places"):
        count(metric, prediction, truth, data_range=1, auxiliary={"mask": mask})
    truth[1, 1] = np.nan
    with pytest.raises(TruthUnfit, match="masked or NaN in places"):
        count(metric, prediction, truth, data_range=1, masks_nan=True)
    with pytest.raises(TruthUnfit, match="not finite"):
        count(metric, prediction, truth, data_range=1)


@pytest.mark.parametrize("metric", ["ssim", "ms_ssim"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("place", [(0, 0), (90, 3), (179, 179)])
def test_a_prediction_that_is_not_finite_is_refused(
    metric: str, bad: float, place: tuple[int, int], count: Any
) -> None:
    prediction, truth = pictures((180, 180), 12)
    prediction[place] = bad

    with pytest.raises(NotFinite, match="in 1 of 32400 places"):
        count(metric, prediction, truth, data_range=1)


def test_values_too_large_for_a_square_give_no_finite_score(count: Any) -> None:
    prediction, truth = np.full((9, 9), 1e300), np.zeros((9, 9))

    assert math.isnan(count("ssim", prediction, truth, data_range=1).score())


EXPONENTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]


def naive_ms_ssim(prediction: Image, truth: Image) -> float:
    """Return what the paper says, on the reference's maps of similarity at one scale."""
    product = 1.0
    for scale, exponent in enumerate(EXPONENTS):
        both = np.mean(_map(prediction, truth))
        structure = np.mean(_map(prediction, truth) / _luminance(prediction, truth))
        product *= max(float(both if scale == 4 else structure), 0.0) ** exponent
        prediction, truth = _halved(prediction), _halved(truth)
    return float(product)


def _map(prediction: Image, truth: Image) -> Image:
    _, full = structural_similarity(
        truth,
        prediction,
        data_range=1,
        gaussian_weights=True,
        use_sample_covariance=False,
        full=True,
    )
    inner: Image = full[(slice(5, -5),) * truth.ndim]
    return inner


def _luminance(prediction: Image, truth: Image) -> Image:
    steps = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    means = []
    for image in (prediction, truth):
        mean = image
        for axis in range(image.ndim):
            windows = np.lib.stride_tricks.sliding_window_view(mean, 11, axis=axis)
            mean = windows @ (steps / steps.sum())
        means.append(mean)
    one, other = means
    light: Image = (2 * one * other + 1e-4) / (one**2 + other**2 + 1e-4)
    return light


def _halved(image: Image) -> Image:
    for axis in range(image.ndim):
        length = image.shape[axis] // 2 * 2
        image = np.take(image, range(length), axis=axis)
        image = (
            np.take(image, range(0, length, 2), axis=axis)
            + np.take(image, range(1, length, 2), axis=axis)
        ) / 2
    return image


@pytest.mark.parametrize("shape", [(176, 176), (203, 178)])
@pytest.mark.parametrize("kind", ["noise", "stripes", "ramp", "constant"])
def test_ms_ssim_equals_a_naive_one(shape: tuple[int, ...], kind: str, score: Any) -> None:
    prediction, truth = pictures(shape, 13, kind)

    value = score("ms_ssim", prediction, truth, data_range=1)

    assert value == pytest.approx(naive_ms_ssim(prediction, truth), abs=1e-9)


def test_ms_ssim_takes_volumes_and_channels(score: Any) -> None:
    prediction, truth = pictures((176, 177, 2), 14)
    volume = pictures((176, 176, 176), 15)[0].astype(np.float32)

    value = score("ms_ssim", prediction, truth, data_range=1, channels="last")

    channels = [naive_ms_ssim(prediction[..., i], truth[..., i]) for i in range(2)]
    assert value == pytest.approx(sum(channels) / 2, abs=1e-9)
    assert score("ms_ssim", volume, volume, data_range=1) == 1.0


def test_ms_ssim_of_a_negative_is_zero(score: Any) -> None:
    _, truth = pictures((180, 180), 16)

    assert score("ms_ssim", 1 - truth, truth, data_range=1) == 0.0


def test_halving_leaves_an_odd_element_out() -> None:
    image = np.array([[1, 2, 9], [3, 6, 9]], np.float64)

    assert ssim._halved(image).tolist() == [[3.0]]
