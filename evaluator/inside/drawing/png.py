"""Writes PNG files of numbered colours; loading a library for it takes longer than drawing.

Source: W3C, Portable Network Graphics (PNG) Specification (Third Edition).
"""

import struct
import zlib

import numpy as np

from evaluator.arrays.base import Block

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _INDEXED, _REST = 8, 3, bytes(3)  # usual compression and filters, not interlaced


def encoded(pixels: Block, palette: bytes) -> bytes:
    """Return a PNG of `pixels` (rows, columns), numbers of the colours in `palette`."""
    height, width = pixels.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each begins with its filter: 0, none
    lines[:, 1:] = pixels
    header = struct.pack(">IIBB", width, height, _BITS, _INDEXED) + _REST
    parts = (
        (b"IHDR", header),
        (b"PLTE", palette),
        (b"IDAT", zlib.compress(lines.tobytes(), 6)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
