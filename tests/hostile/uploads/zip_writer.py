"""Writes ZIP files that no honest program writes: every field can lie.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

STORED, DEFLATED = 0, 8
LINK, DEVICE, FIFO, SOCKET, FOLDER = 0o120777, 0o060666, 0o010666, 0o140666, 0o040755


@dataclass(frozen=True)
class Member:
    """One entry. What is None is told truly; `at` makes the directory point elsewhere."""

    name: str | bytes
    data: bytes = b"data"
    method: int = STORED
    mode: int = 0o100644
    flags: int = 0x800  # the name is UTF-8
    crc32: int | None = None
    plain_bytes: int | None = None  # in the directory and in the local header
    packed_bytes: int | None = None
    local_name: str | bytes | None = None
    local_plain_bytes: int | None = None
    at: int | None = None
    descriptor: bytes = b""  # behind the data

    @property
    def name_bytes(self) -> bytes:
        return _bytes(self.name)

    @property
    def packed(self) -> bytes:
        if self.method != DEFLATED:
            return self.data
        engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return engine.compress(self.data) + engine.flush()

    @property
    def told(self) -> tuple[int, int, int]:
        """CRC-32, packed size and plain size, as the directory states them."""
        crc32 = zlib.crc32(self.data) if self.crc32 is None else self.crc32
        packed = len(self.packed) if self.packed_bytes is None else self.packed_bytes
        plain = len(self.data) if self.plain_bytes is None else self.plain_bytes
        return crc32, packed, plain


def write_zip(
    members: Sequence[Member],
    *,
    before: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    count: int | None = None,
    zip64: bool = False,
) -> bytes:
    """Return an archive; `before` shifts all offsets, `count` is what the end states."""
    body, central = bytearray(before), bytearray()
    for member in members:
        offset = len(body) if member.at is None else member.at
        central += _central(member, offset)
        if member.at is None:
            body += _local(member) + member.packed + member.descriptor
    total = len(members) if count is None else count
    end = _end64(total, len(central), len(body)) if zip64 else b""
    short = (0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    numbers = short if zip64 else (total & 0xFFFF, total & 0xFFFF, len(central), len(body))
    end += struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, *numbers, len(comment)) + comment
    return bytes(body + central + end + after)


def _local(member: Member) -> bytes:
    name = member.name_bytes if member.local_name is None else _bytes(member.local_name)
    crc32, packed, plain = (0, 0, 0) if member.descriptor else member.told
    plain = min(plain, 0xFFFFFFFF) if member.local_plain_bytes is None else member.local_plain_bytes
    flags = member.flags | (8 if member.descriptor else 0)
    fixed = (b"PK\x03\x04", 20, flags, member.method, 0, 0, crc32, packed, plain)
    return struct.pack("<4sHHHHHIIIHH", *fixed, len(name), 0) + name


def _central(member: Member, offset: int) -> bytes:
    crc32, packed, plain = member.told
    extra = b""
    if plain > 0xFFFFFFFF:
        extra, plain = struct.pack("<HHQ", 1, 8, plain), 0xFFFFFFFF
    flags = member.flags | (8 if member.descriptor else 0)
    fixed = (b"PK\x01\x02", 3 << 8 | 20, 20, flags, member.method, 0, 0, crc32, packed, plain)
    name = member.name_bytes
    lengths = (len(name), len(extra), 0, 0, 0, member.mode << 16, offset)
    return struct.pack("<4sHHHHHHIIIHHHHHII", *fixed, *lengths) + name + extra


def _end64(count: int, size: int, offset: int) -> bytes:
    record = struct.pack(
        "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset
    )
    return record + struct.pack("<4sIQI", b"PK\x06\x07", 0, offset + size, 1)


def _bytes(name: str | bytes) -> bytes:
    return name if isinstance(name, bytes) else name.encode()
