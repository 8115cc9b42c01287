"""Chunks that reach far beyond their array are refused before any of them is decoded."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import tifffile
import zarr

from evaluator.arrays.chunk_limits import MAX_CHUNKS, check_chunk, check_grid, check_overhang
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.opening import open_array
from evaluator.codes import Code
from evaluator.plans import Format

CUBE = (64, 64, 64)
COLUMNS = (1, 1, 2**24)  # each holds 64 elements of a cube


@pytest.mark.parametrize(
    ("shape", "chunks", "item_bytes"),
    [
        (CUBE, CUBE, 8),
        ((65, 65, 65), CUBE, 8),  # 7.6 times the array
        ((513, 513, 513), (512, 512, 512), 1),
        ((10,), (10**6,), 8),
        ((), (), 8),
        ((0, 5), (10, 10), 8),
        ((100, 100), (4000, 8000), 1),
    ],
)
def test_chunks_that_writers_choose_are_taken(
    shape: tuple[int, ...], chunks: tuple[int, ...], item_bytes: int
) -> None:
    check_chunk(chunks, item_bytes, "a")
    check_grid(shape, chunks, item_bytes, "a")


def test_chunks_that_reach_far_beyond_the_array_are_refused() -> None:
    with pytest.raises(ArrayInvalid, match=r"they take 68719476736 bytes, where .* takes 262144;"):
        check_overhang(CUBE, COLUMNS, 1, "a")


def test_too_many_chunks_are_refused() -> None:
    check_grid((MAX_CHUNKS, 256), (1, 256), 1, "a")

    with pytest.raises(ArrayInvalid, match=r"a has 300001 chunks .* 300000 of them at most"):
        check_grid((MAX_CHUNKS + 1, 4096), (1, 4096), 1, "a")


def test_chunks_of_hardly_any_element_are_refused_unless_they_are_few() -> None:
    check_grid((10, 10, 10), (1, 1, 1), 1, "a")

    with pytest.raises(ArrayInvalid, match=r"a has 262144 chunks .* 1024 of them at most"):
        check_grid(CUBE, (1, 1, 1), 1, "a")


def test_a_chunk_that_is_too_large_is_refused() -> None:
    with pytest.raises(ArrayInvalid, match="134217729 bytes each"):
        check_chunk((2**27 + 1,), 1, "a")


def zarr_array(path: Path) -> None:
    zarr.create_array(str(path), shape=(8, 8, 64), chunks=COLUMNS, dtype="u1")


def shards(path: Path) -> None:
    # Every entry of an index may name the same bytes, so one stored chunk would do for all.
    zarr.create_array(str(path), shape=(8, 8, 64), chunks=COLUMNS, shards=(8, 8, 2**24), dtype="u1")


def hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "a", shape=(8, 8, 64), maxshape=(None, None, None), chunks=COLUMNS, dtype="u1"
        )


def tiff(path: Path) -> None:
    with tifffile.TiffWriter(path) as file:
        for _ in range(20):
            file.write(np.zeros((20, 20), np.uint8), tile=(2048, 2048), compression="zlib")


STORES = {
    "zarr": (zarr_array, Format.ZARR),
    "shards": (shards, Format.ZARR),
    "hdf5": (hdf5, Format.HDF5),
    "tiff": (tiff, Format.TIFF),
}


@pytest.mark.parametrize("name", STORES)
def test_each_format_that_has_chunks_refuses_those(name: str, tmp_path: Path) -> None:
    write, how = STORES[name]
    write(tmp_path / "a")

    with pytest.raises(ArrayInvalid, match="save it with smaller ones") as caught:
        open_array(tmp_path / "a", "a", how).notes()

    assert caught.value.code is Code.CHUNK_TOO_LARGE
