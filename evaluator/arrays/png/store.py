"""PNG images as Arrays: one file, or the slices in a folder."""

import re
from pathlib import Path

from evaluator.arrays.base import Block, Index, Region
from evaluator.arrays.cache import ChunkRoom
from evaluator.arrays.chunked import ChunkReader
from evaluator.arrays.errors import invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.png.header import Header, read_header
from evaluator.arrays.png.image import read_image

SUFFIX = ".png"
_MAX_SLICES = 100_000


class PngArray:
    """One image, rows by columns (by samples); or the images of a folder, slices first."""

    def __init__(self, path: Path, name: str, room: ChunkRoom | None = None) -> None:
        """Read the headers of the file, or of all files in the folder, at `path`.

        Raises: ArrayInvalid.
        """
        self.name = name
        self._is_stack = path.is_dir()
        self._files = _slices(path, name) if self._is_stack else [path]
        self._header = (
            _common_header(self._files, name) if self._is_stack else read_header(path, name)
        )
        stack = (len(self._files),) if self._is_stack else ()
        self.shape = (*stack, *self._header.shape)
        self.dtype = self._header.dtype
        chunks = (*(1 for _ in stack), *self._header.shape)
        self.layout = Layout(chunks=chunks)
        self._reader = ChunkReader(
            self.shape, self.dtype, chunk_shape=chunks, load=self._load, room=room
        )

    def notes(self) -> tuple[str, ...]:
        """Return nothing: opening has checked all that can be known."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return self._reader.read(region)

    def release(self) -> None:
        """Let go of decoded chunks."""
        self._reader.release()

    def _load(self, index: Index) -> Block:
        if not self._is_stack:
            return read_image(self._files[0], self.name)
        file = self._files[index[0]]
        return read_image(file, f"{self.name}/{file.name}")[None]


def _slices(folder: Path, name: str) -> list[Path]:
    """Return the PNG files of a folder, 2.png before 10.png."""
    # What macOS leaves beside a file begins with a dot and has its suffix.
    files = [
        path
        for path in folder.iterdir()
        if path.suffix.lower() == SUFFIX and not path.name.startswith(".")
    ]
    if not 0 < len(files) <= _MAX_SLICES:
        raise invalid(
            f"{name} holds {len(files)} PNG files; put 1 to {_MAX_SLICES} slices into the folder, "
            "numbered in their order."
        )
    return sorted(files, key=lambda path: (_natural(path.name), path.name))


def _natural(name: str) -> list[str | int]:
    parts = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]


def _common_header(files: list[Path], name: str) -> Header:
    first = read_header(files[0], f"{name}/{files[0].name}")
    for file in files[1:]:
        other = read_header(file, f"{name}/{file.name}")
        if other.kind != first.kind:
            raise invalid(
                f"{name}/{file.name} has another size or kind of pixels than {files[0].name}; save "
                "all slices alike."
            )
    return first
