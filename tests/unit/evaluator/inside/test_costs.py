"""No upload of a megabyte costs much more than an honest one, whatever it unpacks to."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec

from evaluator.codes import Code
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.runs import MIB, Run, lay_out, measured
from tests.unit.evaluator.inside.submissions import case, metric

EDGE = 168  # 4.7 million elements
MEMORY_BYTES = 1024 * MIB
TIMES, SECONDS = 2, 2  # generous: a shared machine, and loading the compiler where numpy would do
BYTES = 450 * MIB

Volume = NDArray[Any]


@cache
def cells(shift: int) -> Volume:
    """Return 216 balls, moved by `shift` along each axis."""
    places = [np.arange(EDGE) - shift] * 3
    z, y, x = np.meshgrid(*places, indexing="ij", sparse=True)
    inside = sum(((axis % 28) - 14) ** 2 for axis in (z, y, x)) < 100
    numbers = 1 + (z // 28 * 6 + y // 28) * 6 + x // 28
    return np.where(inside & (numbers > 0), numbers, 0).astype(np.uint16)


def noise(count: int, share: float) -> Volume:
    """Return voxels of `count` labels in a share of all places, in planes that repeat."""
    random = np.random.default_rng(3)
    plane = random.integers(1, count + 1, (EDGE, EDGE)) * (random.random((EDGE, EDGE)) < share)
    return np.broadcast_to(plane, (EDGE,) * 3).astype(np.uint16)


def checkers() -> Volume:
    z, y, x = np.ogrid[:EDGE, :EDGE, :EDGE]
    return ((z + y + x) % 2 + 1).astype(np.uint8)


def counted() -> Volume:
    """Return a label of its own for each voxel, none of which a table has room for."""
    return np.arange(1, EDGE**3 + 1, dtype=np.uint64).reshape((EDGE,) * 3) * 4096


def store(path: Path, volume: Volume, edge: int) -> None:
    chunks = tuple(min(edge, length) for length in volume.shape)
    shuffled = BloscCodec(cname="zstd", shuffle="shuffle")
    zarr.create_array(str(path), data=volume, chunks=chunks, compressors=shuffled)


def absent(chunks: tuple[int, ...]) -> Callable[[Path], None]:
    """Return what writes an array without any chunk."""

    def write(path: Path) -> None:
        zarr.create_array(str(path), shape=(EDGE,) * 3, chunks=chunks, dtype="u1", fill_value=0)

    return write


def whole(make: Callable[[], Volume], edge: int = 84) -> Callable[[Path], None]:
    return lambda path: store(path, make(), edge)


@dataclass(frozen=True)
class Upload:
    """What is handed in, to which metric, and the code that it ends with, if any."""

    metric: str
    write: Callable[[Path], None]
    code: Code | None = None


RAGGED = Code.VALUE_OUT_OF_RANGE
UPLOADS = {
    "pairs, a label for each voxel": Upload("voi_split", whole(counted), RAGGED),
    "pairs, noise": Upload("voi_split", whole(lambda: noise(60_000, 1))),
    "pairs, one chunk": Upload("voi_split", whole(checkers, EDGE)),
    "pairs, absent chunks of 5 voxels": Upload("voi_split", absent((1, 1, 5)), Code.FORMAT_INVALID),
    "pairs, absent chunks of 300 voxels": Upload("voi_split", absent((6, 7, 8))),
    "pairs, chunks beyond the array": Upload(
        "voi_split", absent((2, 2, 2**24)), Code.CHUNK_TOO_LARGE
    ),
    "objects, a label for each voxel": Upload("cellmap_instance", whole(counted), RAGGED),
    "objects, noise": Upload("cellmap_instance", whole(lambda: noise(200, 1)), RAGGED),
    "objects, noise in places": Upload("cellmap_instance", whole(lambda: noise(200, 0.25))),
    "objects, a checkerboard": Upload("cellmap_instance", whole(checkers), RAGGED),
    "surfaces, noise of all labels": Upload("nsd", whole(lambda: noise(216, 1)), RAGGED),
    "surfaces, dust of all labels": Upload("nsd", whole(lambda: noise(216, 0.06))),
    "surfaces, a checkerboard": Upload("nsd", whole(checkers), RAGGED),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sandbox with the truth in it."""
    folder = tmp_path_factory.mktemp("sandbox")
    store(folder / "truth" / "case-1.zarr", cells(0), 56)
    store(folder / "honest.zarr", cells(1), 56)
    return folder


def run_of(root: Path, name: str, write: Callable[[Path], Any]) -> Run:
    places = Places.below(root)
    for folder in (places.job, places.upload, places.output):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    write(places.upload / "case-1.zarr")
    plan = {"cases": [case(1, ".zarr")], "metrics": [metric(name, "score")]}
    lay_out(places, plan, memory_bytes=MEMORY_BYTES)
    return measured(places)


@pytest.fixture(scope="module")
def honest(root: Path) -> Callable[[str], Run]:
    """Return what an honest upload costs; a run before has compiled what has to be."""

    @cache
    def run(name: str) -> Run:
        first, second = (
            run_of(root, name, lambda path: shutil.copytree(root / "honest.zarr", path))
            for _ in range(2)
        )
        assert first.scores == second.scores
        assert not second.codes
        return second

    return run


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_costs_hardly_more_than_an_honest_one(
    name: str, root: Path, honest: Callable[[str], Run]
) -> None:
    upload = UPLOADS[name]

    run = run_of(root, upload.metric, upload.write)

    stored = root / "upload"
    assert sum(file.stat().st_size for file in stored.rglob("*") if file.is_file()) < MIB
    assert run.codes == ([] if upload.code is None else [upload.code])
    assert run.cpu_seconds < TIMES * honest(upload.metric).cpu_seconds + SECONDS
    assert run.peak_bytes < honest(upload.metric).peak_bytes + BYTES
