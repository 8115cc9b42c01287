"""A NIfTI image as an Array."""

from pathlib import Path
from typing import Any

import numpy as np

from evaluator.arrays.base import Block, Region, native
from evaluator.arrays.errors import invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.nifti.frames import frame_of
from evaluator.arrays.nifti.gunzip import MAGIC, plain_pieces
from evaluator.arrays.nifti.header import Header, read_header
from evaluator.arrays.streams import ByteStream, ElementStream


class NiftiArray:
    """The image of one file, (t,) z, y, x; scaled ones are float64."""

    def __init__(self, path: Path, name: str) -> None:
        """Read the header of the file at `path`. Raises: ArrayInvalid."""
        self.name = name
        self._path = path
        with path.open("rb") as file:
            is_packed = file.read(2) == MAGIC
            file.seek(0)
            source = ByteStream(plain_pieces(path, name)) if is_packed else file
            self._header = read_header(source, name)
        if not is_packed:
            _check_size(self._header, path.stat().st_size, name)
        self.shape = self._header.shape
        self.dtype: np.dtype[Any] = (
            self._header.stored if self._header.scaling is None else np.dtype(np.float64)
        )
        self.layout = Layout(in_order=is_packed, frame=frame_of(self._header))
        self._stream = ElementStream(
            self._unpacked,
            header_bytes=self._header.offset,
            shape=self.shape,
            dtype=self._header.stored,
        )

    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header and the size say all."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        block = self._stream.block(region) if self.layout.in_order else self._mapped()[region]
        if self._header.scaling is None:
            return native(block)
        slope, intercept = self._header.scaling
        with np.errstate(all="ignore"):  # what becomes infinite is found where values are checked
            scaled: Block = block.astype(np.float64) * slope + intercept
        return native(scaled)

    def release(self) -> None:
        """Do nothing: nothing is kept."""

    def _mapped(self) -> Block:
        # Mapped for each block: as many maps as cases would be too many open files.
        header = self._header
        return np.memmap(self._path, header.stored, "r", header.offset, header.shape)

    def _unpacked(self) -> ByteStream:
        size = self._header.offset + self._header.data_bytes
        return ByteStream(plain_pieces(self._path, self.name, size))


def _check_size(header: Header, file_bytes: int, name: str) -> None:
    found = file_bytes - header.offset
    if found != header.data_bytes:
        raise invalid(
            f"{name} holds {found} bytes of elements, but its header promises {header.data_bytes} "
            f"for the shape {header.shape}; save it again and upload it whole."
        )
