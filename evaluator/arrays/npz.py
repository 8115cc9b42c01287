"""One array of an .npz file, read where it lies: nothing is unpacked to disk.

A stored member is mapped into memory; a deflated one is unpacked as a stream, in which the blocks
of an array in C order follow each other.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from evaluator.arrays.base import Array, Block, Region, native
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.npy import NpyArray
from evaluator.arrays.npy_header import read_header
from evaluator.codes import Code
from evaluator.zips.directory import STORED, Entry, read_directory
from evaluator.zips.entries import data_start, plain_pieces
from evaluator.zips.errors import ZipInvalid

_SUFFIX = ".npy"


def open_member(path: Path, name: str, member: str) -> Array:
    """Return the array `member` of the .npz file at `path`; the only one when `member` is empty.

    `name` is the path by which the owner knows the array. Raises: ArrayInvalid.
    """
    try:
        with path.open("rb") as file:
            entry = _find(read_directory(file).entries, name, member)
            start = data_start(file, entry)
        if entry.method == STORED:
            return NpyArray(path, name, start=start, size_bytes=entry.plain_bytes)
        return NpzStream(path, name, entry, start)
    except ZipInvalid as error:
        raise ArrayInvalid(error.code, f"{name} {error}") from error


@lru_cache(maxsize=8)
def member_names(path: Path) -> frozenset[str] | None:
    """Return the names of the arrays in an .npz file; None when its directory is damaged."""
    try:
        with path.open("rb") as file:
            entries = read_directory(file).entries
    except ZipInvalid:
        return None
    return frozenset(entry.name.removesuffix(_SUFFIX) for entry in entries)


def _find(entries: tuple[Entry, ...], name: str, member: str) -> Entry:
    found = [entry for entry in entries if not member or entry.name in {member, member + _SUFFIX}]
    if len(found) != 1:
        names = ", ".join(entry.name.removesuffix(_SUFFIX)[:40] for entry in entries[:10])
        raise invalid(f"{name}: the .npz file must hold it once; it holds {names!a}.")
    if found[0].is_encrypted:
        raise ArrayInvalid(Code.ARCHIVE_INVALID, f"{name} is encrypted; save it without.")
    return found[0]


class NpzStream:
    """A deflated member of an .npz file."""

    def __init__(self, path: Path, name: str, entry: Entry, start: int) -> None:
        """Unpack the header alone. Raises: ArrayInvalid, ZipInvalid."""
        self.name = name
        self._path = path
        self._entry = entry
        self._start = start
        self._header = read_header(self._opened(), name)
        self._header.check_size(entry.plain_bytes, name)
        # Opened by the first block: as many members as cases would be too many open files.
        self._stream = _Stream(iter(()))
        self._position = math.inf  # the next element of the stream
        self.shape = self._header.shape
        self.dtype = self._header.dtype
        self.layout = Layout(in_order=True)
        self._whole: Block | None = None

    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header and the size say all."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`, a contiguous run when the array is in C order."""
        try:
            if self._header.order == "F" and self._whole is None:
                self._whole = self._run(0, math.prod(self.shape)).reshape(self.shape, order="F")
            if self._whole is not None:
                return native(self._whole[region])
            return native(self._run_of(region))
        except ZipInvalid as error:
            raise ArrayInvalid(Code.CHUNK_CORRUPT, f"{self.name} {error}") from error

    def _run_of(self, region: Region) -> Block:
        lengths = [part.stop - part.start for part in region]
        starts = [part.start for part in region]
        start = int(np.ravel_multi_index(starts, self.shape)) if region else 0
        return self._run(start, math.prod(lengths)).reshape(lengths)

    def _run(self, start: int, count: int) -> Block:
        size = self.dtype.itemsize
        if start < self._position:
            self._stream = self._opened()
            self._stream.skip(self._header.header_bytes)
            self._position = 0
        self._stream.skip(int(start - self._position) * size)
        data = self._stream.read(count * size)
        self._position = start + count
        if self._position == math.prod(self.shape):
            self._stream.finish()
        return np.frombuffer(data, self.dtype, count)

    def _opened(self) -> "_Stream":
        return _Stream(_pieces(self._path, self._entry, self._start))


def _pieces(path: Path, entry: Entry, start: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from plain_pieces(file, entry, start)


class _Stream:
    """The bytes of an iterator of pieces, taken in any lengths."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, length: int, /) -> bytes:
        """Return the next bytes, fewer than `length` only at the end."""
        parts, missing = [], length
        while missing and (self._rest or self._next()):
            part, self._rest = self._rest[:missing], self._rest[missing:]
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def skip(self, length: int) -> None:
        """Leave out bytes, without keeping them."""
        while length and (self._rest or self._next()):
            taken = min(length, len(self._rest))
            self._rest = self._rest[taken:]
            length -= taken

    def finish(self) -> None:
        """Take what is left, which checks length and checksum. Raises: ZipInvalid."""
        while self._next():
            pass

    def _next(self) -> bool:
        for piece in self._pieces:
            if piece:
                self._rest = piece
                return True
        return False
