"""Opens an array by the format that the challenge declares, loading only what that one needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never

from evaluator.arrays.base import Array
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.csv_rows import CSV, TSV, CsvRows
from evaluator.arrays.npy import NpyArray
from evaluator.arrays.table import Table
from evaluator.plans import Format


def open_array(  # noqa: PLR0911 (one for each format)
    path: Path,
    name: str,
    how: Format,
    *,
    member: str = "",
    voxel_size: tuple[float, ...] | None = None,
    room: ChunkRoom | None = None,
) -> Array:
    """Return the array at `path`, or its `member` when that file holds several.

    `name` is what its owner calls it. Where an image is stored at several resolutions, the one
    nearest to `voxel_size` is taken. `room` is for decoded chunks, shared with other arrays.
    Tables have their own door. Raises: ArrayInvalid; ValueError for tables.
    """
    match how:
        case Format.ZARR:
            return _zarr(path, name, member, voxel_size=voxel_size, room=room)
        case Format.TIFF:
            return _tiff(path, name, room)
        case Format.NPY if path.suffix.lower() == ".npz":
            return _npz(path, name, member)
        case Format.NPY:
            return NpyArray(path, name)
        case Format.HDF5:
            return _hdf5(path, name, member, room)
        case Format.NIFTI:
            return _nifti(path, name)
        case Format.PNG:
            return _png(path, name, room)
        case Format.CSV | Format.TSV | Format.PARQUET:
            raise ValueError("a table is read by column")
        case _ as never:
            assert_never(never)


@contextmanager
def open_table(path: Path, name: str, how: Format) -> Iterator[Table]:
    """Give the table at `path`, which its owner calls `name`.

    Raises: ArrayInvalid; ValueError for what is no table.
    """
    match how:
        case Format.CSV | Format.TSV:
            with path.open("rb") as file:
                yield CsvRows(file, name, CSV if how is Format.CSV else TSV)
        case Format.PARQUET:
            from evaluator.arrays.parquet.rows import ParquetRows  # noqa: PLC0415

            yield ParquetRows(path, name)
        case _:
            raise ValueError(f"{how} is no table")


# Readers are loaded when they are needed: the codecs alone take longer to load than a small table
# takes to score.


def _zarr(
    path: Path,
    name: str,
    inner: str,
    *,
    voxel_size: tuple[float, ...] | None,
    room: ChunkRoom | None,
) -> Array:
    from evaluator.arrays.zarr.opening import open_zarr  # noqa: PLC0415

    return open_zarr(path, name, inner=inner, voxel_size=voxel_size, room=room)


def _tiff(path: Path, name: str, room: ChunkRoom | None) -> Array:
    from evaluator.arrays.tiff.store import TiffArray  # noqa: PLC0415

    return TiffArray(path, name, room)


def _npz(path: Path, name: str, member: str) -> Array:
    from evaluator.arrays.npz import open_member  # noqa: PLC0415

    return open_member(path, name, member)


def _hdf5(path: Path, name: str, member: str, room: ChunkRoom | None) -> Array:
    from evaluator.arrays.hdf5.store import open_dataset  # noqa: PLC0415

    return open_dataset(path, name, member, room)


def _nifti(path: Path, name: str) -> Array:
    from evaluator.arrays.nifti.store import NiftiArray  # noqa: PLC0415

    return NiftiArray(path, name)


def _png(path: Path, name: str, room: ChunkRoom | None) -> Array:
    from evaluator.arrays.png.store import PngArray  # noqa: PLC0415

    return PngArray(path, name, room)
