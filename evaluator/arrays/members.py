"""What a file that holds several arrays has inside, loading only what its format needs."""

from collections.abc import Collection
from pathlib import Path

from evaluator.plans import Format


def holds_member(path: Path, how: Format, member: str) -> bool:
    """True when the file at `path` has an array `member`, or is too damaged to tell.

    Damage is told when the array is opened. A file of another format holds itself alone.
    """
    match how:
        case Format.ZARR:
            from evaluator.arrays.zarr import zipped  # noqa: PLC0415

            return zipped.holds(path, member)
        case Format.HDF5 if member:
            from evaluator.arrays.hdf5 import files  # noqa: PLC0415

            return files.holds(path, member)
        case Format.NPY if member:
            from evaluator.arrays import npz  # noqa: PLC0415

            names = npz.member_names(path)
            return names is None or member in names
    return True


def member_names(path: Path, how: Format) -> Collection[str]:
    """Return the names of what lies at the top of the file at `path`; none when it is damaged."""
    match how:
        case Format.ZARR:
            from evaluator.arrays.zarr import zipped  # noqa: PLC0415

            return zipped.top_names(path)
        case Format.HDF5:
            from evaluator.arrays.hdf5 import files  # noqa: PLC0415

            return files.member_names(path)
        case Format.NPY:
            from evaluator.arrays import npz  # noqa: PLC0415

            return npz.member_names(path) or ()
    return ()
