"""The bytes of a ZIP file's entries: where they lie, and what they unpack to."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from evaluator.codes import Code
from evaluator.zips.directory import (
    DEFLATED,
    FULL32,
    HAS_DESCRIPTOR,
    LOCAL,
    STORED,
    Directory,
    Entry,
    decoded_name,
    read_at,
)
from evaluator.zips.errors import ZipInvalid, damaged, shown

_PIECE_BYTES = 256 * 1024


def located(
    file: BinaryIO, directory: Directory, wanted: Iterable[Entry]
) -> Iterator[tuple[Entry, int]]:
    """Yield the entries in `wanted`, in the order of their bytes, each with where these begin.

    Raises: ZipInvalid when anything lies before the first entry, or two entries overlap.
    """
    ends = 0
    chosen = {id(entry) for entry in wanted}
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
        if entry.offset < ends or (ends == 0 and entry.offset != 0):
            raise ZipInvalid(
                Code.ARCHIVE_UNSAFE,
                f"has the entry {shown(entry.name)} overlapping another, or bytes before its first "
                "entry; pack it anew.",
            )
        start = data_start(file, entry)
        ends = start + entry.packed_bytes
        if ends > directory.offset:
            raise damaged(f"the entry {shown(entry.name)} reaches into its directory")
        if id(entry) in chosen:
            yield entry, start


def data_start(file: BinaryIO, entry: Entry) -> int:
    """Return where the packed bytes of `entry` begin.

    Raises: ZipInvalid when its local header tells another story than the directory.
    """
    header = read_at(file, entry.offset, 30)
    flags, method, crc32, packed, plain, name_bytes, extra_bytes = struct.unpack(
        "<6xHH4xIIIHH", header
    )
    told = (method, crc32, packed, plain)
    listed = (entry.method, entry.crc32, entry.packed_bytes, entry.plain_bytes)
    is_elsewhere = flags & HAS_DESCRIPTOR or FULL32 in {packed, plain}
    if header[:4] != LOCAL or (told != listed and not is_elsewhere) or method != entry.method:
        raise damaged(f"the entry {shown(entry.name)} and the directory contradict each other")
    if decoded_name(read_at(file, entry.offset + 30, name_bytes)) != entry.name:
        raise damaged(f"the entry {shown(entry.name)} has another name in the directory")
    return entry.offset + 30 + int(name_bytes) + int(extra_bytes)


def plain_pieces(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    """Yield the unpacked bytes of `entry`, whose packed bytes begin at `start`.

    Never yields more than the directory states. Raises: ZipInvalid when sizes, compression or
    checksum do not hold.
    """
    crc32 = left = 0
    left = entry.plain_bytes
    for piece in _unpacked(file, entry, start):
        left -= len(piece)
        if left < 0:
            raise damaged(f"the entry {shown(entry.name)} is longer than the directory says")
        crc32 = zlib.crc32(piece, crc32)
        yield piece
    if left or crc32 != entry.crc32:
        raise damaged(f"the entry {shown(entry.name)} has a wrong length or checksum")


def _unpacked(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    if entry.method == STORED:
        if entry.packed_bytes != entry.plain_bytes:
            raise damaged(f"the entry {shown(entry.name)} is stored with two lengths")
        return _packed(file, entry, start)
    if entry.method == DEFLATED:
        return _inflated(file, entry, start)
    raise ZipInvalid(
        Code.ARCHIVE_INVALID,
        f"has the entry {shown(entry.name)} packed with method {entry.method}; pack it with "
        "Deflate or without compression.",
    )


def _packed(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    for position in range(0, entry.packed_bytes, _PIECE_BYTES):
        yield read_at(file, start + position, min(_PIECE_BYTES, entry.packed_bytes - position))


def _inflated(file: BinaryIO, entry: Entry, start: int) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _packed(file, entry, start):
            if engine.eof:
                raise damaged(f"the entry {shown(entry.name)} ends before its last byte")
            yield engine.decompress(piece, _PIECE_BYTES)
            while engine.unconsumed_tail:
                yield engine.decompress(engine.unconsumed_tail, _PIECE_BYTES)
    except zlib.error as error:
        raise damaged(f"the entry {shown(entry.name)} cannot be unpacked") from error
    yield engine.flush()
    if not engine.eof or engine.unused_data:
        raise damaged(f"the entry {shown(entry.name)} cannot be unpacked")
