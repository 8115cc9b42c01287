"""What the header of a PNG file promises."""

import math
import struct
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.arrays.chunk_limits import MAX_CHUNK_BYTES
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_START_BYTES = len(SIGNATURE) + 8 + 13


class Colour(IntEnum):
    """The colour type of a PNG file."""

    GREY = 0
    RGB = 2
    PALETTE = 3
    GREY_ALPHA = 4
    RGB_ALPHA = 6


_SAMPLES = {Colour.RGB: 3, Colour.GREY_ALPHA: 2, Colour.RGB_ALPHA: 4}
_DEPTHS = {Colour.GREY: {1, 2, 4, 8, 16}, Colour.PALETTE: {1, 2, 4, 8}}  # others have 8 and 16
# Of interlaced images: the first row and column of each pass, and the steps. Source: 8.1, Adam7.
_PASSES = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
_ONE_PASS = ((0, 0, 1, 1),)


@dataclass(frozen=True)
class Header:
    """`shape` is rows, columns and, when there are several, samples; `depth` bits a sample."""

    shape: tuple[int, ...]
    depth: int
    colour: Colour
    is_interlaced: bool

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the decoded elements: bool, uint8 or uint16."""
        if self.colour is Colour.GREY and self.depth in {1, 16}:
            return np.dtype(np.bool_ if self.depth == 1 else np.uint16)
        return np.dtype(np.uint8)

    @property
    def kind(self) -> tuple[object, ...]:
        """What the slices of a stack must share."""
        return self.shape, self.colour, self.dtype

    @property
    def decoded_bytes(self) -> int:
        """Size of the decoded image."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def filtered_bytes(self) -> int:
        """Size of what is compressed: rows of whole bytes, each behind the number of a filter."""
        rows, columns = self.shape[:2]
        bits = self.depth * math.prod(self.shape[2:])
        total = 0
        for top, left, down, across in _PASSES if self.is_interlaced else _ONE_PASS:
            height, width = -(-(rows - top) // down), -(-(columns - left) // across)
            if width > 0:
                total += max(height, 0) * (1 + -(-width * bits // 8))
        return total


def read_header(path: Path, name: str) -> Header:
    """Return what the file at `path` promises. Raises: ArrayInvalid."""
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if start[:8] != SIGNATURE or start[12:16] != b"IHDR" or len(start) < _START_BYTES:
        raise invalid(f"{name} is not a PNG file; save the image as PNG.")
    columns, rows, depth, kind, compression, filtering, interlacing = struct.unpack(
        ">IIBBBBB", start[16:]
    )
    are_known = kind in set(Colour) and (compression, filtering) == (0, 0) and interlacing < 2
    if not are_known or depth not in _DEPTHS.get(Colour(kind), {8, 16}):
        raise invalid(f"{name} has a damaged PNG header; save the image again.")
    if not 0 < rows < 2**31 or not 0 < columns < 2**31:
        raise invalid(f"{name} is a PNG image without pixels; save the image again.")
    colour = Colour(kind)
    samples = (_SAMPLES[colour],) if colour in _SAMPLES else ()
    return _checked(Header((rows, columns, *samples), depth, colour, interlacing == 1), name)


def _checked(header: Header, name: str) -> Header:
    if header.depth == 16 and header.colour is not Colour.GREY:
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{name} has colours of 16 bits; save colours of 8 bits, or grey of 16 bits.",
        )
    if header.decoded_bytes > MAX_CHUNK_BYTES:
        raise ArrayInvalid(
            Code.CHUNK_TOO_LARGE,
            f"{name} has {header.shape[0]} by {header.shape[1]} pixels, {header.decoded_bytes} "
            f"bytes when decoded; save images of at most {MAX_CHUNK_BYTES} bytes.",
        )
    return header
