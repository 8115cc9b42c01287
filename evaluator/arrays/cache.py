"""Decoded chunks that a later block needs again."""

import math
from threading import Lock

from evaluator.arrays.base import Block, Index

USUAL_BYTES = 128 * 1024**2


class ChunkRoom:
    """Memory for the chunks that several arrays keep, `limit_bytes` of it."""

    def __init__(self, limit_bytes: int = USUAL_BYTES) -> None:
        self.limit_bytes = limit_bytes
        self._taken = 0
        self._lock = Lock()

    def take(self, size_bytes: int) -> bool:
        """Take a part of it; False when there is not as much."""
        with self._lock:
            fits = self._taken + size_bytes <= self.limit_bytes
            self._taken += size_bytes if fits else 0
            return fits

    def give_back(self, size_bytes: int) -> None:
        """Give a part back."""
        with self._lock:
            self._taken -= size_bytes


class ChunkCache:
    """Keeps chunks while there is room; what does not fit is decoded again when it is needed.

    A chunk has served when each of its elements has been taken once, or when the blocks, which
    mostly come in C order, have passed it on axis 0. Until then the first to come stay, because
    under a scan the least recently used is the next one.
    """

    def __init__(self, room: ChunkRoom) -> None:
        self._room = room
        self._chunks: dict[Index, Block] = {}
        self._untaken: dict[Index, int] = {}  # elements of the chunks that are kept
        self._last_uses: dict[Index, int] = {}
        self._soonest = math.inf  # the first use after which some chunk has served
        self._lock = Lock()

    def get(self, index: Index) -> Block | None:
        """Return the chunk, None when it is not kept."""
        return self._chunks.get(index)

    def put(self, index: Index, chunk: Block, *, untaken: int, last_use: int) -> None:
        """Keep the chunk, when there is room, until the blocks reach `last_use` on axis 0.

        `untaken` of its elements have not been asked for yet.
        """
        with self._lock:
            if untaken > 0 and index not in self._chunks and self._room.take(chunk.nbytes):
                self._chunks[index] = chunk
                self._untaken[index] = untaken
                self._last_uses[index] = last_use
                self._soonest = min(self._soonest, last_use)

    def take(self, index: Index, count: int) -> None:
        """Note that `count` elements of a chunk are asked for; drop it when it has served."""
        with self._lock:
            if index in self._chunks:
                self._untaken[index] -= count
                if self._untaken[index] <= 0:
                    self._drop(index)

    def forget_before(self, start: float) -> None:
        """Drop the chunks that end at or before `start` on axis 0."""
        if start < self._soonest:
            return
        with self._lock:
            served = [index for index, last_use in self._last_uses.items() if last_use <= start]
            for index in served:
                self._drop(index)
            self._soonest = min(self._last_uses.values(), default=math.inf)

    def _drop(self, index: Index) -> None:
        self._room.give_back(self._chunks.pop(index).nbytes)
        del self._untaken[index], self._last_uses[index]
