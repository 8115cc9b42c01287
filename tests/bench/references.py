"""The other side of the duels: libraries, or what people write by hand, on the same arrays."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from scipy.ndimage import binary_erosion, distance_transform_edt
from skimage import metrics as skimage_metrics

from tests.bench import peer

Array = np.ndarray[Any, np.dtype[Any]]
Side = Callable[[Path], Callable[[], object]]

UNIT = (1.0, 1.0, 1.0)  # a voxel

# Any: the library has no types.
variation_of_information: Any = skimage_metrics.variation_of_information
adapted_rand_error: Any = skimage_metrics.adapted_rand_error
structural_similarity: Any = skimage_metrics.structural_similarity


def on_loaded(name: str, function: Callable[[Array, Array], object]) -> Side:
    """Return a side that calls `function` with prediction and truth, which are in memory."""

    def prepare(folder: Path) -> Callable[[], object]:
        prediction, truth = (
            np.load(folder / f"{name}-{what}.npy") for what in ("prediction", "truth")
        )
        return lambda: function(prediction, truth)

    return prepare


def stored_iou(name: str, *, prediction: str = "") -> Side:
    """Return a side that loads both arrays with zarr-python and compares them with numpy."""

    def prepare(folder: Path) -> Callable[[], object]:
        def run() -> float:
            p, t = _load(folder, name, prediction or name)
            return iou_by_numpy(p, t)

        return run

    return prepare


def stored_pairs(name: str) -> Side:
    """Return a side that loads both arrays with zarr-python and counts pairs with np.unique."""

    def prepare(folder: Path) -> Callable[[], object]:
        return lambda: arand_by_unique(*_load(folder, name, name))

    return prepare


def loaded_pairs(name: str) -> Side:
    """Return a side that counts pairs with np.unique."""
    return on_loaded(name, arand_by_unique)


def voi(name: str) -> Side:
    """Return a side that takes the variation of information from scikit-image."""
    return on_loaded(name, lambda p, t: float(sum(variation_of_information(t, p))))


def arand(name: str) -> Side:
    """Return a side that takes the adapted Rand error from scikit-image."""
    return on_loaded(name, lambda p, t: float(adapted_rand_error(t, p)[0]))


def dice_by_bincount(name: str) -> Side:
    """Return a side that takes Dice of each class from one np.bincount."""
    return on_loaded(name, _dice_by_bincount)


def ap_by_unique(name: str) -> Side:
    """Return a side that takes AP at 0.5 from pairs that np.unique found."""
    return on_loaded(name, _ap_by_unique)


def iou_by_numpy(prediction: Array, truth: Array) -> float:
    """Return the IoU of what is above 0, from whole boolean arrays."""
    p, t = prediction > 0, truth > 0
    tp = int((p & t).sum())
    return tp / (tp + int((p & ~t).sum()) + int((~p & t).sum()))


def arand_by_unique(prediction: Array, truth: Array) -> float:
    """Return the adapted Rand error from the pairs where the truth is not 0."""
    _, _, counts, true_sums, predicted_sums = _pairs(prediction, truth)
    both, predicted, true = (
        float((sizes.astype(np.float64) * (sizes - 1)).sum())
        for sizes in (counts, predicted_sums, true_sums)
    )
    return 1 - 2 * both / (predicted + true)


def _pairs(prediction: Array, truth: Array) -> tuple[Array, Array, Array, Array, Array]:
    there = truth > 0
    keys = (truth[there].astype(np.uint64) << np.uint64(32)) | prediction[there]
    unique, counts = np.unique(keys, return_counts=True)
    true, predicted = unique >> np.uint64(32), unique & np.uint64(2**32 - 1)
    true_sums = np.bincount(true.astype(np.int64), counts)
    predicted_sums = np.bincount(predicted.astype(np.int64), counts)
    return true, predicted, counts, true_sums, predicted_sums


def _dice_by_bincount(prediction: Array, truth: Array) -> float:
    table = np.bincount(truth.ravel().astype(np.int64) * 16 + prediction.ravel(), minlength=256)
    table = table.reshape(16, 16)
    sums = table.sum(0) + table.sum(1)
    return float(np.mean(2 * np.diag(table)[1:] / sums[1:]))


def _ap_by_unique(prediction: Array, truth: Array) -> float:
    true, predicted, counts, _, _ = _pairs(prediction, truth)
    true_sizes = np.bincount(truth.ravel())
    predicted_sizes = np.bincount(prediction.ravel())
    is_object = predicted > 0
    common, t, p = counts[is_object], true[is_object], predicted[is_object]
    union = true_sizes[t.astype(np.int64)] + predicted_sizes[p.astype(np.int64)] - common
    tp = int((2 * common > union).sum())
    objects = np.count_nonzero(true_sizes[1:]) + np.count_nonzero(predicted_sizes[1:])
    return tp / (objects - tp)


def _load(folder: Path, name: str, predicted: str) -> tuple[Array, Array]:
    prediction = zarr.open_array(folder / f"{predicted}-prediction.zarr", mode="r")[...]
    truth = zarr.open_array(folder / f"{name}-truth.zarr", mode="r")[...]
    return np.asarray(prediction), np.asarray(truth)


def ssim(name: str) -> Side:
    """Return a side that takes SSIM from scikit-image, for values of 8 bits."""
    return on_loaded(name, lambda p, t: float(structural_similarity(t, p, data_range=255)))


def assd_by_scipy(name: str) -> Side:
    """Return a side that takes distances between border voxels from two whole transforms."""
    return on_loaded(name, lambda p, t: float(np.concatenate(_distances(p > 0, t > 0)).mean()))


def nsd_by_scipy(name: str, tolerance: float) -> Side:
    """Return a side that takes the normalised surface Dice from two whole transforms."""

    def nsd(prediction: Array, truth: Array) -> float:
        return float((np.concatenate(_distances(prediction > 0, truth > 0)) <= tolerance).mean())

    return on_loaded(name, nsd)


def weighted_rmse_by_numpy(name: str) -> Side:
    """Return a side that weights by the cosine of the latitude, in whole arrays."""

    def rmse(prediction: Array, truth: Array) -> float:
        weights = np.cos(np.deg2rad(np.linspace(-90, 90, truth.shape[-2])))
        weights = (weights / weights.mean())[:, None]
        errors = prediction.astype(np.float64) - truth.astype(np.float64)
        return float(np.sqrt((weights * errors**2).mean()))

    return on_loaded(name, rmse)


def crps_by_numpy(name: str) -> Side:
    """Return a side that takes CRPS from sorted members, in whole arrays."""

    def crps(prediction: Array, truth: Array) -> float:
        members = np.sort(prediction.astype(np.float64), axis=0)
        count = members.shape[0]
        ranks = (2 * np.arange(1, count + 1) - count - 1)[:, None, None]
        spread = (ranks * members).sum(axis=0) / count**2
        return float((np.abs(members - truth).mean(axis=0) - spread).mean())

    return on_loaded(name, crps)


def objects(name: str) -> Side:
    """Return a side that scores objects in the way of the challenge's own scorer."""

    def combined(prediction: Array, truth: Array) -> float:
        counts = peer.score_instances(prediction, truth, UNIT)
        f1 = 2 * counts.tp / (2 * counts.tp + counts.fp + counts.fn)
        return math.sqrt(f1 * counts.norm_sum / counts.n)

    return on_loaded(name, combined)


def some_distances(name: str, most: int) -> Side:
    """Return a side that takes the distances of `most` objects, as that scorer does."""

    def distances(prediction: Array, truth: Array) -> float:
        found = peer.hausdorff_distances(truth, prediction, UNIT, threads=2, most=most)
        return float(found.sum())

    return on_loaded(name, distances)


def _distances(prediction: Array, truth: Array) -> tuple[Array, Array]:
    """Return distances from the border of each mask to that of the other, in their common box."""
    box = tuple(
        slice(int(axis.min()), int(axis.max()) + 1) for axis in np.nonzero(prediction | truth)
    )
    borders = [np.pad(mask[box], 1) for mask in (prediction, truth)]
    borders = [mask & ~binary_erosion(mask) for mask in borders]
    one, other = borders
    return (
        distance_transform_edt(~other)[one],
        distance_transform_edt(~one)[other],
    )
