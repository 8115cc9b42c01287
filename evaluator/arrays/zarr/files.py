"""The files of a Zarr store: in a folder here, in a ZIP file elsewhere (`zipped`)."""

import os
import stat
from pathlib import Path
from typing import Protocol

import numpy as np

Buffer = bytes | memoryview


class ChunkCorrupt(ValueError):
    """Bytes that do not decode to what was promised; the text completes 'it …'."""


class Files(Protocol):
    """Files below one folder, by their path from there."""

    def read(self, path: str, max_bytes: int) -> Buffer | None:
        """Return the bytes of a file, None where there is none.

        Raises: ChunkCorrupt for more than `max_bytes` and for damage on the way.
        """

    def part(self, path: str, start: int, length: int) -> Buffer:
        """Return `length` bytes of a file that is there. Raises: ChunkCorrupt."""

    def size(self, path: str) -> int | None:
        """Return the size of a file in bytes, None where there is none."""

    def names(self, folder: str) -> frozenset[str]:
        """Return the names of the files that lie in `folder` itself; '' is the top."""

    def folders(self, folder: str) -> frozenset[str]:
        """Return the names of the folders that lie in `folder` itself."""

    def below(self, folder: str) -> "Files":
        """Return the files below `folder`."""

    def parent(self) -> tuple["Files", str] | None:
        """Return the folder that holds this one, and its name there; None at the top of all."""

    def release(self) -> None:
        """Let go of what is kept in memory."""


class FolderFiles:
    """Files of a folder on disk. Paths stay texts: a Path for each chunk would cost too much."""

    def __init__(self, root: Path | str) -> None:
        self._root = str(root)

    def read(self, path: str, max_bytes: int) -> Buffer | None:
        """Return the bytes of a regular file, read into memory that may be written to."""
        try:
            descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return None
            if status.st_size > max_bytes:
                raise too_long(max_bytes)
            return _filled(descriptor, 0, status.st_size)
        finally:
            os.close(descriptor)

    def part(self, path: str, start: int, length: int) -> Buffer:
        """Return a part of a file."""
        descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY)
        try:
            return _filled(descriptor, start, length)
        finally:
            os.close(descriptor)

    def size(self, path: str) -> int | None:
        """Return the size of a regular file."""
        try:
            status = os.stat(f"{self._root}/{path}")  # noqa: PTH116 (once for each shard)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status.st_size if stat.S_ISREG(status.st_mode) else None

    def names(self, folder: str) -> frozenset[str]:
        """Return the names of the regular files in `folder`."""
        return frozenset(entry.name for entry in self._entries(folder) if entry.is_file())

    def folders(self, folder: str) -> frozenset[str]:
        """Return the names of the folders in `folder`."""
        return frozenset(entry.name for entry in self._entries(folder) if entry.is_dir())

    def below(self, folder: str) -> "FolderFiles":
        """Return the files of a folder in this one."""
        return FolderFiles(f"{self._root}/{folder}" if folder else self._root)

    def parent(self) -> tuple["FolderFiles", str]:
        """Return the folder above; a store lies in the folder of its submission at least."""
        above, name = os.path.split(self._root)
        return FolderFiles(above), name

    def release(self) -> None:
        """Do nothing: nothing is kept."""

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(f"{self._root}/{folder}") as entries:
                return list(entries)
        except (FileNotFoundError, NotADirectoryError):
            return []


def too_long(max_bytes: int) -> ChunkCorrupt:
    """Return the error for a file that is longer than any honest one."""
    return ChunkCorrupt(f"has over {max_bytes} bytes, more than the chunk holds")


def _filled(descriptor: int, start: int, length: int) -> memoryview:
    # Elements stored without a codec become the block itself: nothing is copied, and whoever
    # gets the block may write to it.
    buffer = np.empty(length, np.uint8)
    found = os.preadv(descriptor, [buffer.data], start) if length else 0
    if found != length:
        raise ChunkCorrupt("is cut off")
    return buffer.data
