"""A Zarr array, in a folder or a ZIP file, as an Array."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluator.arrays.base import Block, Index, Region
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.chunk_limits import check_grid
from evaluator.arrays.chunked import ChunkReader
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.layout import Frame, Layout
from evaluator.arrays.zarr.chunks import chunk_store
from evaluator.arrays.zarr.codecs import decode_chunk
from evaluator.arrays.zarr.files import ChunkCorrupt, Files
from evaluator.arrays.zarr.metadata import ArrayMetadata
from evaluator.codes import Code


@dataclass(frozen=True)
class Description:
    """What the metadata say of an array, and sentences about what was odd in them."""

    metadata: ArrayMetadata
    frame: Frame
    remarks: tuple[str, ...] = ()


class ZarrArray:
    """One array of a Zarr store; chunks are decoded when they are read."""

    def __init__(
        self, files: Files, name: str, found: Description, room: ChunkRoom | None = None
    ) -> None:
        """Take the array at the top of `files`."""
        self.name = name
        self._metadata = metadata = found.metadata
        self._remarks = found.remarks
        self.shape = metadata.shape
        self.dtype: np.dtype[Any] = metadata.pipeline.dtype
        self.layout = Layout(chunks=metadata.pipeline.shape, frame=found.frame)
        self._store = chunk_store(files, metadata)
        self._reader = ChunkReader(
            self.shape,
            self.dtype,
            chunk_shape=metadata.pipeline.shape,
            load=self._load,
            room=room,
        )

    def notes(self) -> tuple[str, ...]:
        """Return what was odd in the metadata, and a sentence about absent chunks.

        Raises: ArrayInvalid for too many or too large chunks, and for absent ones without a fill
        value.
        """
        count, pipeline = self._metadata.chunk_count, self._metadata.pipeline
        check_grid(self.shape, pipeline.shape, pipeline.dtype.itemsize, self.name)
        try:
            absent = self._store.absent()
        except ChunkCorrupt as error:
            raise ArrayInvalid(
                Code.CHUNK_CORRUPT,
                f"A shard of {self.name} {error}; save the array again and hand it in anew.",
            ) from error
        return self._remarks + ((self._about_absent(absent, count),) if absent else ())

    def _about_absent(self, absent: int, count: int) -> str:
        found = f"{absent} of the {count} chunks of {self.name} are not in the upload"
        if self._metadata.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING, f"{found}, and it has no fill value; hand in all chunks."
            )
        told = f"{found} and count as the fill value {self._metadata.fill}"
        # Writers leave out what holds nothing but the fill value: an empty class has no chunk.
        return (
            f"{told}: all of it, in case that is not what you meant."
            if absent == count
            else f"{told}."
        )

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return self._reader.read(region)

    def release(self) -> None:
        """Let go of decoded chunks, and of shards."""
        self._reader.release()
        self._store.release()

    def _load(self, index: Index) -> Block | float:
        chunk = self._decode(index)
        if chunk is not None:
            return chunk
        if self._metadata.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING,
                f"Chunk {_text(index)} of {self.name} is not there and it has no fill value; hand "
                "in all chunks.",
            )
        return self._metadata.fill

    def _decode(self, index: Index) -> Block | None:
        try:
            data = self._store.read(index)
            return None if data is None else decode_chunk(data, self._metadata.pipeline)
        except ChunkCorrupt as error:
            raise ArrayInvalid(
                Code.CHUNK_CORRUPT,
                f"Chunk {_text(index)} of {self.name} {error}; save the array again and hand it "
                "in anew.",
            ) from error


def _text(index: Index) -> str:
    return ".".join(str(number) for number in index) or "0"
