"""The filters that a chunk has gone through, undone one after the other in bounded memory."""

import zlib
from dataclasses import dataclass
from enum import Enum

import numpy as np

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.hdf5.errors import ChunkCorrupt
from evaluator.codes import Code

Buffer = bytes | memoryview

_CHECKSUM_BYTES = 4
_WORDS = 2**16  # of a checksum taken at once, so that their weighted sum fits 64 bits


class Filter(Enum):
    """A filter by its number. Source: the registry of HDF5 filters."""

    GZIP = 1
    SHUFFLE = 2
    FLETCHER32 = 3
    LZF = 32000


@dataclass(frozen=True)
class Pipeline:
    """Filters in the order of writing; a decoded chunk has `size` bytes in elements of `width`."""

    filters: tuple[Filter, ...]
    size: int
    width: int


def checked_filters(
    found: list[tuple[int, tuple[int, ...], bytes]], width: int, name: str
) -> tuple[Filter, ...]:
    """Return the filters listed as number, parameters and name, when all are undone here.

    Raises: ArrayInvalid.
    """
    known = {each.value: each for each in Filter}
    for number, parameters, label in found:
        if number not in known:
            raise _refused(name, label.decode("ascii", "replace") or f"filter {number}")
        if known[number] is Filter.SHUFFLE and parameters[:1] != (width,):
            raise _refused(name, "shuffle for elements of another width")
    filters = tuple(known[number] for number, _, _ in found)
    if len(set(filters)) != len(filters) or {Filter.GZIP, Filter.LZF} <= set(filters):
        raise _refused(name, " + ".join(each.name.lower() for each in filters))
    return filters


def _refused(name: str, what: str) -> ArrayInvalid:
    return ArrayInvalid(
        Code.CODEC_NOT_ALLOWED,
        f"{name} is stored with {what[:80]!a}; save it with one of gzip, lzf or no compression, "
        "with or without shuffle and fletcher32.",
    )


def decode(data: Buffer, pipeline: Pipeline, skipped: int) -> Buffer:
    """Return the bytes of a chunk; bit i of `skipped` is set when filter i was left out.

    Raises: ChunkCorrupt.
    """
    used = [each for number, each in enumerate(pipeline.filters) if not skipped >> number & 1]
    for position in reversed(range(len(used))):
        checksums = used[:position].count(Filter.FLETCHER32)
        promised = pipeline.size + _CHECKSUM_BYTES * checksums
        data = _undo(used[position], data, promised, pipeline.width)
    if len(data) != pipeline.size:
        raise ChunkCorrupt(f"has {len(data)} bytes in place of {pipeline.size}")
    return data


def _undo(each: Filter, data: Buffer, size: int, width: int) -> Buffer:
    match each:
        case Filter.GZIP:
            return _inflated(data, size)
        case Filter.LZF:
            return _unpacked(bytes(data), size)
        case Filter.SHUFFLE:
            return _unshuffled(data, width)
        case Filter.FLETCHER32:
            return _verified(data)


def _inflated(data: Buffer, size: int) -> Buffer:
    engine = zlib.decompressobj()
    try:
        plain = engine.decompress(data, size + 1)
    except zlib.error as error:
        raise ChunkCorrupt("is not what gzip filters write") from error
    if len(plain) != size or not engine.eof:
        raise ChunkCorrupt(f"does not decompress to {size} bytes")
    return plain


def _unpacked(data: bytes, size: int) -> Buffer:
    from evaluator.metrics.kernels.lzf import unpack  # noqa: PLC0415 (the compiler takes 0.4 s)

    plain = np.empty(size, np.uint8)
    if unpack(np.frombuffer(data, np.uint8), plain) != size:
        raise ChunkCorrupt(f"does not decompress to {size} bytes")
    return plain.data


def _unshuffled(data: Buffer, width: int) -> Buffer:
    """Return elements of `width` bytes: all first bytes came first, then all second ones."""
    whole = len(data) // width * width
    planes = np.frombuffer(data, np.uint8, whole).reshape(width, -1)
    plain = np.ascontiguousarray(planes.T).reshape(-1).data
    return bytes(plain) + bytes(data[whole:]) if whole != len(data) else plain


def _verified(data: Buffer) -> Buffer:
    plain, checksum = data[:-_CHECKSUM_BYTES], data[-_CHECKSUM_BYTES:]
    if fletcher32(plain) != int.from_bytes(checksum, "little"):
        raise ChunkCorrupt("does not have its checksum")
    return plain


def fletcher32(data: Buffer) -> int:
    """Return the checksum of `data`, taken as big-endian words of 16 bits.

    Source: J. Fletcher 1982, IEEE Trans. Comm. 30:247; the padding of H5_checksum_fletcher32.
    """
    even = len(data) // 2 * 2
    words = np.frombuffer(data, ">u2", even // 2)
    first = second = 0
    for start in range(0, words.size, _WORDS):
        part = words[start : start + _WORDS].astype(np.uint64)
        weights = np.arange(part.size, 0, -1, dtype=np.uint64)
        second += first * part.size + int(part @ weights)
        first += int(part.sum())
    if even != len(data):
        first += data[even] << 8
        second += first
    return _folded(second) << 16 | _folded(first)


def _folded(total: int) -> int:
    """Return `total` modulo 65535 in ones' complement, where only an empty sum is 0."""
    return (total - 1) % 65535 + 1 if total else 0
