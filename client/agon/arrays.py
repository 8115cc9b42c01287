"""Writes arrays that are in memory as the files that a challenge asks for."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from agon.errors import ExtraMissing, UsageWrong
from agon.zarr_writing import write_array, write_groups

_STORE, _ARCHIVE = ".zarr", ".npz"
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def write_all(arrays: Mapping[str, Any], folder: Path) -> None:
    """Write each array under its path below a folder, in the format that the path tells.

    `a.zarr/labels` and `a.zarr`: Zarr version 3; `a.npy`; `a.npz/labels`; `a.csv` and `a.tsv` from
    a data frame or a mapping of columns. Bytes are written as they are, whatever the path.
    Raises: UsageWrong, ExtraMissing.
    """
    if not arrays:
        raise UsageWrong("There are no arrays to hand in.")
    archives: dict[str, dict[str, Any]] = {}
    for path, value in arrays.items():
        _check_path(path)
        container, inner = _split(path, _ARCHIVE)
        if container:
            archives.setdefault(container, {})[inner or "arr_0"] = _as_array(path, value)
        else:
            _write(path, value, folder)
    for container, members in archives.items():
        _numpy().savez_compressed(_made(folder / container), **members)


def _write(path: str, value: Any, folder: Path) -> None:  # anything that NumPy understands
    place, suffix = folder / path, PurePosixPath(path).suffix.lower()
    if isinstance(value, (bytes, bytearray, memoryview)):
        _made(place).write_bytes(value)
        return
    store, inner = _split(path, _STORE)
    if store:
        array = _as_lazy(path, value)
        write_groups(folder / store, inner)
        write_array(place, array)
    elif suffix == ".npy":
        _numpy().save(_made(place), _as_array(path, value), allow_pickle=False)
    elif suffix in _SEPARATORS:
        _write_table(_made(place), value, _SEPARATORS[suffix])
    else:
        raise UsageWrong(
            f"'{path}': arrays in memory are written as .zarr, .npy, .npz, .csv or .tsv.",
            hint="Write the file yourself, and hand in its path.",
        )


def _write_table(place: Path, value: Any, separator: str) -> None:  # a data frame of any library
    if hasattr(value, "to_csv"):  # pandas
        value.to_csv(place, sep=separator, index=False)
        return
    if hasattr(value, "write_csv"):  # polars
        value.write_csv(place, separator=separator)
        return
    if not isinstance(value, Mapping):
        raise UsageWrong(f"'{place.name}': give a data frame, or a mapping of columns.")
    columns = [list(_plain(column)) for column in value.values()]
    if len({len(column) for column in columns}) > 1:
        raise UsageWrong(f"'{place.name}': its columns have different lengths.")
    with place.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(value)
        writer.writerows(zip(*columns, strict=True))


def _plain(column: Any) -> Iterable[object]:
    values: Iterable[object] = column.tolist() if hasattr(column, "tolist") else column
    return values


def _as_array(path: str, value: Any) -> Any:  # numpy.ndarray, when NumPy is there
    array = _numpy().asarray(value)
    if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
        raise UsageWrong(
            f"'{path}' holds {array.dtype}; sites take booleans, integers and floats of at most "
            "64 bits.",
            hint="Convert it, for example with .astype('float32').",
        )
    return array


def _as_lazy(path: str, value: Any) -> Any:
    """Return something that can be read block by block: it may be larger than the memory."""
    is_lazy = hasattr(value, "shape") and hasattr(value, "dtype") and hasattr(value, "__getitem__")
    if not is_lazy:
        return _as_array(path, value)
    _as_array(path, _numpy().empty(0, value.dtype))
    return value


def _split(path: str, suffix: str) -> tuple[str, str]:
    """Return the part of a path up to a container of that suffix, and the rest; else nothing."""
    parts = path.split("/")
    for end, part in enumerate(parts, start=1):
        if part.lower().endswith(suffix):
            return "/".join(parts[:end]), "/".join(parts[end:])
    return "", ""


def _check_path(path: str) -> None:
    if not path or any(part in {"", ".", ".."} for part in path.split("/")):
        raise UsageWrong(f"'{path}' is not the path of an array in an upload.")


def _made(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _numpy() -> Any:  # a module that need not be installed
    try:
        import numpy  # noqa: ICN001, PLC0415 - most commands do without
    except ImportError as error:
        raise ExtraMissing(
            "Arrays in memory need NumPy.", hint="Install it with: pip install numpy"
        ) from error
    return numpy
