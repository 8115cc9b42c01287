"""What decoding the chunks of an array may come to, told before any of them is decoded."""

import math

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code

MAX_CHUNK_BYTES = 128 * 1024**2  # decoded; two such buffers fit into the smallest sandboxes
MAX_CHUNKS = 300_000  # an array of 4096^3 in chunks of 64^3 has 262 144
# Looking for a chunk takes as long as decoding some thousand elements, even if it is not there.
_ELEMENTS_PER_CHUNK, _ALWAYS_CHUNKS = 256, 1000
# Chunks a little longer than an array along three axes come to 8 times its size. Small arrays may
# have any chunks that are no larger than this.
_MOST_TIMES, _ALWAYS_BYTES = 8, 32 * 1024**2


def check_chunk(chunks: tuple[int, ...], item_bytes: int, name: str) -> None:
    """Do nothing when a chunk of the shape `chunks` may be decoded here. Raises: ArrayInvalid."""
    size = math.prod(chunks) * item_bytes
    if size > MAX_CHUNK_BYTES:
        raise ArrayInvalid(
            Code.CHUNK_TOO_LARGE,
            f"{name} has chunks, strips or tiles of shape {chunks}, {size} bytes each when "
            f"decoded; save it with at most {MAX_CHUNK_BYTES} bytes in each, for example 64 "
            "elements along each axis.",
        )


def check_grid(shape: tuple[int, ...], chunks: tuple[int, ...], item_bytes: int, name: str) -> None:
    """Do nothing when all chunks of an array may be decoded. Raises: ArrayInvalid."""
    count = _count(shape, chunks)
    most = min(MAX_CHUNKS, max(_ALWAYS_CHUNKS, math.prod(shape) // _ELEMENTS_PER_CHUNK))
    if count > most:
        raise invalid(
            f"{name} has {count} chunks of shape {chunks}; save it with larger chunks, {most} of "
            "them at most."
        )
    check_overhang(shape, chunks, item_bytes, name)


def check_overhang(
    shape: tuple[int, ...], chunks: tuple[int, ...], item_bytes: int, name: str
) -> None:
    """Do nothing when the chunks do not reach far beyond the array. Raises: ArrayInvalid.

    Each is decoded whole, and what compresses well costs nothing to upload.
    """
    needed = math.prod(shape) * item_bytes
    size = _count(shape, chunks) * math.prod(chunks) * item_bytes
    if size > _MOST_TIMES * needed + _ALWAYS_BYTES:
        raise ArrayInvalid(
            Code.CHUNK_TOO_LARGE,
            f"{name} has the shape {shape} in chunks, strips or tiles of {chunks}: decoded, they "
            f"take {size} bytes, where the array takes {needed}; save it with smaller ones.",
        )


def _count(shape: tuple[int, ...], chunks: tuple[int, ...]) -> int:
    return math.prod(-(-length // chunk) for length, chunk in zip(shape, chunks, strict=True))
