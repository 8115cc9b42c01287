"""Scores do not change with what means nothing: chunks, stores, threads, names, the axes' order.

Every metric of the catalogue goes through every test here, on its example.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import zarr

from evaluator.arrays import base, tiles
from evaluator.arrays.base import Array, MemoryArray
from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.opening import open_array
from evaluator.inside.scorers import scorers
from evaluator.inside.tallying import tallies_of
from evaluator.metrics import counters, ensembles, samples
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.registry import score_of
from evaluator.plans import Case, DtypeKind, Format, Metric, MetricsPlan, Source
from tests.unit.evaluator.metrics.examples import (
    EXAMPLES,
    Arrays,
    Data,
    Renaming,
    Turning,
    Volume,
    arrays_of,
)

METRICS = sorted(CATALOGUE)
Open = Callable[[], Array]
Store = Callable[[Path, Volume], Open]


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the small arrays of the examples into many blocks and tiles."""
    monkeypatch.setattr(base.regions, "__defaults__", (700,))
    monkeypatch.setattr(tiles.tiles, "__defaults__", (600,))
    monkeypatch.setattr(tiles, "_SMALL_TILE", 100)
    monkeypatch.setattr(samples, "PIECE_ELEMENTS", 700)
    monkeypatch.setattr(ensembles, "_BLOCK_ELEMENTS", 3000)


def scored(metric: str, case: Comparison) -> float:
    """Return the score of one case as a run computes it."""
    source = Source(path="a.npy", format=Format.NPY)
    plan = MetricsPlan(
        cases=(Case(id="a", sources=(source,), truth=source, dtype=DtypeKind.NUMBER),),
        metrics=(Metric(key="a", metric=metric, parameters=dict(EXAMPLES[metric].parameters)),),
    )
    (scorer,) = scorers(plan, Vocabulary(), Path())
    score = score_of(tallies_of(case, [scorer])["a"], scorer.info, scorer.settings)
    assert math.isfinite(score)
    return score


def case_of(arrays: Arrays, work: Work | None = None) -> Comparison:
    """Return a case that lies in memory."""
    return Comparison(
        prediction=MemoryArray("p", arrays.prediction),
        truth=MemoryArray("t", arrays.truth),
        spacing=arrays.spacing,
        auxiliary={name: MemoryArray(name, array) for name, array in arrays.auxiliary.items()},
        work=work or Work(),
    )


def example(metric: str) -> Arrays:
    """Return the arrays of a metric's example, with the auxiliary ones that it takes."""
    info, arrays = CATALOGUE[metric], arrays_of(EXAMPLES[metric].data)
    known = {*info.takes, *info.needs}
    auxiliary = {name: array for name, array in arrays.auxiliary.items() if name in known}
    return replace(arrays, auxiliary=auxiliary)


def as_npy(change: Callable[[Volume], Volume]) -> Store:
    def store(path: Path, array: Volume) -> Open:
        np.save(path.with_suffix(".npy"), change(array))
        return lambda: open_array(path.with_suffix(".npy"), path.name, Format.NPY)

    return store


def as_npz(path: Path, array: Volume) -> Open:
    np.savez_compressed(path.with_suffix(".npz"), a=array)
    return lambda: open_array(path.with_suffix(".npz"), path.name, Format.NPY, member="a")


def as_zarr(edge: int, **more: Any) -> Store:
    def store(path: Path, array: Volume) -> Open:
        chunks = tuple(min(edge, length) for length in array.shape)
        zarr.create_array(str(path), data=array, chunks=chunks, **more)
        return lambda: open_array(path, path.name, Format.ZARR)

    return store


def as_hdf5(path: Path, array: Volume) -> Open:
    with h5py.File(path.with_suffix(".h5"), "w") as file:
        chunks = tuple(min(6, length) for length in array.shape)
        file.create_dataset("a", data=array, chunks=chunks, compression="gzip")
    return lambda: open_array(path.with_suffix(".h5"), path.name, Format.HDF5, member="a")


STORES: dict[str, tuple[Store, Store]] = {  # of the prediction, of the truth
    "C order": (as_npy(np.ascontiguousarray), as_npy(np.ascontiguousarray)),
    "Fortran order": (as_npy(np.asfortranarray), as_npy(np.asfortranarray)),
    "big-endian": (
        as_npy(lambda array: array.astype(array.dtype.newbyteorder(">"))),
        as_npy(lambda array: array.astype(array.dtype.newbyteorder(">"))),
    ),
    "packed": (as_npz, as_npz),
    "zarr, small chunks": (as_zarr(5), as_zarr(5)),
    "zarr, chunks of two kinds": (as_zarr(7, zarr_format=2), as_zarr(9)),
    "HDF5 and one chunk": (as_hdf5, as_zarr(1000)),
}


