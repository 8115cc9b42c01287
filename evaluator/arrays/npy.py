"""Arrays in NumPy's own file format, mapped into memory and never unpickled."""

from pathlib import Path

import numpy as np

from evaluator.arrays.base import Block, Region, native
from evaluator.arrays.layout import Layout
from evaluator.arrays.npy_header import read_header


class NpyArray:
    """An array in one .npy file, or in that part of another file which is one."""

    def __init__(
        self, path: Path, name: str, *, start: int = 0, size_bytes: int | None = None
    ) -> None:
        """Read the header at byte `start` of the file at `path`. Raises: ArrayInvalid."""
        self.name = name
        with path.open("rb") as file:
            file.seek(start)
            header = read_header(file, name)
        header.check_size(path.stat().st_size if size_bytes is None else size_bytes, name)
        self.shape = header.shape
        self.dtype = header.dtype
        self.layout = Layout()
        self._path = path
        self._offset = start + header.header_bytes
        self._header = header

    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header and the size say all."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return native(self._elements()[region])

    def release(self) -> None:
        """Do nothing: nothing is kept."""

    def _elements(self) -> Block:
        if not self._header.data_bytes:
            return np.empty(self.shape, self.dtype)  # a map of no bytes is not allowed
        # Mapped for each block: as many maps as cases would be too many open files.
        return np.memmap(self._path, self.dtype, "c", self._offset, self.shape, self._header.order)
