"""Where the chunks of an HDF5 dataset lie in their file."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from evaluator.arrays.base import Index
from evaluator.arrays.chunk_limits import MAX_CHUNKS
from evaluator.arrays.errors import invalid
from evaluator.arrays.hdf5.errors import ChunkCorrupt
from evaluator.arrays.hdf5.files import Object
from evaluator.arrays.hdf5.filters import Buffer, Pipeline, decode

_SLACK_BYTES = 64 * 1024  # what a filter may add to bytes that do not compress


class ChunkTable:
    """Offset, size and skipped filters of each chunk, in C order of the grid."""

    def __init__(
        self, dataset: Object, name: str, *, shape: tuple[int, ...], chunks: tuple[int, ...]
    ) -> None:
        """List the chunks of `dataset`; there are at most MAX_CHUNKS. Raises: ArrayInvalid."""
        self.grid = tuple(-(-length // chunk) for length, chunk in zip(shape, chunks, strict=True))
        count = math.prod(self.grid)
        # 24 bytes a chunk; as objects they would take ten times that.
        self._entries = np.zeros((count, 3), np.uint64)
        self._is_there = np.zeros(count, np.bool_)
        self._list(dataset, name, chunks)

    @property
    def absent(self) -> int:
        """How many chunks are not in the file."""
        return int(np.count_nonzero(~self._is_there))

    def __len__(self) -> int:
        return self._is_there.size

    def entry(self, index: Index) -> tuple[int, int, int] | None:
        """Return offset and size in the file, and a bit for each filter that was left out."""
        place = self._place(index)
        if not self._is_there[place]:
            return None
        offset, size, skipped = self._entries[place].tolist()
        return offset, size, skipped

    def _list(self, dataset: Object, name: str, chunks: tuple[int, ...]) -> None:
        seen = 0

        def note(found: Any) -> bool | None:  # Any: h5py's StoreInfo
            nonlocal seen
            seen += 1
            index = tuple(
                start // chunk for start, chunk in zip(found.chunk_offset, chunks, strict=True)
            )
            if all(number < count for number, count in zip(index, self.grid, strict=True)):
                place = self._place(index)
                self._entries[place] = found.byte_offset, found.size, found.filter_mask
                self._is_there[place] = True
            # The tree of a hostile file may lead round in circles.
            return True if seen > MAX_CHUNKS else None

        dataset.chunk_iter(note)
        if seen > MAX_CHUNKS:
            raise invalid(f"{name} lists over {MAX_CHUNKS} chunks; save it with larger ones.")

    def _place(self, index: Index) -> int:
        place = 0
        for count, number in zip(self.grid, index, strict=True):
            place = place * count + number
        return place


def read_chunk(path: Path, entry: tuple[int, int, int], pipeline: Pipeline) -> Buffer:
    """Return the decoded bytes of the chunk at `entry` of the file. Raises: ChunkCorrupt."""
    offset, size, skipped = entry
    if size > pipeline.size + pipeline.size // 4 + _SLACK_BYTES:
        raise ChunkCorrupt(f"has {size} bytes, more than the chunk holds")
    if offset + size > path.stat().st_size:
        raise ChunkCorrupt("lies beyond the end of the file")
    with path.open("rb") as file:
        file.seek(offset)
        return decode(file.read(size), pipeline, skipped)
