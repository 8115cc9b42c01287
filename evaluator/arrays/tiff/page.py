"""How one page of a TIFF file is stored."""

import math
import zlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.chunk_limits import check_chunk
from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.tiff.directory import Tags
from evaluator.codes import Code

_WIDTH, _HEIGHT, _BITS, _COMPRESSION = 256, 257, 258, 259
_STRIP_OFFSETS, _SAMPLES, _ROWS_PER_STRIP, _STRIP_BYTES = 273, 277, 278, 279
_PLANAR, _PREDICTOR, _SAMPLE_FORMAT = 284, 317, 339
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_BYTES = 322, 323, 324, 325

_UNCOMPRESSED, _DEFLATE = (1,), (8, 32946)
_KINDS = {1: "u", 2: "i", 3: "f"}


@dataclass(frozen=True)
class Layout:
    """What all pages of a stack share; segments are strips or tiles."""

    shape: tuple[int, ...]  # rows, columns and, when there are several, samples
    segment_shape: tuple[int, ...]  # a tile; a strip, whole even at the lower edge
    dtype: np.dtype[Any]
    is_tiled: bool
    is_deflated: bool
    is_differenced: bool

    @property
    def segment_bytes(self) -> int:
        """Size of a decoded segment."""
        return math.prod(self.segment_shape) * self.dtype.itemsize

    @property
    def segments(self) -> int:
        """Number of segments of a page."""
        down = -(-self.shape[0] // self.segment_shape[0])
        return down * -(-self.shape[1] // self.segment_shape[1])


@dataclass(frozen=True)
class Page:
    """One page: its layout, and where its segments lie, row by row."""

    layout: Layout
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]


def read_page(tags: Tags, order: Literal["<", ">"], name: str) -> Page:
    """Return what the tags of one page say. Raises: ArrayInvalid."""
    layout = _layout(tags, order, name)
    if 0 in layout.shape or 0 in layout.segment_shape:
        raise invalid(f"{name} has a page without pixels; save the array again.")
    check_chunk(layout.segment_shape, layout.dtype.itemsize, name)
    keys = (_TILE_OFFSETS, _TILE_BYTES) if layout.is_tiled else (_STRIP_OFFSETS, _STRIP_BYTES)
    offsets, sizes = tags.get(keys[0], ()), tags.get(keys[1], ())
    if not len(offsets) == len(sizes) == layout.segments:
        raise invalid(
            f"{name} lists {len(offsets)} strips or tiles where its pages of {layout.shape} need "
            f"{layout.segments}; save the array again."
        )
    return Page(layout, offsets, sizes)


def _layout(tags: Tags, order: Literal["<", ">"], name: str) -> Layout:
    rows, columns, samples = _one(tags, _HEIGHT, 0), _one(tags, _WIDTH, 0), _one(tags, _SAMPLES, 1)
    if samples > 1 and _one(tags, _PLANAR, 1) != 1:
        raise invalid(f"{name} stores its colours plane by plane; save them side by side.")
    is_tiled = _TILE_WIDTH in tags
    strip_rows = min(_one(tags, _ROWS_PER_STRIP, rows), rows)
    segment = (
        (_one(tags, _TILE_HEIGHT, 0), _one(tags, _TILE_WIDTH, 0))
        if is_tiled
        else (strip_rows, columns)
    )
    colours = (samples,) if samples > 1 else ()
    dtype = _dtype(tags, order, name)
    return Layout(
        shape=(rows, columns, *colours),
        segment_shape=(*segment, *colours),
        dtype=dtype,
        is_tiled=is_tiled,
        is_deflated=_is_deflated(tags, name),
        is_differenced=_is_differenced(tags, dtype, name),
    )


def _one(tags: Tags, tag: int, default: int) -> int:
    values = tags.get(tag, ())
    return values[0] if values else default


def _dtype(tags: Tags, order: Literal["<", ">"], name: str) -> np.dtype[Any]:
    bits, formats = set(tags.get(_BITS, (1,))), set(tags.get(_SAMPLE_FORMAT, (1,)))
    if len(bits) != 1 or len(formats) != 1:
        raise invalid(f"{name} mixes element types in one page; save one type.")
    width, kind = bits.pop(), _KINDS.get(formats.pop(), "V")
    text = f"{order}{kind}{width // 8}" if width % 8 == 0 else f"{width} bits"
    return number_dtype(text, name)


def _is_deflated(tags: Tags, name: str) -> bool:
    compression = _one(tags, _COMPRESSION, 1)
    if compression not in _UNCOMPRESSED + _DEFLATE:
        raise ArrayInvalid(
            Code.CODEC_NOT_ALLOWED,
            f"{name} is compressed with TIFF method {compression}; save it uncompressed or with "
            "Deflate (method 8, also called zlib).",
        )
    return compression in _DEFLATE


def _is_differenced(tags: Tags, dtype: np.dtype[Any], name: str) -> bool:
    predictor = _one(tags, _PREDICTOR, 1)
    if predictor == 1:
        return False
    if predictor == 2 and dtype.kind in "iu":
        return True
    raise ArrayInvalid(
        Code.CODEC_NOT_ALLOWED,
        f"{name} is stored with TIFF predictor {predictor}; save it without a predictor.",
    )


class SegmentCorrupt(ValueError):
    """Bytes that do not decode to the strip or tile that was promised."""


def decode_segment(data: bytes, layout: Layout, rows: int) -> Block:
    """Return the strip or tile of `rows` rows stored as `data`. Raises: SegmentCorrupt."""
    shape = (rows, *layout.segment_shape[1:])
    size = math.prod(shape) * layout.dtype.itemsize
    plain = _inflate(data, size) if layout.is_deflated else data
    if len(plain) < size:
        raise SegmentCorrupt
    block: Block = np.frombuffer(plain, layout.dtype, size // layout.dtype.itemsize).reshape(shape)
    if layout.is_differenced:
        # Each element is the difference to its left neighbour, modulo the width of its type.
        return np.cumsum(block, axis=1, dtype=layout.dtype.newbyteorder("="))
    return block


def _inflate(data: bytes, size: int) -> bytes:
    engine = zlib.decompressobj()
    try:
        return engine.decompress(data, size)  # a last strip may be padded to full height
    except zlib.error as error:
        raise SegmentCorrupt from error
