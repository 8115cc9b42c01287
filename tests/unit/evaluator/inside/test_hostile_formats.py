"""Hostile HDF5, NIfTI, PNG and Parquet as whole uploads: a code, little memory, and at once."""

import gzip
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nibabel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.codes import Code
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, store

MIB = 1024**2
TRUTH = np.arange(100, dtype=np.uint32).reshape(10, 10)
nib: Any = nibabel  # half of it has no types


def hdf5(raw: bytes | None = None, **how: Any) -> Callable[[Path], object]:
    """Make a dataset that is never written, unless by `raw`: one chunk as it is stored."""

    def save(folder: Path) -> None:
        with h5py.File(folder / "a.h5", "w") as file:
            dataset = file.create_dataset("labels", **{"shape": (10, 10), "dtype": "u4"} | how)
            if raw is not None:
                dataset.id.write_direct_chunk((0, 0), raw)

    return save


def linked(folder: Path) -> None:
    with h5py.File(folder / "a.h5", "w") as file:
        file["labels"] = h5py.ExternalLink("/agon/truth/t.h5", "/labels")


def nifti(*patches: tuple[int, str, Any], spare: int = 0) -> Callable[[Path], object]:
    """Make a gzipped image, its header patched at some places, with spare bytes behind it."""

    def save(folder: Path) -> None:
        data = bytearray(nib.Nifti1Image(TRUTH.T, np.eye(4)).to_bytes() + bytes(spare))
        for place, form, value in patches:
            struct.pack_into(form, data, place, value)
        (folder / "a.nii.gz").write_bytes(gzip.compress(bytes(data)))

    return save


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, columns: int = 10) -> Callable[[Path], object]:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, 10, 8, 0, 0, 0, 0))

    def save(folder: Path) -> None:
        (folder / "a").mkdir()
        parts = (b"\x89PNG\r\n\x1a\n", header, *chunks, chunk(b"IEND"))
        (folder / "a/0.png").write_bytes(b"".join(parts))

    return save


def parquet(columns: Callable[[], Any], **how: Any) -> Callable[[Path], object]:
    return lambda folder: pq.write_table(pa.table(columns()), folder / "a.parquet", **how)


def same_texts() -> dict[str, Any]:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100), pa.array(["9" * MIB]))
    return {"label": texts}


SOURCES = {
    "hdf5": "a.h5/labels",
    "nifti": "a.nii.gz",
    "png": "a",
    "parquet": "a.parquet",
}
FORMAT, CORRUPT, SHAPE = Code.FORMAT_INVALID, Code.CHUNK_CORRUPT, Code.SHAPE_MISMATCH

HOSTILE: dict[str, tuple[str, Callable[[Path], object], Code]] = {
    "hdf5: link to the truth": ("hdf5", linked, FORMAT),
    "hdf5: the truth as external storage": (
        "hdf5",
        hdf5(external=[("/agon/truth/case-1.npy", 128, 400)]),
        FORMAT,
    ),
    "hdf5: 4 TiB": ("hdf5", hdf5(shape=(2**20, 2**20), chunks=(2**10, 2**10)), SHAPE),
    "hdf5: chunk of 16 GiB": (
        "hdf5",
        hdf5(chunks=(2**15, 2**15), maxshape=(None, None)),
        Code.CHUNK_TOO_LARGE,
    ),
    "hdf5: a million chunks": ("hdf5", hdf5(shape=(1000, 1000), chunks=(1, 1)), SHAPE),
    "hdf5: gzip bomb": (
        "hdf5",
        hdf5(chunks=(10, 10), compression="gzip", raw=zlib.compress(bytes(256 * MIB))),
        CORRUPT,
    ),
    "hdf5: objects": ("hdf5", hdf5(dtype=h5py.string_dtype()), Code.DTYPE_MISMATCH),
    "hdf5: no chunk at all": ("hdf5", hdf5(chunks=(10, 10)), Code.CHUNK_MISSING),
    "nifti: gzip bomb": ("nifti", nifti(spare=256 * MIB), FORMAT),
    "nifti: gzip bomb before the elements": (
        "nifti",
        nifti((108, "<f", 1e9), spare=256 * MIB),
        FORMAT,
    ),
    "nifti: 4 GiB": ("nifti", nifti((42, "<h", 2**15 - 1), (44, "<h", 2**15 - 1)), SHAPE),
    "nifti: elements of two widths": ("nifti", nifti((70, "<h", 1024)), FORMAT),
    "nifti: complex": ("nifti", nifti((70, "<h", 32)), Code.DTYPE_MISMATCH),
    "png: pixels that are a bomb": (
        "png",
        png(chunk(b"IDAT", zlib.compress(bytes(256 * MIB)))),
        CORRUPT,
    ),
    "png: text that is a bomb": (
        "png",
        png(chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(256 * MIB)))),
        CORRUPT,
    ),
    "png: 10 GiB": ("png", png(columns=2**30), Code.CHUNK_TOO_LARGE),
    "parquet: page of 130 MiB": (
        "parquet",
        parquet(lambda: {"label": ["9" * 130 * MIB]}, compression="zstd", use_dictionary=False),
        Code.CHUNK_TOO_LARGE,
    ),
    "parquet: one text in every row": (
        "parquet",
        parquet(same_texts, compression="zstd"),
        Code.CHUNK_TOO_LARGE,
    ),
    "parquet: far more rows": (
        "parquet",
        parquet(lambda: {"label": np.zeros(10**7, "i1")}),
        Code.ROWS_MISMATCH,
    ),
}


@pytest.mark.parametrize(("how", "save", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_its_code_little_memory_and_at_once(
    how: str,
    save: Callable[[Path], object],
    code: Code,
    places: Places,
    order: Any,
    finish: Any,
) -> None:
    is_table = how == "parquet"
    truth = TRUTH[None] if how == "png" else TRUTH.ravel() if is_table else TRUTH
    store(places.truth / "case-1.npy", truth)
    save(places.upload)
    sources = [{"path": SOURCES[how], "format": how}]
    truth_at = {"path": "case-1.npy", "format": "npy"}
    order([case(1, sources=sources, truth=truth_at, column="label" if is_table else None)])
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    started = time.monotonic()

    report, result = finish()

    seconds = time.monotonic() - started
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result is None
    assert [problem.code for problem in report.problems] == [code]
    assert report.problems[0].path == SOURCES[how]
    assert report.problems[0].message.endswith(".")
    assert peak_bytes < 50 * MIB
    assert pa.total_allocated_bytes() - before < 50 * MIB
    assert seconds < 10
