"""Honest submissions with random damage: always a report, never a crash."""

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import tifffile
import zarr
from zarr.codecs import BloscCodec, GzipCodec

from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store

ROUNDS = 60
VOLUME = np.random.default_rng(0).integers(0, 5, (4, 6, 5)).astype("u2")
TABLE = "id,label\n" + "".join(f"r{row},{row % 3}\n" for row in range(40))


def zarr_store(**how: Any) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        array = zarr.create_array(str(path), shape=VOLUME.shape, dtype="u2", **how)
        array[...] = VOLUME

    return save


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("case-1.csv", TABLE)


FORMS: dict[str, tuple[str, str, Callable[[Path], object]]] = {
    "npy": (".npy", "case-1.npy", lambda path: np.save(path, VOLUME)),
    "csv": (".csv", "case-1.csv", lambda path: store(path, TABLE)),
    "zip": (".csv", "upload.zip", zipped),
    "tiff": (".tif", "case-1.tif", lambda path: tifffile.imwrite(path, VOLUME, photometric=1)),
    "deflated tiff": (
        ".tif",
        "case-1.tif",
        lambda path: tifffile.imwrite(path, VOLUME, photometric=1, compression=8, predictor=2),
    ),
    "zarr 3": (".zarr", "case-1.zarr", zarr_store(chunks=(2, 3, 5))),
    "zarr 3, gzip": (
        ".zarr",
        "case-1.zarr",
        zarr_store(chunks=(2, 3, 5), compressors=[GzipCodec()]),
    ),
    "zarr 3, blosc": (
        ".zarr",
        "case-1.zarr",
        zarr_store(chunks=(4, 6, 5), compressors=[BloscCodec(cname="zstd", shuffle="bitshuffle")]),
    ),
    "zarr 3, shards": (".zarr", "case-1.zarr", zarr_store(chunks=(2, 3, 5), shards=(4, 6, 5))),
    "zarr 2, blosc": (
        ".zarr",
        "case-1.zarr",
        zarr_store(chunks=(2, 3, 5), zarr_format=2, compressors=numcodecs.Blosc("lz4")),
    ),
}


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """Change, cut, take out or put in some bytes."""
    place = int(random.integers(len(data) + 1))
    noise = random.bytes(int(random.integers(1, 9)))
    return [
        data[:place] + noise[:1] + data[place + 1 :],
        data[:place] + noise + data[place + len(noise) :],
        data[:place],
        data[:place] + data[place + len(noise) :],
        data[:place] + noise + data[place:],
        data[:place] + b"\xff" * 4 + data[place + 4 :],
    ][random.integers(6)]


@pytest.mark.parametrize(("suffix", "name", "save"), FORMS.values(), ids=FORMS.keys())
def test_a_damaged_submission_is_reported(
    suffix: str,
    name: str,
    save: Callable[[Path], object],
    places: Places,
    order: Any,
    finish: Any,
) -> None:
    save(places.upload / name)
    store(places.truth / "case-1.npy", VOLUME)
    store(places.truth / "case-1.csv", TABLE)
    truth = {"path": "case-1.npy", "format": "npy"}
    is_table = suffix == ".csv"
    changes = {"column": "label", "index": "id"} if is_table else {"truth": truth}
    order([case(1, suffix, **changes)], metric("accuracy"), metric("rmse"))
    files = [path for path in sorted(places.upload.rglob("*")) if path.is_file()]
    honest = {path: path.read_bytes() for path in files}
    random = np.random.default_rng(11)

    for _ in range(ROUNDS):
        victim = files[random.integers(len(files))]
        victim.write_bytes(damaged(honest[victim], random))
        for path in places.submission.rglob("*.csv"):
            path.unlink()
        with contextlib.redirect_stderr(io.StringIO()):
            report, result = finish()
        victim.write_bytes(honest[victim])
        places.result.unlink(missing_ok=True)

        assert (result is None) == bool(report.problems)
        assert all(problem.message.endswith((".", "?")) for problem in report.problems)
