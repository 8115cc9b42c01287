"""Bench (e): a made-up set of the size of the CellMap challenge's, scored in one process.

Its 413 arrays are those of a few volumes, which many cases share, so that making it is quick and
takes little disk; every case is read, decoded and scored for itself.
"""

import math
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zarr

from evaluator.inside.places import Places
from evaluator.plans import (
    Aggregate,
    Case,
    Combination,
    DtypeKind,
    Format,
    Metric,
    MetricsPlan,
    Source,
)
from tests.bench.arrays import Array
from tests.bench.findings import Finding
from tests.bench.volumes import make_volume
from tests.unit.evaluator.inside.runs import Run, lay_out, measured

GIB = 1024**3
MEMORY_BYTES = 8 * GIB
CPUS = 2
SECONDS = 15 * 60
TILE = 256  # the edge of the volume that the arrays repeat
LABELS = 1000  # more than a tile has: no two tiles share a label
CHUNKS = {"truth": 128, "upload": 64}
GROUPS = {"object": 10, "mask": 38}  # classes of either kind


@dataclass(frozen=True)
class Crop:
    """So many arrays of one shape."""

    shape: tuple[int, int, int]
    masks: int
    objects: int


# 313 arrays of 66.9 Gvoxel and 100 of 20.9 Gvoxel, the median 216 Mvoxel, as in the challenge.
CROPS = (
    Crop((140, 400, 400), 75, 21),
    Crop((400, 400, 400), 25, 13),
    Crop((600, 600, 600), 170, 53),
    Crop((800, 800, 800), 33, 10),
    Crop((1000, 1000, 1000), 10, 3),
)


def measure_manifest_set(step: int = 1) -> Iterator[Finding]:
    """Score the set, or every case whose number `step` divides, and say how long all would take."""
    with tempfile.TemporaryDirectory(prefix="agon-bench-") as place:
        places, started = Places.below(Path(place)), time.perf_counter()
        for folder in (places.job, places.output):
            folder.mkdir()
        _make(places)
        made = time.perf_counter() - started
        cases = _cases()[::step]
        run_of(places, _cases()[-1:])  # compiles what has not been compiled yet
        started = time.perf_counter()
        run = run_of(places, cases)
        yield _finding(run, time.perf_counter() - started, cases, made, _disk_bytes(Path(place)))


def _finding(run: Run, seconds: float, cases: list[Case], made: float, disk_bytes: int) -> Finding:
    voxels, every = (sum(map(_voxels, some)) for some in (cases, _cases()))
    whole = seconds * every / voxels
    peak_gib = run.peak_bytes / GIB
    values = {
        "gigavoxels": voxels / 1e9,
        "made_s": made,
        "disk_GiB": disk_bytes / GIB,
        "scored_s": seconds,
        "cpu_s": run.cpu_seconds,
        "peak_GiB": peak_gib,
        "whole_set_min": whole / 60,
    }
    return Finding(
        bench="e",
        case=f"{len(cases)} arrays",
        values={name: float(f"{value:.4g}") for name, value in values.items()},
        target="≤ 15 min, ≤ 8 GiB for all 413",
        is_met=whole <= SECONDS and run.peak_bytes <= MEMORY_BYTES,
    )


def run_of(places: Places, cases: list[Case]) -> Run:
    """Score cases in a process of its own; every one of them must get its scores."""
    groups = {case.group for case in cases}
    metrics = [
        Metric(
            key=kind,
            metric=name,
            aggregate=Aggregate.GROUPS,
            groups=tuple(sorted(group for group in groups if group.startswith(kind))),
        )
        for kind, name in (("object", "cellmap_instance"), ("mask", "cellmap_semantic"))
        if any(group.startswith(kind) for group in groups)
    ]
    keys = tuple(metric.key for metric in metrics)
    combined = Combination(key="overall", combine="geometric-mean", of=keys)
    plan = MetricsPlan(
        cases=tuple(cases),
        extra_files="ignore",
        metrics=tuple(metrics),
        combinations=(combined,),
    )
    lay_out(places, plan.model_dump(mode="json"), memory_bytes=MEMORY_BYTES, cpus=CPUS)
    run = measured(places, timeout_seconds=4 * SECONDS)
    assert run.scores is not None, run.report.problems
    return run


def _cases() -> list[Case]:
    """Return all cases, by shape: every n-th of them are like the whole."""
    cases = []
    for crop in CROPS:
        for kind, count in (("mask", crop.masks), ("object", crop.objects)):
            for number in range(count):
                name = _name(crop.shape, kind)
                source = Source(path=name, format=Format.ZARR)
                cases.append(
                    Case(
                        id=f"{name}/{number}",
                        sources=(source,),
                        truth=source,
                        dtype=DtypeKind.INTEGER,
                        shape=crop.shape,
                        group=f"{kind}{number % GROUPS[kind]}",
                    )
                )
    return cases


def _name(shape: tuple[int, ...], kind: str) -> str:
    return f"{kind}-{'x'.join(map(str, shape))}.zarr"


def _disk_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _voxels(case: Case) -> int:
    return math.prod(case.shape or ())


def _make(places: Places) -> None:
    truth, prediction = make_volume("medium")
    folders: Mapping[str, Path] = {"truth": places.truth, "upload": places.upload}
    for what, tile in (("truth", truth), ("upload", prediction)):
        for crop in CROPS:
            _write(folders[what] / _name(crop.shape, "object"), tile, crop.shape, CHUNKS[what])
            mask = (tile > 0).astype(np.uint8)
            _write(folders[what] / _name(crop.shape, "mask"), mask, crop.shape, CHUNKS[what])


def _write(path: Path, tile: Array, shape: tuple[int, int, int], edge: int) -> None:
    """Write an array of repeated tiles, of which no two share a label, slab by slab."""
    array = zarr.create_array(
        str(path), shape=shape, chunks=(edge,) * 3, dtype=tile.dtype, zarr_format=2
    )
    depth, height, width = shape
    slab = np.empty((edge, height, width), tile.dtype)
    for start in range(0, depth, edge):
        planes = tile[start % TILE : start % TILE + edge]
        first = start // TILE * 100  # the number of the first tile in the slab
        for y in range(0, height, TILE):
            for x in range(0, width, TILE):
                number = first + y // TILE * 10 + x // TILE
                part = slab[:, y : y + TILE, x : x + TILE]
                part[...] = _numbered(planes, number)[:, : part.shape[1], : part.shape[2]]
        array[start : start + edge] = slab[: depth - start]


def _numbered(planes: Array, number: int) -> Array:
    if planes.dtype == np.uint8:
        return planes  # a mask
    numbered: Array = np.where(planes > 0, planes + np.uint32(LABELS * number), 0)
    return numbered.astype(planes.dtype)


if __name__ == "__main__":
    for found in measure_manifest_set(int(sys.argv[1])):
        print(found)
