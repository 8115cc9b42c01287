"""One array of an .npz file, read where it lies: nothing is unpacked to disk.

A stored member is mapped into memory; a deflated one is unpacked as a stream, in which the blocks
of an array in C order follow each other.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from evaluator.arrays.base import Array, Block, Region, native, regions
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.layout import Layout
from evaluator.arrays.npy import NpyArray
from evaluator.arrays.npy_header import read_header
from evaluator.arrays.streams import ByteStream, ElementStream
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
        self.shape = self._header.shape
        self.dtype = self._header.dtype
        self._elements = ElementStream(
            self._opened,
            header_bytes=self._header.header_bytes,
            shape=self.shape if self._header.order == "C" else self.shape[::-1],
            dtype=self.dtype,
        )
        held_bytes = self._header.data_bytes if self._header.order == "F" else 0
        self.layout = Layout(in_order=True, held_bytes=held_bytes)
        self._whole: Block | None = None

    def notes(self) -> tuple[str, ...]:
        """Return nothing: the header and the size say all."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        try:
            if self._header.order == "C":
                return native(self._elements.block(region))
            if self._whole is None:
                self._whole = self._turned()
            return native(self._whole[region])
        except ZipInvalid as error:
            raise ArrayInvalid(Code.CHUNK_CORRUPT, f"{self.name} {error}") from error

    def release(self) -> None:
        """Let go of the elements of an array in Fortran order."""
        self._whole = None

    def _turned(self) -> Block:
        """Return an array in Fortran order, which is one in C order with its axes turned round."""
        turned: Block = np.empty(self.shape[::-1], self.dtype)
        for region in regions(turned.shape):
            turned[region] = self._elements.block(region)
        return turned.T

    def _opened(self) -> ByteStream:
        return ByteStream(_pieces(self._path, self._entry, self._start))


def _pieces(path: Path, entry: Entry, start: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from plain_pieces(file, entry, start)
