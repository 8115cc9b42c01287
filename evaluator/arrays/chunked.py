"""Any region of an array that is stored in chunks, each chunk decoded once where possible."""

import itertools
import math
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np

from evaluator.arrays.base import Block, Index, Region, native
from evaluator.arrays.cache import ChunkCache, ChunkRoom

_LARGE_BYTES = 16 * 1024**2


class ChunkReader:
    """Puts regions together from chunks.

    `load` returns the chunk at an index, or the one number that all its elements have. A chunk at
    the edge of the array may be whole or cut off there. A region that is one chunk becomes the
    decoded chunk itself; whoever gets a block may write to it. Large chunks are decoded one at a
    time: several threads would wait for the same one, or fill the memory with many.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        *,
        chunk_shape: tuple[int, ...],
        load: Callable[[Index], Block | float],
        room: ChunkRoom | None = None,
    ) -> None:
        """`room` is for chunks that later regions need; None: there is the usual one."""
        self._dtype = dtype.newbyteorder("=")
        self._chunk_shape = chunk_shape
        self._load = load
        self._whole = tuple(slice(0, length) for length in shape)
        self._is_large = math.prod(chunk_shape) * dtype.itemsize > _LARGE_BYTES
        self._cache = ChunkCache(room or ChunkRoom())
        self._lock = Lock()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`. Raises: whatever `load` raises."""
        if region:
            self._cache.forget_before(region[0].start)
        return self._put_together(region)

    def release(self) -> None:
        """Let go of all chunks that are kept."""
        self._cache.forget_before(math.inf)

    def _put_together(self, region: Region) -> Block:
        spans = [
            range(part.start // length, -(-part.stop // length))
            for part, length in zip(region, self._chunk_shape, strict=True)
        ]
        count = math.prod(map(len, spans))
        if count == 1:
            return self._cut(region, tuple(span.start for span in spans))
        block: Block = np.empty([part.stop - part.start for part in region], self._dtype)
        for index in itertools.product(*spans):
            self._fill(block, region, index)
        return native(block)

    def _cut(self, region: Region, index: Index) -> Block:
        """Return a region that lies in one chunk."""
        chunk, is_shared = self._chunk(index, region)
        lengths = [part.stop - part.start for part in region]
        if not isinstance(chunk, np.ndarray):
            return np.full(lengths, chunk, self._dtype)
        starts = (number * length for number, length in zip(index, self._chunk_shape, strict=True))
        inside = chunk[
            tuple(
                slice(part.start - start, part.stop - start)
                for part, start in zip(region, starts, strict=True)
            )
        ]
        block = native(inside)
        return block.copy() if is_shared or not block.flags.writeable else block

    def _fill(self, block: Block, region: Region, index: Index) -> None:
        """Copy into `block`, which is `region`, what the chunk at `index` has of it."""
        chunk, _ = self._chunk(index, region)
        from_, to = [], []
        for part, number, length in zip(region, index, self._chunk_shape, strict=True):
            begin = number * length
            start, stop = max(part.start, begin), min(part.stop, begin + length)
            from_.append(slice(start - begin, stop - begin))
            to.append(slice(start - part.start, stop - part.start))
        block[tuple(to)] = chunk[tuple(from_)] if isinstance(chunk, np.ndarray) else chunk

    def _chunk(self, index: Index, region: Region) -> tuple[Block | float, bool]:
        """Return a chunk, and whether others may be given the same memory."""
        if self._is_large:
            with self._lock:
                return self._kept_or_loaded(index, region)
        return self._kept_or_loaded(index, region)

    def _kept_or_loaded(self, index: Index, region: Region) -> tuple[Block | float, bool]:
        kept = self._cache.get(index)
        if kept is not None:
            self._cache.take(index, self._common(index, region))
            return kept, True
        chunk = self._load(index)
        if not isinstance(chunk, np.ndarray):
            return chunk, False
        untaken = self._common(index, self._whole) - self._common(index, region)
        if untaken == 0:
            return chunk, False
        end = (index[0] + 1) * self._chunk_shape[0]
        self._cache.put(index, chunk, untaken=untaken, last_use=end)
        return chunk, True

    def _common(self, index: Index, region: Region) -> int:
        """Return how many elements of `region` lie in a chunk."""
        return math.prod(
            min((number + 1) * length, part.stop) - max(number * length, part.start)
            for number, length, part in zip(index, self._chunk_shape, region, strict=True)
        )
