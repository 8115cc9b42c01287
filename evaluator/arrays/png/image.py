"""The pixels of one PNG file."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL.PngImagePlugin import PngImageFile

from evaluator.arrays.base import Block
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.png.header import SIGNATURE, Header, read_header
from evaluator.codes import Code

_SLACK_BYTES = 64 * 1024
_HEADER, _PALETTE, _PIXELS, _END, _ANIMATION = b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL"
_ANCILLARY = 0x20  # a bit of a chunk's first letter: one may do without the chunk
_FAULTS = (OSError, SyntaxError, ValueError, IndexError, KeyError, struct.error, zlib.error)


class _Damaged(ValueError):
    """The file is not what its header promised."""


def read_image(path: Path, name: str) -> Block:
    """Return the elements of the image at `path`, as numpy.asarray gives those of Pillow.

    A palette image gives the numbers of its colours, one of one bit booleans; grey of two and four
    bits is spread over 0 to 255. Raises: ArrayInvalid.
    """
    header = read_header(path, name)
    try:
        with path.open("rb") as file:
            start, pixels = _parts(file, header, name)
            return _decoded(start + _plain(pixels, header) + _chunk(_END, b""), header)
    except _FAULTS as error:
        raise ArrayInvalid(
            Code.CHUNK_CORRUPT,
            f"{name} is a damaged or cut off PNG file; save it again and hand it in anew.",
        ) from error


def _decoded(data: bytes, header: Header) -> Block:
    with PngImageFile(io.BytesIO(data)) as image:
        pixels: Block = np.asarray(image)
    if pixels.shape != header.shape or pixels.dtype != header.dtype:
        raise _Damaged
    return pixels


def _parts(file: BinaryIO, header: Header, name: str) -> tuple[bytes, bytes]:
    """Return the file up to the pixels, without all that these can do without, and the pixels."""
    start: dict[bytes, bytes] = {}
    pixels: list[bytes] = []
    left = header.filtered_bytes * 5 // 4 + _SLACK_BYTES
    for kind, data in _chunks(file, left):
        left -= len(data)
        if kind == _ANIMATION:
            raise invalid(f"{name} is an animation; save one image in each file.")
        # A second header could promise another size than the one that was checked.
        if left < 0 or kind in start:
            raise _Damaged
        if kind == _PIXELS:
            pixels.append(data)
        elif data:
            start[kind] = _chunk(kind, data)
    return b"".join((SIGNATURE, *start.values())), b"".join(pixels)


def _plain(pixels: bytes, header: Header) -> bytes:
    """Return the pixels in a chunk without compression: Pillow takes too few for black ones."""
    rows = zlib.decompressobj().decompress(pixels, header.filtered_bytes)
    if len(rows) != header.filtered_bytes:
        raise _Damaged
    return _chunk(_PIXELS, zlib.compress(rows, 0))


def _chunks(file: BinaryIO, most: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and bytes of each chunk up to the end, those that do not matter without bytes.

    Raises: _Damaged for a chunk of over `most` bytes; struct.error when there is no end.
    """
    file.seek(len(SIGNATURE))
    while True:
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind[0] & _ANCILLARY:
            yield kind, b""
            file.seek(length + 4, io.SEEK_CUR)
            continue
        data = file.read(length) if length <= most else b""
        (checksum,) = struct.unpack(">I", file.read(4))
        if len(data) != length or zlib.crc32(data, zlib.crc32(kind)) != checksum:
            raise _Damaged
        if kind == _END:
            return
        if kind not in {_HEADER, _PALETTE, _PIXELS}:
            raise _Damaged
        yield kind, data


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
