"""HDF5 datasets as Arrays."""

from pathlib import Path
from threading import Lock

import numpy as np

from evaluator.arrays.base import Array, Block, Index, Region, native
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.chunk_limits import check_grid
from evaluator.arrays.chunked import ChunkReader
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.hdf5.chunks import ChunkTable, read_chunk
from evaluator.arrays.hdf5.errors import ChunkCorrupt
from evaluator.arrays.hdf5.files import Place
from evaluator.arrays.hdf5.metadata import Chunking, Metadata, read_metadata
from evaluator.arrays.layout import Layout
from evaluator.codes import Code


def open_dataset(path: Path, name: str, member: str, room: ChunkRoom | None = None) -> Array:
    """Return the dataset `member` of the file at `path`; the only one when `member` is empty.

    `name` is the path by which the owner knows it. Raises: ArrayInvalid.
    """
    place = Place(path, name, member)
    with place.opened() as dataset:
        metadata = read_metadata(dataset, name, path.stat().st_size)
    if metadata.chunking is None:
        return FlatDataset(place, metadata)
    return ChunkedDataset(place, metadata, metadata.chunking, room)


class FlatDataset:
    """A dataset whose elements lie side by side, in C order, in the file or in its header."""

    def __init__(self, place: Place, metadata: Metadata) -> None:
        self.name = place.name
        self.shape = metadata.shape
        self.dtype = metadata.dtype
        self.layout = Layout(frame=metadata.frame)
        self._path = place.path
        self._metadata = metadata

    def notes(self) -> tuple[str, ...]:
        """Return nothing: opening has checked all that can be known."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return native(self._elements()[region])

    def release(self) -> None:
        """Do nothing: nothing is kept."""

    def _elements(self) -> Block:
        if self._metadata.start is None:
            return np.frombuffer(self._metadata.data, self.dtype).reshape(self.shape)
        # Mapped for each block: as many maps as cases would be too many open files.
        return np.memmap(self._path, self.dtype, "r", self._metadata.start, self.shape)


class ChunkedDataset:
    """A dataset in chunks, which are decoded when they are read."""

    def __init__(
        self, place: Place, metadata: Metadata, chunking: Chunking, room: ChunkRoom | None
    ) -> None:
        self.name = place.name
        self.shape = metadata.shape
        self.dtype = metadata.dtype
        self.layout = Layout(chunks=chunking.shape, frame=metadata.frame)
        self._place = place
        self._chunking = chunking
        self._found: ChunkTable | None = None
        self._lock = Lock()
        self._reader = ChunkReader(
            self.shape, self.dtype, chunk_shape=chunking.shape, load=self._load, room=room
        )

    def notes(self) -> tuple[str, ...]:
        """Return a sentence about absent chunks when there are some.

        Raises: ArrayInvalid for too many or too large chunks, for a dataset without any, and for
        absent ones without a fill value.
        """
        check_grid(self.shape, self._chunking.shape, self.dtype.itemsize, self.name)
        table = self._table()
        if table.absent == 0:
            return ()
        found = f"{table.absent} of the {len(table)} chunks of {self.name} are not in the file"
        if table.absent == len(table):
            raise ArrayInvalid(
                Code.CHUNK_MISSING, f"{found}; write all of them, and close the file before."
            )
        if self._chunking.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING, f"{found}, and it has no fill value; write all chunks."
            )
        return (f"{found} and count as the fill value {self._chunking.fill}.",)

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return self._reader.read(region)

    def release(self) -> None:
        """Let go of decoded chunks."""
        self._reader.release()

    def _table(self) -> ChunkTable:
        # Made when it is needed: of a dataset with a wrong shape it may be a large one.
        with self._lock:
            if self._found is None:
                with self._place.opened() as dataset:
                    self._found = ChunkTable(
                        dataset, self.name, shape=self.shape, chunks=self._chunking.shape
                    )
            return self._found

    def _load(self, index: Index) -> Block | float:
        entry = self._table().entry(index)
        if entry is not None:
            return self._decoded(entry, index)
        if self._chunking.fill is None:
            raise ArrayInvalid(
                Code.CHUNK_MISSING,
                f"Chunk {index} of {self.name} is not there and it has no fill value.",
            )
        return self._chunking.fill

    def _decoded(self, entry: tuple[int, int, int], index: Index) -> Block:
        try:
            data = read_chunk(self._place.path, entry, self._chunking.pipeline)
        except ChunkCorrupt as error:
            raise ArrayInvalid(
                Code.CHUNK_CORRUPT,
                f"Chunk {index} of {self.name} {error}; save the array again and hand it in anew.",
            ) from error
        return np.frombuffer(data, self.dtype).reshape(self._chunking.shape)
