"""The plain bytes of a gzip file, as many as were promised."""

import zlib
from collections.abc import Iterator
from pathlib import Path

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code

MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 256 * 1024


def plain_pieces(path: Path, name: str, size: int | None = None) -> Iterator[bytes]:
    """Yield the unpacked bytes of the file at `path`, `size` of them when that is known.

    Raises: ArrayInvalid when they are more or fewer, or when the file is damaged or cut off.
    """
    produced = 0
    try:
        for piece in _unpacked(path):
            produced += len(piece)
            if size is not None and produced > size:
                raise _wrong_size(name, f"more than {size}", size)
            yield piece
    except (zlib.error, EOFError) as error:
        raise ArrayInvalid(
            Code.CHUNK_CORRUPT,
            f"{name} is a damaged or cut off gzip file; save it again and upload it whole.",
        ) from error
    if size is not None and produced != size:
        raise _wrong_size(name, str(produced), size)


def _wrong_size(name: str, found: str, size: int) -> ArrayInvalid:
    return invalid(
        f"{name} unpacks to {found} bytes, but its header promises {size}; save it again."
    )


def _unpacked(path: Path) -> Iterator[bytes]:
    """Yield pieces of bounded size. Raises: zlib.error; EOFError for a file that is cut off."""
    with path.open("rb") as file:
        rest = file.read(_PIECE_BYTES)
        while rest:
            engine = zlib.decompressobj(zlib.MAX_WBITS + 16)
            while not engine.eof:
                piece = engine.decompress(rest, _PIECE_BYTES)
                rest = engine.unconsumed_tail
                if piece:
                    yield piece  # there may be more of it without further input
                elif not rest and not engine.eof:
                    rest = file.read(_PIECE_BYTES)
                    if not rest:
                        raise EOFError
            # Some programs write several gzip files behind each other, or fill up with zeros.
            rest = (engine.unused_data or file.read(_PIECE_BYTES)).lstrip(b"\0")
