"""The directories of a TIFF file: tags and where they point, bounded and checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from evaluator.arrays.errors import invalid

MAX_PAGES = 100_000
_MAX_TAGS = 1000
_MAX_VALUES = 2_000_000  # strips or tiles of one page
_TYPES = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}  # the integer types

Tags = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True)
class _Layout:
    """Widths in bytes that differ between classic TIFF and BigTIFF."""

    order: Literal["little", "big"]
    offset: int  # of a position in the file, and of a tag's count
    count: int  # of the number of tags


def read_directories(path: Path, name: str) -> Iterator[tuple[Tags, Literal["<", ">"]]]:
    """Yield the integer tags of each page, and the byte order of the file's numbers.

    Raises: ArrayInvalid when the file is no TIFF or points outside itself.
    """
    with path.open("rb") as file:
        layout, position = _header(file, name)
        source = _Bytes(file, name, path.stat().st_size)
        seen: set[int] = set()
        while position:
            if position in seen or len(seen) == MAX_PAGES:
                raise invalid(f"{name} has a chain of pages without end; save it again.")
            seen.add(position)
            tags, position = _directory(source, layout, position)
            yield tags, "<" if layout.order == "little" else ">"
    if not seen:
        raise invalid(f"{name} is a TIFF file without pages; save the array again.")


def _header(file: BinaryIO, name: str) -> tuple[_Layout, int]:
    start = file.read(16)
    orders: dict[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
    order = orders.get(start[:2])
    if order is None or len(start) < 8:
        raise invalid(f"{name} is not a TIFF file; save the array as TIFF.")
    version = int.from_bytes(start[2:4], order)
    if version == 42:
        return _Layout(order, offset=4, count=2), int.from_bytes(start[4:8], order)
    if version == 43 and len(start) == 16:
        return _Layout(order, offset=8, count=8), int.from_bytes(start[8:16], order)
    raise invalid(f"{name} is not a TIFF file of version 42 or 43; save the array as TIFF.")


class _Bytes:
    """Parts of a file of `size` bytes; asking for more than is there is the file's fault."""

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        self._file = file
        self._name = name
        self._size = size

    def part(self, position: int, length: int) -> bytes:
        """Return `length` bytes from `position`. Raises: ArrayInvalid."""
        if position + length > self._size:
            raise self.damaged()
        self._file.seek(position)
        return self._file.read(length)

    def damaged(self) -> Exception:
        """Return the error for a file that is cut off or points outside itself."""
        return invalid(f"{self._name} is a damaged or cut off TIFF file; save and upload it again.")


def _directory(source: _Bytes, layout: _Layout, position: int) -> tuple[Tags, int]:
    count = int.from_bytes(source.part(position, layout.count), layout.order)
    if count > _MAX_TAGS:
        raise source.damaged()
    width = 4 + 2 * layout.offset
    start = position + layout.count
    entries = source.part(start, count * width + layout.offset)
    tags: dict[int, tuple[int, ...]] = {}
    for number in range(count):
        entry = entries[number * width : (number + 1) * width]
        values = _values(source, layout, entry)
        if values is not None:
            tags[int.from_bytes(entry[:2], layout.order)] = values
    return tags, int.from_bytes(entries[count * width :], layout.order)


def _values(source: _Bytes, layout: _Layout, entry: bytes) -> tuple[int, ...] | None:
    """Return the integers of one tag; None for a tag of another type, which we never need."""
    kind = _TYPES.get(int.from_bytes(entry[2:4], layout.order))
    if kind is None:
        return None
    count = int.from_bytes(entry[4 : 4 + layout.offset], layout.order)
    if count > _MAX_VALUES:
        return None  # private data of some program
    dtype = np.dtype(kind).newbyteorder("<" if layout.order == "little" else ">")
    data = entry[4 + layout.offset :]
    if count * dtype.itemsize > layout.offset:
        data = source.part(int.from_bytes(data, layout.order), count * dtype.itemsize)
    return tuple(np.frombuffer(data, dtype, count).tolist())
