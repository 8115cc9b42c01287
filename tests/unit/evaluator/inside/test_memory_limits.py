"""What a run takes: the same for any volume where metrics stream, else what they declare."""

import math
import shutil
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray

from evaluator.inside.places import Places
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import MetricInfo
from evaluator.metrics.comparison import BASE_BYTES
from evaluator.plans import ExtraAxis
from tests.unit.evaluator.inside.runs import MIB, Run, lay_out, measured
from tests.unit.evaluator.inside.submissions import case, metric
from tests.unit.evaluator.metrics.examples import EXAMPLES, Data

Chunk = NDArray[Any]
Random = np.random.Generator

EDGE, SIDE = 64, 128  # of a chunk; of a plane of a volume
ARRAY_BYTES = 150 * MIB  # of what a metric declares in a test
CLASSES = 4


def places_of(chunk: tuple[int, ...]) -> list[Chunk]:
    return list(np.meshgrid(*map(np.arange, chunk), indexing="ij", sparse=True))


def ball(chunk: tuple[int, ...], random: Random) -> Chunk:
    """Return balls of one label, not in the same places each time."""
    middle, label = random.integers(13, 18), random.integers(1, 9)
    distances: Chunk = np.asarray(sum((place % 32 - middle) ** 2 for place in places_of(chunk)))
    return np.where(distances < 120, label, 0).astype(np.uint32)


def labels(count: int) -> Callable[[tuple[int, ...], Random], Chunk]:
    return lambda chunk, random: random.integers(0, count, chunk).astype(np.uint32)


def chances(chunk: tuple[int, ...], random: Random) -> Chunk:
    return random.random(chunk, dtype=np.float32)


def shares(chunk: tuple[int, ...], _random: Random) -> Chunk:
    return np.full(chunk, 1 / chunk[-1], np.float32)


# What a chunk of the prediction holds, and one of the truth.
CONTENT: dict[Data, tuple[Callable[..., Chunk], Callable[..., Chunk]]] = {
    Data.REGIONS: (ball, ball),
    Data.OBJECTS: (ball, ball),
    Data.CLASSES: (labels(4), labels(4)),
    Data.CHANCES: (chances, labels(2)),
    Data.CLASS_CHANCES: (shares, labels(CLASSES)),
    Data.QUERIES: (chances, labels(4)),
    Data.NUMBERS: (chances, chances),
    Data.PYRAMID: (labels(200), labels(200)),
    Data.WEATHER: (chances, chances),
}


def shape_of(data: Data, elements: int) -> tuple[int, ...]:
    if data in {Data.QUERIES, Data.PYRAMID}:
        return elements // 1024, 1024
    return elements // SIDE**2, SIDE, SIDE


def write(path: Path, shape: tuple[int, ...], make: Callable[..., Chunk], seed: int) -> None:
    """Write an array all of whose chunks are one and the same."""
    chunks = tuple(min(EDGE, length) for length in shape)
    chunk = make(chunks, np.random.default_rng(seed))
    array = zarr.create_array(str(path), shape=shape, chunks=chunks, dtype=chunk.dtype)
    rows = np.tile(chunk, (1, *(-(-length // EDGE) for length in shape[1:])))
    rows = rows[(slice(None), *(slice(0, length) for length in shape[1:]))]
    for start in range(0, shape[0], EDGE):
        stop = min(start + EDGE, shape[0])
        array[start:stop] = rows[: stop - start]


def run_of(folder: Path, infos: list[MetricInfo], elements: int, memory_bytes: int) -> Run:
    """Score arrays of about so many elements by metrics that take the same."""
    shutil.rmtree(folder, ignore_errors=True)
    places = Places.below(folder)
    for place in (places.job, places.upload, places.truth, places.output):
        place.mkdir(parents=True)
    data = EXAMPLES[infos[0].name].data
    shape, (of_prediction, of_truth) = shape_of(data, elements), CONTENT[data]
    more: dict[str, Any] = {}
    if infos[0].extra_axis is ExtraAxis.CLASS:
        more = {"extra_axis": "class", "extra": CLASSES}
    if "latitude" in infos[0].takes:
        np.save(places.truth / "latitude.npy", np.linspace(80, -80, SIDE))
        more = {"auxiliary": {"latitude": {"path": "latitude.npy", "format": "npy"}}}
    axis = (CLASSES,) if "extra" in more else ()
    write(places.upload / "case-1.zarr", (*shape, *axis), of_prediction, 1)
    write(places.truth / "case-1.zarr", shape, of_truth, 2)
    asked = [
        {**metric(info.name), "parameters": dict(EXAMPLES[info.name].parameters)} for info in infos
    ]
    plan = {"cases": [case(1, ".zarr", dtype="number", **more)], "metrics": asked}
    # Threads take whole cases where these are small, and share the memory.
    cpus = 1 if elements < 2 * 1024**2 else 2
    lay_out(places, plan, memory_bytes=memory_bytes, cpus=cpus)
    return measured(places)


@pytest.mark.parametrize("name", ["accuracy", "voi_split", "rmse", "log_loss", "weighted_rmse"])
def test_a_metric_that_streams_takes_the_same_for_any_volume(name: str, tmp_path: Path) -> None:
    infos = [CATALOGUE[name]]
    # Both of a size for which the same loops are loaded.
    small, large = (
        run_of(tmp_path, infos, elements, BASE_BYTES) for elements in (5 * 10**6, 36 * 10**6)
    )

    assert not large.codes
    assert large.peak_bytes < BASE_BYTES
    assert large.peak_bytes - small.peak_bytes < 60 * MIB  # one of the arrays has 137 MiB


def alike(info: MetricInfo) -> tuple[str, str, float]:
    """Return what metrics have in common that are computed from the same arrays."""
    return info.code.partition(":")[0], str(info.extra_axis), info.bytes_per_element


DECLARED = sorted((info for info in CATALOGUE.values() if info.bytes_per_element), key=alike)
GROUPS = {key: list(infos) for key, infos in groupby(DECLARED, alike)}


@pytest.mark.parametrize("key", GROUPS, ids=lambda key: f"{key[0]} {key[1]} {key[2]:g}")
def test_a_metric_of_whole_arrays_takes_what_it_declares(
    key: tuple[str, str, float], tmp_path: Path
) -> None:
    infos, per_element = GROUPS[key], key[2]
    shape = shape_of(EXAMPLES[infos[0].name].data, int(ARRAY_BYTES / per_element))
    memory_bytes = BASE_BYTES + int(per_element * math.prod(shape))

    run = run_of(tmp_path, infos, math.prod(shape), memory_bytes)

    assert run.report.problems == ()
    assert run.peak_bytes < memory_bytes
