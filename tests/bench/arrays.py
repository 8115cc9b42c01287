"""Arrays that both sides of a duel read: made once per bench, the same ones on every machine."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from scipy.ndimage import gaussian_filter

from tests.bench.volumes import make_volume

Array = np.ndarray[Any, np.dtype[Any]]


def make_arrays(name: str, folder: Path) -> Path:
    """Return a folder below `folder` with the arrays called `name`; made when it is not there."""
    target = folder / name
    if not target.exists():
        fresh = folder / f"{name}.part"
        fresh.mkdir(parents=True)
        _MAKERS[name](fresh)
        fresh.rename(target)
    return target


def _labels_512(folder: Path) -> None:
    truth, prediction = make_volume("large")
    for what, volume in (("truth", truth), ("prediction", prediction)):
        _store(folder / f"labels-{what}.zarr", volume, 64)
        np.save(folder / f"labels-{what}.npy", volume)


def _masks_512(folder: Path) -> None:
    truth, prediction = make_volume("large")
    for what, volume in (("truth", truth), ("prediction", prediction)):
        mask = (volume > 0).astype(np.uint8)
        _store(folder / f"masks-{what}.zarr", mask, 64)
        _store(folder / f"masks-128-{what}.zarr", mask, 128)


def _cells(recipe: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        truth, prediction = make_volume(recipe)
        np.save(folder / "cells-truth.npy", truth)
        np.save(folder / "cells-prediction.npy", prediction)

    return make


def _classes_256(folder: Path) -> None:
    truth, prediction = make_volume("medium")
    np.save(folder / "classes-truth.npy", (truth % 16).astype(np.uint8))
    np.save(folder / "classes-prediction.npy", (prediction % 16).astype(np.uint8))


def _grey_128(folder: Path) -> None:
    rng = np.random.default_rng(128)
    truth = gaussian_filter(rng.uniform(0, 255, (128,) * 3), 2, mode="nearest")
    truth = 128 + 6 * (truth - truth.mean())
    noisy = truth + rng.normal(0, 8, truth.shape)
    for what, values in (("truth", truth), ("prediction", noisy)):
        np.save(folder / f"grey-{what}.npy", np.clip(values, 0, 255).astype(np.uint8))


def _one_giant(folder: Path) -> None:
    truth, prediction = make_volume("giant")
    label = int(np.bincount(truth.ravel())[1:].argmax()) + 1
    found = int(np.bincount(prediction[truth == label]).argmax())
    np.save(folder / "mask-truth.npy", (truth == label).astype(np.uint8))
    np.save(folder / "mask-prediction.npy", (prediction == found).astype(np.uint8))


def _weather(folder: Path) -> None:
    rng = np.random.default_rng(361)
    truth = rng.normal(280, 10, (40, 361, 720)).astype(np.float32)
    np.save(folder / "weather-truth.npy", truth)
    noise = rng.normal(0, 2, truth.shape).astype(np.float32)
    np.save(folder / "weather-prediction.npy", truth + noise)
    np.save(folder / "members-truth.npy", truth[0])
    members = truth[0] + rng.normal(0, 2, (50, 361, 720)).astype(np.float32)
    np.save(folder / "members-prediction.npy", members.astype(np.float32))


def _store(path: Path, volume: Array, edge: int) -> None:
    chunks = (edge,) * volume.ndim
    stored = zarr.create_array(str(path), shape=volume.shape, dtype=volume.dtype, chunks=chunks)
    stored[...] = volume


_MAKERS: Mapping[str, Callable[[Path], None]] = {
    "labels-512": _labels_512,
    "masks-512": _masks_512,
    "classes-256": _classes_256,
    "grey-128": _grey_128,
    "one-giant": _one_giant,
    "weather": _weather,
    **{f"cells-{name}": _cells(name) for name in ("xs", "small", "medium", "large", "giant")},
}
