"""NumPy's own file format, without its pickles.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (versions 1 and 2).
"""

import ast
import math
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from evaluator.arrays.base import Block, Region, native
from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import invalid

_MAGIC = b"\x93NUMPY"
_MAX_HEADER_BYTES = 4096  # an honest one has 118
_MAX_AXES = 16


class NpyArray:
    """An array in one .npy file, read through a memory map."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the header of the file at `path`. Raises: ArrayInvalid."""
        self.name = name
        with path.open("rb") as file:
            header = _header(file, name)
            offset = file.tell()
        self.dtype = _dtype(header, name)
        self.shape = _shape(header, name)
        self._check_size(path, offset)
        order: Literal["C", "F"] = "F" if header["fortran_order"] is True else "C"
        # A map of no bytes is not allowed.
        self._map: Block = (
            np.memmap(path, self.dtype, "r", offset, self.shape, order)
            if math.prod(self.shape)
            else np.zeros(self.shape, self.dtype)
        )

    def _check_size(self, path: Path, offset: int) -> None:
        promised = math.prod(self.shape) * self.dtype.itemsize
        found = path.stat().st_size - offset
        if found != promised:
            raise invalid(
                f"{self.name} holds {found} bytes after its header, but its shape {self.shape} and "
                f"dtype {self.dtype} need {promised}; save it again with numpy.save."
            )

    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header and the size say all."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return native(self._map[region])


def _header(file: BinaryIO, name: str) -> dict[object, object]:
    start = file.read(8)
    if start[:6] != _MAGIC or len(start) < 8:
        raise invalid(f"{name} is not a .npy file; save the array with numpy.save.")
    width = {1: 2, 2: 4}.get(start[6])
    if width is None:
        raise invalid(f"{name} has .npy version {start[6]}; save plain numbers with numpy.save.")
    length = int.from_bytes(file.read(width), "little")
    if length > _MAX_HEADER_BYTES:
        raise invalid(
            f"{name} has a header of {length} bytes, over the limit of {_MAX_HEADER_BYTES}; "
            "save it again with numpy.save."
        )
    header = _literal(file.read(length))
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise invalid(f"{name} has a damaged .npy header; save it again with numpy.save.")
    return header


def _literal(text: bytes) -> object:
    try:
        found: object = ast.literal_eval(text.decode("latin-1").strip())
    # Deep nesting ends in a MemoryError or RecursionError of the parser, within 4 KiB of text.
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return found


def _dtype(header: dict[object, object], name: str) -> np.dtype[Any]:
    descr = header["descr"]
    # Lists describe records, and 'O' a pickle: both end here.
    return number_dtype(descr if isinstance(descr, str) else "record", name)


def _shape(header: dict[object, object], name: str) -> tuple[int, ...]:
    shape = header["shape"]
    if not isinstance(shape, tuple) or len(shape) > _MAX_AXES:
        raise invalid(f"{name} has a damaged shape in its header; save it again with numpy.save.")
    if any(type(length) is not int or not 0 <= length < 2**48 for length in shape):
        raise invalid(f"{name} has the impossible shape {str(shape)[:80]} in its header.")
    return shape