class Library:
    """The arrays of the examples in every store, each written when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, Data, str], Open] = {}

    def case(self, metric: str, kind: str, work: Work | None = None) -> Comparison:
        """Return the example of `metric` as it is read from a store."""
        arrays, (of_prediction, of_truth) = example(metric), STORES[kind]
        data = EXAMPLES[metric].data

        def opened(name: str, array: Volume, store: Store) -> Array:
            key = (kind, data, name)
            if key not in self._known:
                folder = self._folder / f"{kind} {data}"
                folder.mkdir(exist_ok=True)
                self._known[key] = store(folder / name, array)
            return self._known[key]()

        return Comparison(
            prediction=opened("prediction", arrays.prediction, of_prediction),
            truth=opened("truth", arrays.truth, of_truth),
            spacing=arrays.spacing,
            auxiliary={
                name: opened(name, array, of_truth) for name, array in arrays.auxiliary.items()
            },
            work=work or Work(),
        )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return Library(tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def two_threads() -> Iterator[Work]:
    with ThreadPoolExecutor(2) as pool:
        yield Work(2, pool.map)


def test_every_metric_of_the_catalogue_has_an_example() -> None:
    assert set(EXAMPLES) == set(CATALOGUE)


@pytest.mark.parametrize("metric", METRICS)
def test_the_example_of_a_metric_is_neither_its_best_nor_its_worst_case(metric: str) -> None:
    info = CATALOGUE[metric]

    assert scored(metric, case_of(example(metric))) not in {info.lower, info.upper, info.best}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", STORES)
def test_store_chunks_byte_order_and_axis_order_change_no_digit(
    metric: str, kind: str, library: Library
) -> None:
    stored = scored(metric, library.case(metric, kind))

    assert stored == scored(metric, case_of(example(metric)))


@pytest.mark.parametrize("metric", METRICS)
def test_threads_change_no_digit(metric: str, library: Library, two_threads: Work) -> None:
    alone = scored(metric, library.case(metric, "zarr, small chunks"))

    assert scored(metric, library.case(metric, "zarr, small chunks", two_threads)) == alone


@pytest.mark.parametrize("metric", METRICS)
def test_compiled_counting_changes_no_digit(
    metric: str, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = scored(metric, library.case(metric, "zarr, small chunks"))
    monkeypatch.setattr(counters, "WORTH_COMPILING", 1)

    assert scored(metric, library.case(metric, "zarr, small chunks")) == plain


@pytest.mark.parametrize("metric", METRICS)
def test_a_mask_that_leaves_nothing_out_changes_no_digit(metric: str) -> None:
    arrays = example(metric)
    mask = {"mask": np.ones(arrays.truth.shape, np.bool_)}
    masked = replace(arrays, auxiliary={**arrays.auxiliary, **mask})

    assert scored(metric, case_of(masked)) == scored(metric, case_of(arrays))


@pytest.mark.parametrize("metric", METRICS)
def test_wider_numbers_change_no_digit(metric: str) -> None:
    arrays = example(metric)
    # The type of grey values tells their range.
    is_grey = EXAMPLES[metric].data in {Data.GREY, Data.PYRAMID}
    truth = arrays.truth if is_grey else wide(arrays.truth)
    wider = replace(arrays, prediction=wide(arrays.prediction), truth=truth)

    assert scored(metric, case_of(wider)) == scored(metric, case_of(arrays))


def wide(array: Volume) -> Volume:
    return array.astype(np.float64 if array.dtype.kind == "f" else np.int64)


RENAMED = [name for name in METRICS if EXAMPLES[name].renaming is not Renaming.NONE]


@pytest.mark.parametrize("metric", RENAMED)
@pytest.mark.parametrize("seed", range(3))
def test_other_numbers_for_the_labels_change_no_digit(metric: str, seed: int) -> None:
    arrays, random = example(metric), np.random.default_rng(seed)
    highest = int(max(arrays.prediction.max(), arrays.truth.max()))
    names = [np.append(0, random.permutation(5000)[:highest] + 1) for _ in range(2)]
    if EXAMPLES[metric].renaming is Renaming.TOGETHER:
        names[1] = names[0]
    renamed = replace(arrays, prediction=names[0][arrays.prediction], truth=names[1][arrays.truth])

    assert scored(metric, case_of(renamed)) == scored(metric, case_of(arrays))


TURNED = [name for name in METRICS if EXAMPLES[name].turning is not Turning.MEANS_OTHERWISE]


@pytest.mark.parametrize("metric", TURNED)
@pytest.mark.parametrize("is_cubic", [False, True], ids=["boxes", "cubes"])
def test_axes_in_another_order_change_no_digit_that_is_not_rounding(
    metric: str, *, is_cubic: bool
) -> None:
    arrays = example(metric)
    if is_cubic:
        arrays = replace(arrays, spacing=(4.0,) * arrays.truth.ndim)
    upright = scored(metric, case_of(arrays))

    for order in itertools.permutations(range(arrays.truth.ndim)):
        turned = scored(metric, case_of(in_order(arrays, order)))
        if EXAMPLES[metric].turning is Turning.SAME:
            assert turned == upright
        else:
            assert turned == pytest.approx(upright, rel=1e-12)


def in_order(arrays: Arrays, order: tuple[int, ...]) -> Arrays:
    return Arrays(
        arrays.prediction.transpose(order),
        arrays.truth.transpose(order),
        arrays.auxiliary,
        tuple(arrays.spacing[axis] for axis in order),
    )


@pytest.mark.parametrize("metric", TURNED)
def test_mirrored_axes_change_no_digit_that_is_not_rounding(metric: str) -> None:
    arrays = example(metric)
    flipped = replace(arrays, prediction=np.flip(arrays.prediction), truth=np.flip(arrays.truth))

    mirrored, upright = scored(metric, case_of(flipped)), scored(metric, case_of(arrays))

    if EXAMPLES[metric].turning is Turning.SAME:
        assert mirrored == upright
    else:
        assert mirrored == pytest.approx(upright, rel=1e-12)
