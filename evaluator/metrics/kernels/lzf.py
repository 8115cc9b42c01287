"""LZF, the compression that h5py adds to HDF5. Source: liblzf by Marc Lehmann, lzf_d.c."""

import numpy as np

from evaluator.arrays.base import Block
from evaluator.metrics.kernels.compiler import kernel

DAMAGED = -1


@kernel
def unpack(source: Block, plain: Block) -> int:
    """Fill `plain` from `source`, both uint8 of one axis; return how many bytes that were.

    DAMAGED when `source` is cut off, points before its start, or holds more than `plain` takes.
    """
    place, filled = 0, 0
    while place < source.size:
        control = int(np.int64(source[place]))
        place += 1
        if control < 32:  # bytes as they are
            length = control + 1
            if place + length > source.size or filled + length > plain.size:
                return DAMAGED
            for step in range(length):
                plain[filled + step] = source[place + step]
            place += length
        else:  # bytes that came before; they may overlap what they become
            length = (control >> 5) + 2
            if length == 9:
                if place >= source.size:
                    return DAMAGED
                length += int(np.int64(source[place]))
                place += 1
            if place >= source.size:
                return DAMAGED
            start = filled - ((control & 31) << 8) - int(np.int64(source[place])) - 1
            place += 1
            if start < 0 or filled + length > plain.size:
                return DAMAGED
            for step in range(length):
                plain[filled + step] = plain[start + step]
        filled += length
    return filled


def warm() -> None:
    """Compile for the types that readers call with."""
    unpack(np.frombuffer(b"\0a", np.uint8), np.zeros(1, np.uint8))
