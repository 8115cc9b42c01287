"""Decoded chunks that a later block needs again."""

import math
from threading import Lock

from evaluator.arrays.base import Block, Index

BUDGET_BYTES = 128 * 1024**2


class ChunkCache:
    """Keeps chunks up to a budget; what does not fit is decoded again when it is needed.

    Blocks come in C order, so a chunk has served when the blocks have passed it on axis 0; until
    then the first to come stay, because under a scan the least recently used is the next one.
    """

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._left = budget_bytes
        self._chunks: dict[Index, tuple[Block, int]] = {}
        self._soonest = math.inf  # the first use after which some chunk has served
        self._lock = Lock()

    def get(self, index: Index) -> Block | None:
        """Return the chunk, None when it is not kept."""
        found = self._chunks.get(index)
        return None if found is None else found[0]

    def put(self, index: Index, chunk: Block, *, last_use: int) -> None:
        """Keep the chunk, when there is room, until the blocks reach `last_use` on axis 0."""
        with self._lock:
            if chunk.nbytes <= self._left and index not in self._chunks:
                self._left -= chunk.nbytes
                self._chunks[index] = chunk, last_use
                self._soonest = min(self._soonest, last_use)

    def forget_before(self, start: int) -> None:
        """Drop the chunks that end at or before `start` on axis 0."""
        if start < self._soonest:
            return
        with self._lock:
            served = [index for index, (_, last_use) in self._chunks.items() if last_use <= start]
            for index in served:
                self._left += self._chunks.pop(index)[0].nbytes
            self._soonest = min((use for _, use in self._chunks.values()), default=math.inf)
