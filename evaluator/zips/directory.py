"""The directory of a ZIP file, read strictly.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5; lengths and offsets below are from there.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from evaluator.codes import Code
from evaluator.manifests import MAX_FILES
from evaluator.zips.errors import ZipInvalid, damaged, shown

STORED, DEFLATED = 0, 8
LOCAL, HAS_DESCRIPTOR = b"PK\x03\x04", 1 << 3
FULL32 = 0xFFFFFFFF  # "see the ZIP64 record"

_CENTRAL, _END, _END64, _LOCATOR64 = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_FULL16 = 0xFFFF
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_MAX_ENTRY_BYTES = 4096  # in the directory: a path has 1024 bytes at most


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the directory lists it. `file_type` holds the S_IFMT bits, 0 when not told."""

    name: str
    method: int
    is_encrypted: bool
    has_descriptor: bool
    crc32: int
    packed_bytes: int
    plain_bytes: int
    offset: int  # of the local header
    file_type: int


@dataclass(frozen=True)
class Directory:
    """The entries of an archive, and where the list of them begins."""

    entries: tuple[Entry, ...]
    offset: int


def is_zip(start: bytes) -> bool:
    """True when a file that begins with `start` is a ZIP file, an empty one included."""
    return start[:4] in {LOCAL, _END}


def read_directory(file: BinaryIO) -> Directory:
    """Return the directory at the end of `file`.

    Raises: ZipInvalid when it is cut off, does not end the file, or lists over MAX_FILES entries,
    which is known from the end record alone.
    """
    file_bytes = file.seek(0, 2)
    count, size, offset, end = _end_record(file, file_bytes)
    if count > MAX_FILES:
        raise ZipInvalid(Code.ARCHIVE_TOO_LARGE, f"has {count} entries; the limit is {MAX_FILES}.")
    if offset + size != end or size > count * _MAX_ENTRY_BYTES:
        raise damaged("its directory is not where its end says")
    data = read_at(file, offset, size)
    entries: list[Entry] = []
    position = 0
    for _ in range(count):
        entry, position = _entry(data, position)
        entries.append(entry)
    if position != size:
        raise damaged("its directory has another length than its end says")
    return Directory(tuple(entries), offset)


@lru_cache(maxsize=8)
def file_names(path: Path) -> frozenset[str] | None:
    """Return the names of the entries of the ZIP file at `path`; None when it is damaged."""
    try:
        with path.open("rb") as file:
            return frozenset(entry.name for entry in read_directory(file).entries)
    except ZipInvalid:
        return None


def _end_record(file: BinaryIO, file_bytes: int) -> tuple[int, int, int, int]:
    """Return count, size and offset of the directory, and where it has to end."""
    tail_start = max(0, file_bytes - 22 - _FULL16)
    tail = read_at(file, tail_start, file_bytes - tail_start)
    position = tail.rfind(_END)
    while position >= 0:
        # The comment of the real one reaches exactly to the end of the file.
        if position + 22 <= len(tail):
            record = struct.unpack_from("<4xHHHHIIH", tail, position)
            if position + 22 + record[6] == len(tail):
                return _directory_place(file, tail_start + position, record)
        position = tail.rfind(_END, 0, position)
    raise damaged("it is cut off, or something follows it")


def _directory_place(
    file: BinaryIO, end: int, record: tuple[int, ...]
) -> tuple[int, int, int, int]:
    disk, start_disk, here, count, size, offset, _ = record
    if disk in {0, _FULL16} and start_disk in {0, _FULL16} and here == count:
        locator = read_at(file, end - 20, 20) if end >= 20 else b""
        if locator[:4] == _LOCATOR64:
            return _directory_place64(file, locator, end - 20)
        return count, size, offset, end
    raise damaged("it is one part of several")


def _directory_place64(file: BinaryIO, locator: bytes, end: int) -> tuple[int, int, int, int]:
    place: int = struct.unpack_from("<8xQ", locator)[0]
    record = read_at(file, place, 56)
    length, here, count, size, offset = struct.unpack("<4xQ12xQQQQ", record)
    if record[:4] != _END64 or place + 12 + length != end or here != count:
        raise damaged("its ZIP64 end is not where it should be")
    return count, size, offset, place


def _entry(data: bytes, position: int) -> tuple[Entry, int]:
    if data[position : position + 4] != _CENTRAL or position + 46 > len(data):
        raise damaged("its directory is shorter than its end says")
    flags, method, crc32, packed, plain, name_bytes, extra_bytes, comment_bytes = (
        struct.unpack_from("<8xHH4xIIIHHH", data, position)
    )
    disk, attributes, offset = struct.unpack_from("<34xH2xII", data, position)
    name_end = position + 46 + name_bytes
    extra_end = name_end + extra_bytes
    sizes = _sizes(data[name_end:extra_end], plain, packed, offset)
    entry = Entry(
        name=decoded_name(data[position + 46 : name_end]),
        method=method,
        is_encrypted=bool(flags & _ENCRYPTED),
        has_descriptor=bool(flags & HAS_DESCRIPTOR),
        crc32=crc32,
        plain_bytes=sizes[0],
        packed_bytes=sizes[1],
        offset=sizes[2],
        file_type=attributes >> 16 & 0o170000,
    )
    if disk not in {0, _FULL16}:
        raise damaged("it is one part of several")
    return entry, extra_end + comment_bytes


def _sizes(extra: bytes, *told: int) -> list[int]:
    """Return plain size, packed size and offset; those that are full stand in the ZIP64 field."""
    field = b""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == 1:
            field = extra[4 : 4 + length]
        extra = extra[4 + length :]
    sizes = list(told)
    for number, size in enumerate(told):
        if size == FULL32:
            if len(field) < 8:
                raise damaged("a ZIP64 size is missing")
            sizes[number], field = int.from_bytes(field[:8], "little"), field[8:]
    return sizes


def decoded_name(data: bytes) -> str:
    """Return an entry's name. Raises: ZipInvalid when it is not UTF-8."""
    try:
        return data.decode("utf-8")  # macOS writes UTF-8 without saying so; others write ASCII
    except UnicodeDecodeError as error:
        text = shown(data.decode("latin-1"))
        raise ZipInvalid(
            Code.ARCHIVE_UNSAFE,
            f"has the entry {text}, whose name is not UTF-8; rename it with plain letters.",
        ) from error


def read_at(file: BinaryIO, position: int, length: int) -> bytes:
    """Return exactly `length` bytes. Raises: ZipInvalid when the file ends before."""
    if position + length > file.seek(0, 2):
        raise damaged("it is cut off")
    file.seek(position)
    return file.read(length)
