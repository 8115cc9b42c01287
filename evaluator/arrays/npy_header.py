"""The header of NumPy's own file format.

Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html (versions 1 and 2).
"""

import ast
import math
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np

from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import invalid

_MAGIC = b"\x93NUMPY"
_MAX_HEADER_BYTES = 4096  # an honest one has 118
_MAX_AXES = 16
_MAX_ELEMENTS = 2**48


class ByteSource(Protocol):
    """A file, or a stream that is unpacked on the way."""

    def read(self, length: int, /) -> bytes:
        """Return the next bytes, fewer than `length` only at the end."""


@dataclass(frozen=True)
class NpyHeader:
    """What stands before the elements, and how many bytes it takes."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    order: Literal["C", "F"]
    header_bytes: int

    @property
    def data_bytes(self) -> int:
        """Size of the elements."""
        return math.prod(self.shape) * self.dtype.itemsize

    def check_size(self, found: int, name: str) -> None:
        """Do nothing when `found` bytes are those of header and elements. Raises: ArrayInvalid."""
        rest = found - self.header_bytes
        if rest != self.data_bytes:
            raise invalid(
                f"{name} holds {rest} bytes after its header, but its shape {self.shape} and dtype "
                f"{self.dtype} need {self.data_bytes}; save it again with numpy.save."
            )


def read_header(source: ByteSource, name: str) -> NpyHeader:
    """Return the header at the start of `source`. Raises: ArrayInvalid."""
    start = source.read(8)
    if start[:6] != _MAGIC or len(start) < 8:
        raise invalid(f"{name} is not a .npy file; save the array with numpy.save.")
    width = {1: 2, 2: 4}.get(start[6])
    if width is None:
        raise invalid(f"{name} has .npy version {start[6]}; save plain numbers with numpy.save.")
    length = int.from_bytes(source.read(width), "little")
    if length > _MAX_HEADER_BYTES:
        raise invalid(
            f"{name} has a header of {length} bytes, over the limit of {_MAX_HEADER_BYTES}; "
            "save it again with numpy.save."
        )
    found = _literal(source.read(length))
    if not isinstance(found, dict) or set(found) != {"descr", "fortran_order", "shape"}:
        raise invalid(f"{name} has a damaged .npy header; save it again with numpy.save.")
    return NpyHeader(
        dtype=_dtype(found["descr"], name),
        shape=_shape(found["shape"], name),
        order="F" if found["fortran_order"] is True else "C",
        header_bytes=8 + width + length,
    )


def _literal(text: bytes) -> object:
    try:
        found: object = ast.literal_eval(text.decode("latin-1").strip())
    # Deep nesting ends in a MemoryError or RecursionError of the parser, within 4 KiB of text.
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return found


def _dtype(descr: object, name: str) -> np.dtype[Any]:
    # Lists describe records, and 'O' a pickle: both end here.
    return number_dtype(descr if isinstance(descr, str) else "record", name)


def _shape(shape: object, name: str) -> tuple[int, ...]:
    if not isinstance(shape, tuple) or len(shape) > _MAX_AXES:
        raise invalid(f"{name} has a damaged shape in its header; save it again with numpy.save.")
    are_lengths = all(type(length) is int and length >= 0 for length in shape)
    # Also with a 0 among them: numpy multiplies the others.
    if not are_lengths or math.prod(max(length, 1) for length in shape) > _MAX_ELEMENTS:
        raise invalid(f"{name} has the impossible shape {str(shape)[:80]} in its header.")
    return shape
