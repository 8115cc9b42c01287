"""Where the bytes of a chunk lie: one file each, or a part of a shard."""

import itertools
from typing import Protocol

import numpy as np

from evaluator.arrays.base import Block, Index
from evaluator.arrays.zarr.codecs import decode_bytes
from evaluator.arrays.zarr.files import Buffer, ChunkCorrupt, Files
from evaluator.arrays.zarr.metadata import ArrayMetadata, ByteCodec, Sharding

_ABSENT = 2**64 - 1  # both numbers of an index entry, for a chunk that was not written
_SLACK_BYTES = 64 * 1024  # what a codec may add to bytes that do not compress


class ChunkStore(Protocol):
    """The stored chunks of one array."""

    def read(self, index: Index) -> Buffer | None:
        """Return the stored bytes of a chunk, None when it is absent. Raises: ChunkCorrupt."""

    def absent(self) -> int:
        """Return how many chunks are absent, without reading any. Raises: ChunkCorrupt."""

    def release(self) -> None:
        """Let go of what is kept in memory."""


def chunk_store(files: Files, metadata: ArrayMetadata) -> ChunkStore:
    """Return the store of the array in the folder of `files`."""
    if metadata.sharding is None:
        return ChunkFiles(files, metadata)
    return Shards(files, metadata, metadata.sharding)


class ChunkFiles:
    """Each chunk is one file."""

    def __init__(self, files: Files, metadata: ArrayMetadata) -> None:
        self._files = files
        self._metadata = metadata
        self._max_bytes = _longest(metadata.pipeline.decoded_bytes)

    def read(self, index: Index) -> Buffer | None:
        """Return the file's bytes."""
        return self._files.read(self._metadata.key(index), self._max_bytes)

    def absent(self) -> int:
        """Return the number of chunks without a file, known from the lists of the folders."""
        there = sum(self._there(folder, names) for folder, names in self._expected())
        return self._metadata.chunk_count - there

    def release(self) -> None:
        """Do nothing: nothing is kept."""

    def _there(self, folder: str, names: frozenset[str]) -> int:
        if len(names) == 1:  # cheaper to ask for than to list
            path = "/".join(part for part in (folder, *names) if part)
            return int(self._files.size(path) is not None)
        return len(names & self._files.names(folder))

    def _expected(self) -> list[tuple[str, frozenset[str]]]:
        """Return the folders that chunks lie in, and the names that they have there."""
        grid, separator = self._metadata.grid, self._metadata.separator
        if not grid:
            return [("", frozenset({self._metadata.lone_key}))]
        prefix = self._metadata.key_prefix
        numbers = [[str(number) for number in range(count)] for count in grid]
        if separator != "/":
            keys = itertools.product(*([part] for part in prefix), *numbers)
            return [("", frozenset(map(separator.join, keys)))]
        folders = itertools.product(*([part] for part in prefix), *numbers[:-1])
        last = frozenset(numbers[-1])
        return [("/".join(parts), last) for parts in folders]


class Shards:
    """Many chunks in one file, with an index at one of its ends."""

    def __init__(self, files: Files, metadata: ArrayMetadata, sharding: Sharding) -> None:
        self._files = files
        self._metadata = metadata
        self._sharding = sharding
        self._max_bytes = _longest(metadata.pipeline.decoded_bytes)
        self._tables: dict[Index, tuple[Block, int] | None] = {}

    def read(self, index: Index) -> Buffer | None:
        """Return the chunk's part of its shard."""
        counts = self._sharding.counts
        shard = tuple(number // count for number, count in zip(index, counts, strict=True))
        found = self._table(shard)
        if found is None:
            return None
        table, shard_bytes = found
        inside = tuple(number % count for number, count in zip(index, counts, strict=True))
        offset, size = table[inside].tolist()
        if offset == size == _ABSENT:
            return None
        if offset + size > shard_bytes:
            raise ChunkCorrupt("lies beyond the end of its shard")
        if size > self._max_bytes:
            raise ChunkCorrupt(f"has {size} bytes, more than the chunk holds")
        return self._files.part(self._metadata.key(shard), offset, size)

    def absent(self) -> int:
        """Return the number of chunks that no shard's index names."""
        grid, counts = self._metadata.grid, self._sharding.counts
        shards = (range(-(-length // count)) for length, count in zip(grid, counts, strict=True))
        return sum(self._absent_in(shard) for shard in itertools.product(*shards))

    def release(self) -> None:
        """Let go of shards and their indexes."""
        self._tables.clear()
        self._files.release()

    def _absent_in(self, shard: Index) -> int:
        """Return how many chunks that reach into the array a shard lacks."""
        sides = [
            min(count, length - number * count)
            for number, count, length in zip(
                shard, self._sharding.counts, self._metadata.grid, strict=True
            )
        ]
        found = self._table(shard)
        if found is None:
            return int(np.prod(sides, dtype=np.int64))
        inside = found[0][tuple(slice(0, side) for side in sides)]
        return int(np.count_nonzero((inside == _ABSENT).all(axis=-1)))

    def _table(self, shard: Index) -> tuple[Block, int] | None:
        """Return the index of a shard and the shard's size, None when there is no such file."""
        if shard not in self._tables:
            self._tables[shard] = self._read_table(self._metadata.key(shard))
        return self._tables[shard]

    def _read_table(self, path: str) -> tuple[Block, int] | None:
        size = self._sharding.index_bytes
        shard_bytes = self._files.size(path)
        if shard_bytes is None:
            return None
        if shard_bytes < size:
            raise ChunkCorrupt("is shorter than its index")
        start = 0 if self._sharding.index_first else shard_bytes - size
        data = self._files.part(path, start, size)
        checksum = (ByteCodec.CRC32C,) if self._sharding.index_checksum else ()
        plain = decode_bytes(data, size - 4 * len(checksum), checksum)
        return np.frombuffer(plain, "<u8").reshape(*self._sharding.counts, 2), shard_bytes


def _longest(decoded_bytes: int) -> int:
    """Return how many bytes a chunk can have in its file, whatever the codec adds."""
    return decoded_bytes + decoded_bytes // 4 + _SLACK_BYTES
