"""A Zarr array in a folder, as an Array."""

from pathlib import Path
from typing import Any

import numpy as np

from evaluator import strictjson
from evaluator.arrays.base import Block, Index, Region
from evaluator.arrays.chunked import ChunkReader, Mapper
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.zarr import version2, version3
from evaluator.arrays.zarr.chunks import chunk_store
from evaluator.arrays.zarr.codecs import ChunkCorrupt, decode_chunk
from evaluator.arrays.zarr.metadata import MAX_CHUNKS, ArrayMetadata
from evaluator.codes import Code

_MAX_METADATA_BYTES = 4 * 1024**2
_MAX_METADATA_DEPTH = 64
_SHOWN_NAMES = 10


class ZarrArray:
    """One array of a Zarr store; chunks are decoded when they are read."""

    def __init__(self, folder: Path, name: str, mapper: Mapper = map) -> None:
        """Read the metadata in `folder`; `mapper` runs the decoding. Raises: ArrayInvalid."""
        self.name = name
        self._metadata = _read_metadata(folder, name)
        self.shape = self._metadata.shape
        self.dtype: np.dtype[Any] = self._metadata.pipeline.dtype
        self.layout = Layout(chunks=self._metadata.pipeline.shape)
        self._store = chunk_store(folder, self._metadata)
        self._reader = ChunkReader(
            self.shape,
            self.dtype,
            chunk_shape=self._metadata.pipeline.shape,
            load=self._load,
            mapper=mapper,
        )

    def notes(self) -> tuple[str, ...]:
        """Return a sentence about absent chunks when there are some.

        Raises: ArrayInvalid for too many chunks, for an array without any chunk, and for absent
        chunks without a fill value.
        """
        count = self._metadata.chunk_count
        if count > MAX_CHUNKS:
            raise invalid(
                f"{self.name} has {count} chunks of shape {self._metadata.pipeline.shape}; save it "
                f"with larger chunks, {MAX_CHUNKS} of them at most."
            )
        try:
            absent = sum(1 for _ in self._store.absent())
        except ChunkCorrupt as error:
            raise ArrayInvalid(Code.CHUNK_CORRUPT, f"A shard of {self.name} {error}.") from error
        if absent == 0:
            return ()
        return (self._about_absent(absent, count),)

    def _about_absent(self, absent: int, count: int) -> str:
        found = f"{absent} of the {count} chunks of {self.name} are not in the upload"
        if absent == count:
            raise ArrayInvalid(
                Code.CHUNK_MISSING,
                f"{found}; hand in all of them, or write empty chunks too (write_empty_chunks).",
            )
        if self._metadata.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING, f"{found}, and it has no fill value; hand in all chunks."
            )
        return f"{found} and count as the fill value {self._metadata.fill}."

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return self._reader.read(region)

    def _load(self, index: Index) -> Block | float:
        chunk = self._decode(index)
        if chunk is not None:
            return chunk
        if self._metadata.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING,
                f"Chunk {_text(index)} of {self.name} is not there and it has no fill value.",
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


def _read_metadata(folder: Path, name: str) -> ArrayMetadata:
    if (folder / version3.FILE).is_file():
        document = _document(folder / version3.FILE, name)
        if isinstance(document, dict) and document.get("node_type") == "group":
            raise _no_array(folder, name)
        return version3.read_metadata(document, name)
    if (folder / version2.FILE).is_file():
        return version2.read_metadata(_document(folder / version2.FILE, name), name)
    raise _no_array(folder, name)


def _document(path: Path, name: str) -> object:
    with path.open("rb") as file:
        data = file.read(_MAX_METADATA_BYTES + 1)
    try:
        # NaN stands bare in the metadata that older writers leave; it reads as its name.
        return strictjson.parse(
            data, max_bytes=_MAX_METADATA_BYTES, max_depth=_MAX_METADATA_DEPTH, constant=str
        )
    except strictjson.JsonInvalid as error:
        raise invalid(f"{name} has damaged metadata: {path.name} {error}") from error


def _no_array(folder: Path, name: str) -> ArrayInvalid:
    """Return the error for a folder that is no array, naming the arrays below it."""
    names = sorted(
        child.name
        for child in folder.iterdir()
        if (child / version2.FILE).is_file() or (child / version3.FILE).is_file()
    )
    shown = ", ".join(names[:_SHOWN_NAMES])
    hint = f"it holds {shown}" if names else "neither zarr.json nor .zarray lies there"
    return invalid(f"{name} is not a Zarr array: {hint}; is it nested one level too deep?")
