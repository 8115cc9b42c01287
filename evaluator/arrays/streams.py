"""Arrays whose bytes come as a stream, unpacked on the way and in one direction only."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from evaluator.arrays.base import Block, Region


class ByteStream:
    """The bytes of an iterator of pieces, taken in any lengths."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, length: int, /) -> bytes:
        """Return the next bytes, fewer than `length` only at the end."""
        parts, missing = [], length
        while missing and (self._rest or self._next()):
            part, self._rest = self._rest[:missing], self._rest[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def skip(self, length: int) -> None:
        """Leave out bytes, without keeping them."""
        while length and (self._rest or self._next()):
            taken = min(length, len(self._rest))
            self._rest = self._rest[taken:]
            length -= taken

    def finish(self) -> int:
        """Take what is left, so that whoever makes the pieces checks the whole; return its size."""
        left = 0
        while self._rest or self._next():
            left += len(self._rest)
            self._rest = b""
        return left

    def _next(self) -> bool:
        for piece in self._pieces:
            if piece:
                self._rest = piece
                return True
        return False


class ElementStream:
    """Runs of elements of an array in C order; asking for an earlier one starts over."""

    def __init__(
        self,
        opened: Callable[[], ByteStream],
        *,
        header_bytes: int,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
    ) -> None:
        """`opened` begins the stream anew; the elements come behind `header_bytes`."""
        self._opened = opened
        self._header_bytes = header_bytes
        self._shape = shape
        self._dtype = dtype
        # Opened by the first run: as many streams as cases would be too many open files.
        self._stream = ByteStream(iter(()))
        self._position = math.inf  # the next element of the stream

    def block(self, region: Region) -> Block:
        """Return the elements of `region`, taken run by run where it is not one run."""
        lengths = [part.stop - part.start for part in region]
        axis = next((axis for axis, length in enumerate(lengths) if length != 1), len(lengths))
        if lengths[axis + 1 :] == list(self._shape[axis + 1 :]):
            starts = [part.start for part in region]
            start = int(np.ravel_multi_index(starts, self._shape)) if region else 0
            return self.run(start, math.prod(lengths)).reshape(lengths)
        result: Block = np.empty(lengths, self._dtype)
        for place in range(lengths[axis]):
            start = region[axis].start + place
            part = (*region[:axis], slice(start, start + 1), *region[axis + 1 :])
            result[(slice(None),) * axis + (slice(place, place + 1),)] = self.block(part)
        return result

    def run(self, start: int, count: int) -> Block:
        """Return `count` elements from the one at `start`, all numbered in C order.

        Raises: ValueError when the stream ends before; after the last element, whatever the maker
        of the stream finds wrong with the whole.
        """
        size = self._dtype.itemsize
        position, self._position = self._position, math.inf  # start over after an error
        if start < position:
            self._stream = self._opened()
            self._stream.skip(self._header_bytes)
            position = 0
        self._stream.skip(int(start - position) * size)
        data = self._stream.read(count * size)
        self._position = start + count
        if self._position == math.prod(self._shape):
            self._stream.finish()
        return np.frombuffer(data, self._dtype, count)
