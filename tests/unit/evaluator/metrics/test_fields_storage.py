"""Metrics of fields, images and ensembles do not see how arrays are stored."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray

from evaluator.arrays import base
from evaluator.arrays.base import Array
from evaluator.arrays.opening import open_array
from evaluator.metrics import ensembles
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.registry import code_of
from evaluator.metrics.tallies import Settings
from evaluator.plans import ExtraAxis, Format

Field = NDArray[Any]
Store = Callable[[Path, Field], Array]


def as_npy(path: Path, field: Field) -> Array:
    np.save(path.with_suffix(".npy"), field)
    return open_array(path.with_suffix(".npy"), path.name, Format.NPY)


def as_npz(path: Path, field: Field) -> Array:
    np.savez_compressed(path.with_suffix(".npz"), a=field)
    return open_array(path.with_suffix(".npz"), path.name, Format.NPY, member="a")


def as_zarr(length: int) -> Store:
    def store(path: Path, field: Field) -> Array:
        chunks = tuple(min(length, axis) for axis in field.shape)
        stored = zarr.create_array(str(path), shape=field.shape, dtype=field.dtype, chunks=chunks)
        stored[...] = field
        return open_array(path, path.name, Format.ZARR)

    return store


STORES: dict[str, Store] = {
    "npz": as_npz,
    "zarr, small chunks": as_zarr(5),
    "zarr, odd chunks": as_zarr(13),
    "zarr, one chunk": as_zarr(1000),
}
METRICS: dict[str, dict[str, Any]] = {
    "psnr": {"data_range": 1},
    "ssim": {"data_range": 1},
    "absolute_bias": {},
    "weighted_rmse": {},
    "acc": {"centred": True},
    "spectral_error": {},
    "crps_ensemble": {"weights": "cells"},
    "spread_skill_ratio": {},
}


def scored(metric: str, store: Store, folder: Path, work: Work) -> float:
    """Return the score of arrays that `store` writes and opens."""
    folder.mkdir()
    info = CATALOGUE[metric]
    random = np.random.default_rng(1)
    truth = random.random((9, 18, 17)).astype(np.float32)
    members = 6 if info.extra_axis is ExtraAxis.MEMBER else 1
    prediction = truth + random.normal(0, 0.1, (members, *truth.shape)).astype(np.float32)
    auxiliary = {"latitude": np.linspace(80, -80, 18), "climatology": random.random((18, 17))}
    case = Comparison(
        prediction=store(folder / "p", prediction if members > 1 else prediction[0]),
        truth=store(folder / "t", truth),
        spacing=(1.0, 1.0, 1.0),
        auxiliary={name: store(folder / name, values) for name, values in auxiliary.items()},
        work=work,
    )
    return code_of(info)(case, Settings(info.settled(METRICS[metric]))).score()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("stored", STORES)
def test_the_store_and_its_chunks_change_no_digit(
    metric: str, stored: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base.regions, "__defaults__", (1000,))
    monkeypatch.setattr(ensembles, "_BLOCK_ELEMENTS", 3000)

    with ThreadPoolExecutor(2) as pool:
        value = scored(metric, STORES[stored], tmp_path / "stored", Work(2, pool.map))

    assert value == scored(metric, as_npy, tmp_path / "plain", Work())
