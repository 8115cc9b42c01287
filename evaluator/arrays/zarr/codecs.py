"""From stored bytes to elements, never producing more bytes than the metadata promised."""

import struct
import zlib
from collections.abc import Callable

import google_crc32c
import numpy as np
from numcodecs import blosc, zstd

from evaluator.arrays.base import Block
from evaluator.arrays.zarr.files import Buffer, ChunkCorrupt
from evaluator.arrays.zarr.metadata import ByteCodec, Pipeline

# Chunks are decoded by several threads already; this also makes blosc free of global state.
blosc.use_threads = False


def decode_chunk(data: Buffer, pipeline: Pipeline) -> Block:
    """Return the chunk stored as `data`, in the axes of the array. Raises: ChunkCorrupt."""
    plain = decode_bytes(data, pipeline.decoded_bytes, pipeline.codecs)
    stored: Block = np.frombuffer(plain, pipeline.dtype)
    if not pipeline.is_transposed:
        return stored.reshape(pipeline.shape)
    stored = stored.reshape([pipeline.shape[axis] for axis in pipeline.axes])
    return stored.transpose(np.argsort(pipeline.axes))


def decode_bytes(data: Buffer, size: int, codecs: tuple[ByteCodec, ...]) -> Buffer:
    """Return exactly `size` bytes, undoing `codecs` from the last to the first.

    Raises: ChunkCorrupt, before more than `size` bytes (and checksums) have been produced.
    """
    for position in reversed(range(len(codecs))):
        promised = size + 4 * codecs[:position].count(ByteCodec.CRC32C)
        data = _DECODERS[codecs[position]](data, promised)
    if len(data) != size:
        raise ChunkCorrupt(f"has {len(data)} bytes in place of {size}")
    return data


def _crc32c(data: Buffer, _size: int) -> Buffer:
    plain, checksum = data[:-4], data[-4:]  # of any size when a compressor came before
    if google_crc32c.value(bytes(plain)) != int.from_bytes(checksum, "little"):
        raise ChunkCorrupt("does not have its checksum")
    return plain


def _zlib(data: Buffer, size: int) -> Buffer:
    return _inflate(data, size, zlib.MAX_WBITS)


def _gzip(data: Buffer, size: int) -> Buffer:
    return _inflate(data, size, zlib.MAX_WBITS + 16)


def _inflate(data: Buffer, size: int, window_bits: int) -> Buffer:
    engine = zlib.decompressobj(window_bits)
    try:
        plain = engine.decompress(data, size + 1)
    except zlib.error as error:
        raise ChunkCorrupt("is not what zlib or gzip writes") from error
    if len(plain) != size or not engine.eof or engine.unused_data:
        raise ChunkCorrupt(f"does not decompress to {size} bytes")
    return plain


def _blosc(data: Buffer, size: int) -> Buffer:
    # Header of c-blosc 1: version, inner version, flags, type size, bytes, block, stored bytes.
    if len(data) < 16 or struct.unpack_from("<4xI4xI", data) != (size, len(data)):
        raise ChunkCorrupt(f"does not decompress to {size} bytes")
    return _decompress(blosc.decompress, data, size)


def _zstd(data: Buffer, size: int) -> Buffer:
    if zstd_frame_size(data) not in {size, None}:
        raise ChunkCorrupt(f"does not decompress to {size} bytes")
    return _decompress(zstd.decompress, data, size)


def _decompress(decoder: Callable[[Buffer, Block], object], data: Buffer, size: int) -> Buffer:
    plain = np.empty(size, np.uint8)
    try:
        decoder(data, plain)  # fills it: both refuse to write more, or less, than it has room for
    except (RuntimeError, ValueError) as error:
        raise ChunkCorrupt("is damaged") from error
    return plain.data


def zstd_frame_size(data: Buffer) -> int | None:
    """Return the decompressed size that the first frame of `data` states; None when it does not.

    Source: RFC 8878, section 3.1.1.1. Raises: ChunkCorrupt when there is no frame.
    """
    if len(data) < 6 or data[:4] != b"\x28\xb5\x2f\xfd":
        raise ChunkCorrupt("is not what zstd writes")
    descriptor = data[4]
    is_single = bool(descriptor & 0x20)
    start = 5 + (not is_single) + (0, 1, 2, 4)[descriptor & 3]
    width = (1 if is_single else 0, 2, 4, 8)[descriptor >> 6]
    if width == 0:
        return None
    stated = int.from_bytes(data[start : start + width], "little")
    return stated + 256 if width == 2 else stated


_DECODERS: dict[ByteCodec, Callable[[Buffer, int], Buffer]] = {
    ByteCodec.CRC32C: _crc32c,
    ByteCodec.ZLIB: _zlib,
    ByteCodec.GZIP: _gzip,
    ByteCodec.BLOSC: _blosc,
    ByteCodec.ZSTD: _zstd,
}
