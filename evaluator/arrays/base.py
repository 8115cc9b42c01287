"""One interface for stored arrays, and the fixed order in which their blocks are read."""

import itertools
import math
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from evaluator.arrays.layout import Layout

# Any: shape and dtype are known only when the file is open. numpy.typing would take 6 ms to load.
Block = np.ndarray[Any, np.dtype[Any]]
Region = tuple[slice, ...]
Index = tuple[int, ...]  # of a chunk in the grid of chunks

BLOCK_ELEMENTS = 4 * 1024**2  # 32 MiB of the widest numbers that we read


class Array(Protocol):
    """A stored array. Opening it decodes no element."""

    @property
    def name(self) -> str:
        """The path by which its owner knows it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the axes, as stored."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Kind and width of the elements, in any byte order."""

    @property
    def layout(self) -> Layout:
        """What the metadata say about chunks, axes and the place in the world."""

    def notes(self) -> tuple[str, ...]:
        """Return sentences about oddities that can be told, and forgiven, without decoding.

        Raises: ArrayInvalid for those that cannot be forgiven.
        """

    def read(self, region: Region) -> Block:
        """Return the elements of `region` in C order and native byte order.

        Threads may ask at the same time, unless the layout is `in_order`. Asked for in the order
        of `regions(shape)`, everything stored is decoded once where memory allows.
        Raises: ArrayInvalid when the stored bytes cannot be decoded.
        """

    def release(self) -> None:
        """Let go of what is kept in memory for later reads; they only take longer then."""


def regions(shape: tuple[int, ...], limit: int = BLOCK_ELEMENTS) -> Iterator[Region]:
    """Yield the blocks that cover `shape`, in C order, each with at most `limit` elements.

    They depend on the shape alone, so sums over blocks do not depend on chunking or format. Each
    is one contiguous run of an array stored in C order.
    """
    steps = _steps(shape, limit)
    ranges = [range(0, length, step) for length, step in zip(shape, steps, strict=True)]
    for starts in itertools.product(*ranges):
        yield tuple(
            slice(start, min(start + step, length))
            for start, step, length in zip(starts, steps, shape, strict=True)
        )


def _steps(shape: tuple[int, ...], limit: int) -> list[int]:
    steps = []
    for axis, length in enumerate(shape):
        rest = math.prod(shape[axis + 1 :])
        fitting = max(1, limit // max(rest, 1))
        # A power of two falls together with the edges of most people's chunks.
        steps.append(length if fitting >= length else 2 ** (fitting.bit_length() - 1))
    return [max(step, 1) for step in steps]


def native(block: Block) -> Block:
    """Return `block` in C order and native byte order, copied only where it has to be."""
    # ascontiguousarray would give an array without axes one.
    plain: Block = np.asarray(block, dtype=block.dtype.newbyteorder("="), order="C")
    if plain.dtype == np.bool_:
        # A file may store any byte as a boolean; numpy would count a 2 as two.
        truths: Block = plain.view(np.uint8) != 0
        return truths
    return plain


class MemoryArray:
    """An array that is in memory already: a column of a table."""

    def __init__(self, name: str, values: Block) -> None:
        self.name = name
        self.shape: tuple[int, ...] = values.shape
        self.dtype = values.dtype
        self.layout = Layout()
        self._values = values

    def notes(self) -> tuple[str, ...]:
        """Return nothing: a table is checked while it is read."""
        return ()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        return native(self._values[region])

    def release(self) -> None:
        """Do nothing: nothing is kept."""
