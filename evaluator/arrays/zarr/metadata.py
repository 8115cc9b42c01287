"""What the metadata of a Zarr array come to, whichever version wrote them."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from pydantic import Field, ValidationError

from evaluator.arrays.base import Index
from evaluator.arrays.chunk_limits import check_chunk
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code

MAX_AXES = 16


Length = Annotated[int, Field(strict=True, ge=0, le=2**48)]
PositiveLength = Annotated[int, Field(strict=True, ge=1, le=2**48)]


class ByteCodec(StrEnum):
    """A step between bytes and bytes."""

    ZSTD = "zstd"
    BLOSC = "blosc"
    GZIP = "gzip"
    ZLIB = "zlib"
    CRC32C = "crc32c"


@dataclass(frozen=True)
class Pipeline:
    """How one chunk of `shape` is stored: elements in the order of `axes`, then byte codecs."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    axes: tuple[int, ...]  # the stored axis i is axis axes[i] of the array
    codecs: tuple[ByteCodec, ...]  # in the order of writing

    @cached_property
    def decoded_bytes(self) -> int:
        """Size of a decoded chunk; every chunk is whole, those at the edge too."""
        return math.prod(self.shape) * self.dtype.itemsize

    @cached_property
    def is_transposed(self) -> bool:
        """True when elements are stored in another order than that of the array's axes."""
        return self.axes != tuple(range(len(self.axes)))


@dataclass(frozen=True)
class Sharding:
    """How chunks are packed into shards: `counts` chunks along each axis, and the index."""

    counts: tuple[int, ...]
    index_first: bool
    index_checksum: bool

    @property
    def index_bytes(self) -> int:
        """Size of the index at one end of a shard: offset and size of each chunk, 16 bytes."""
        return 16 * math.prod(self.counts) + 4 * self.index_checksum


@dataclass(frozen=True)
class ArrayMetadata:
    """Everything needed to read an array. `key_prefix` and `separator` make a file's name."""

    shape: tuple[int, ...]
    pipeline: Pipeline
    sharding: Sharding | None
    fill: bool | int | float | None
    key_prefix: tuple[str, ...]
    separator: str
    lone_key: str  # the file's name when there are no axes

    @property
    def grid(self) -> tuple[int, ...]:
        """Number of chunks along each axis."""
        return tuple(
            -(-length // chunk)
            for length, chunk in zip(self.shape, self.pipeline.shape, strict=True)
        )

    @property
    def chunk_count(self) -> int:
        """Number of chunks that cover the shape."""
        return math.prod(self.grid)

    def key(self, index: Index) -> str:
        """Return the path, below the array, of the file of the chunk or shard at `index`."""
        parts = (*self.key_prefix, *(str(number) for number in index))
        return self.separator.join(parts) if index else self.lone_key


def checked_pipeline(pipeline: Pipeline, name: str) -> Pipeline:
    """Return `pipeline` when its chunks may be decoded here. Raises: ArrayInvalid."""
    check_chunk(pipeline.shape, pipeline.dtype.itemsize, name)
    compressors = [codec for codec in pipeline.codecs if codec is not ByteCodec.CRC32C]
    if len(compressors) > 1 or len(pipeline.codecs) - len(compressors) > 1:
        raise codec_refused(name, " + ".join(pipeline.codecs))
    return pipeline


def checked_axes(shape: tuple[int, ...], chunks: tuple[int, ...], name: str) -> None:
    """Do nothing when `chunks` can tile `shape`. Raises: ArrayInvalid."""
    if len(shape) > MAX_AXES or len(shape) != len(chunks):
        raise invalid(
            f"{name} has the shape {str(shape)[:80]} but chunks of the shape {str(chunks)[:80]}; "
            "save it again with one chunk length per axis."
        )


def codec_refused(name: str, codec: str) -> ArrayInvalid:
    """Return the error for a codec, or a combination of codecs, that is not on the list."""
    return ArrayInvalid(
        Code.CODEC_NOT_ALLOWED,
        f"{name} is stored with {codec[:80]!a}; save it with one of zstd, blosc, gzip or no "
        "compression, and without filters.",
    )


def fill_of(value: object, dtype: np.dtype[Any], name: str) -> bool | int | float | None:
    """Return the fill value that the JSON `value` stands for; None when there is none.

    Raises: ArrayInvalid when no element of `dtype` has that value.
    """
    special = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    match value, dtype.kind:
        case None, _:
            return None
        case ((bool() | 0 | 1), "b"):
            return bool(value)
        case int(), "i" | "u" if _fits(value, dtype):
            return value
        case float(), "i" | "u" if value.is_integer() and _fits(int(value), dtype):
            return int(value)  # version 2 writers put 0.0 for integers too
        case int() | float(), "f":
            return float(value)
        case str(), "f" if value in special:
            return special[value]
        case _:
            raise invalid(f"{name} has the fill value {str(value)[:40]!a}, wrong for its dtype.")


def _fits(value: int, dtype: np.dtype[Any]) -> bool:
    limits = np.iinfo(dtype)
    return not isinstance(value, bool) and int(limits.min) <= value <= int(limits.max)


def metadata_fault(name: str, file: str, error: ValidationError) -> ArrayInvalid:
    """Return the error for a metadata file of which pydantic says `error`."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "the whole"
    return invalid(
        f"{name} has damaged metadata: {file} at {place[:80]}: {first['msg'].lower()[:200]}; "
        "save the array again with a current Zarr library."
    )
