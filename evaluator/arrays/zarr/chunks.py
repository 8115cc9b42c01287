"""Where the bytes of a chunk lie: one file each, or a part of a shard."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from evaluator.arrays.base import Block, Index
from evaluator.arrays.zarr.codecs import ChunkCorrupt, decode_bytes
from evaluator.arrays.zarr.metadata import ArrayMetadata, ByteCodec, Sharding

_ABSENT = 2**64 - 1  # both numbers of an index entry, for a chunk that was not written
_SLACK_BYTES = 64 * 1024  # what a codec may add to bytes that do not compress


class ChunkStore(Protocol):
    """The stored chunks of one array."""

    def read(self, index: Index) -> bytes | None:
        """Return the stored bytes of a chunk, None when it is absent. Raises: ChunkCorrupt."""

    def absent(self) -> Iterator[Index]:
        """Yield the chunks that are absent, without reading any. Raises: ChunkCorrupt."""


def chunk_store(folder: Path, metadata: ArrayMetadata) -> ChunkStore:
    """Return the store of the array in `folder`."""
    if metadata.sharding is None:
        return ChunkFiles(folder, metadata)
    return Shards(folder, metadata, metadata.sharding)


class ChunkFiles:
    """Each chunk is one file."""

    def __init__(self, folder: Path, metadata: ArrayMetadata) -> None:
        self._folder = folder
        self._metadata = metadata
        decoded = metadata.pipeline.decoded_bytes
        self._max_bytes = decoded + decoded // 4 + _SLACK_BYTES

    def read(self, index: Index) -> bytes | None:
        """Return the file's bytes."""
        return _read_file(f"{self._folder}/{self._metadata.key(index)}", self._max_bytes)

    def absent(self) -> Iterator[Index]:
        """Yield the chunks without a file."""
        for index in self._metadata.indices():
            # One system call each, without a Path for each of 300 000.
            if not os.path.isfile(f"{self._folder}/{self._metadata.key(index)}"):  # noqa: PTH113
                yield index


def _read_file(path: str, max_bytes: int) -> bytes | None:
    """Return the bytes of a regular file, None where there is none; without a Path, for speed."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > max_bytes:
            raise ChunkCorrupt(f"has over {max_bytes} bytes, more than the chunk holds")
        return os.read(descriptor, status.st_size)
    finally:
        os.close(descriptor)


class Shards:
    """Many chunks in one file, with an index at one of its ends."""

    def __init__(self, folder: Path, metadata: ArrayMetadata, sharding: Sharding) -> None:
        self._folder = folder
        self._metadata = metadata
        self._sharding = sharding
        self._indices: dict[Index, Block | None] = {}

    def read(self, index: Index) -> bytes | None:
        """Return the chunk's part of its shard."""
        shard, entry = self._entry(index)
        if entry is None:
            return None
        offset, size = entry
        path = self._path(shard)
        if offset + size > path.stat().st_size:
            raise ChunkCorrupt("lies beyond the end of its shard")
        decoded = self._metadata.pipeline.decoded_bytes
        if size > decoded + decoded // 4 + _SLACK_BYTES:
            raise ChunkCorrupt(f"has {size} bytes, more than the chunk holds")
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def absent(self) -> Iterator[Index]:
        """Yield the chunks that no shard's index names."""
        for index in self._metadata.indices():
            if self._entry(index)[1] is None:
                yield index

    def _path(self, shard: Index) -> Path:
        return self._folder / self._metadata.key(shard)

    def _entry(self, index: Index) -> tuple[Index, tuple[int, int] | None]:
        counts = self._sharding.counts
        shard = tuple(number // count for number, count in zip(index, counts, strict=True))
        if shard not in self._indices:
            self._indices[shard] = self._read_index(shard)
        table = self._indices[shard]
        if table is None:
            return shard, None
        inside = tuple(number % count for number, count in zip(index, counts, strict=True))
        offset, size = (int(number) for number in table[inside])
        return shard, None if offset == size == _ABSENT else (offset, size)

    def _read_index(self, shard: Index) -> Block | None:
        path, size = self._path(shard), self._sharding.index_bytes
        if not path.is_file():
            return None
        if path.stat().st_size < size:
            raise ChunkCorrupt("is shorter than its index")
        start = 0 if self._sharding.index_first else path.stat().st_size - size
        with path.open("rb") as file:
            file.seek(start)
            data = file.read(size)
        checksum = (ByteCodec.CRC32C,) if self._sharding.index_checksum else ()
        plain = decode_bytes(data, size - 4 * len(checksum), checksum)
        return np.frombuffer(plain, "<u8").reshape(*self._sharding.counts, 2)
