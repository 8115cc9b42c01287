"""Any region of an array that is stored in chunks, each chunk decoded once where possible."""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import numpy as np

from evaluator.arrays.base import Block, Index, Region, native
from evaluator.arrays.cache import ChunkCache


class Mapper(Protocol):
    """The built-in map, or that of a thread pool."""

    def __call__(self, work: Callable[[Index], None], items: Iterable[Index], /) -> Iterator[None]:
        """Yield what `work` returns for each item, in order."""


class ChunkReader:
    """Puts regions together from chunks.

    `load` returns the chunk at an index, or the one number that all its elements have. A chunk at
    the edge of the array may be whole or cut off there.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        *,
        chunk_shape: tuple[int, ...],
        load: Callable[[Index], Block | float],
        mapper: Mapper,
    ) -> None:
        self._shape = shape
        self._dtype = dtype
        self._chunk_shape = chunk_shape
        self._load = load
        self._map = mapper
        self._cache = ChunkCache()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`. Raises: whatever `load` raises."""
        block: Block = np.empty([part.stop - part.start for part in region], self._dtype)
        if region:
            self._cache.forget_before(region[0].start)
        for _ in self._map(functools.partial(self._fill, block, region), self._touched(region)):
            pass
        return native(block)

    def _touched(self, region: Region) -> Iterator[Index]:
        spans = (
            range(part.start // length, -(-part.stop // length))
            for part, length in zip(region, self._chunk_shape, strict=True)
        )
        return itertools.product(*spans)

    def _fill(self, block: Block, region: Region, index: Index) -> None:
        extent = self._extent(index)
        chunk = self._chunk(index, extent, region)
        from_, to = [], []
        for part, span in zip(region, extent, strict=True):
            start, stop = max(part.start, span.start), min(part.stop, span.stop)
            from_.append(slice(start - span.start, stop - span.start))
            to.append(slice(start - part.start, stop - part.start))
        block[tuple(to)] = chunk[tuple(from_)] if isinstance(chunk, np.ndarray) else chunk

    def _extent(self, index: Index) -> Region:
        return tuple(
            slice(number * chunk, min((number + 1) * chunk, length))
            for number, chunk, length in zip(index, self._chunk_shape, self._shape, strict=True)
        )

    def _chunk(self, index: Index, extent: Region, region: Region) -> Block | float:
        kept = self._cache.get(index)
        if kept is not None:
            return kept
        chunk = self._load(index)
        if isinstance(chunk, np.ndarray) and _reaches_out(extent, region):
            self._cache.put(index, chunk, last_use=extent[0].stop)
        return chunk


def _reaches_out(extent: Region, region: Region) -> bool:
    return any(
        span.start < part.start or span.stop > part.stop
        for span, part in zip(extent, region, strict=True)
    )
