"""Pieces of arrays that threads take side by side, cut where the arrays' own chunks end."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence

from evaluator.arrays.base import Array, Region, regions

TILE_ELEMENTS = 2 * 1024**2  # two tiles of 32-bit labels in two threads: 32 MiB
_SMALL_TILE = 256 * 1024  # below it, the way to the next tile costs more than the tile


def tiles(arrays: Sequence[Array], limit: int = TILE_ELEMENTS) -> Iterator[Region]:
    """Yield boxes of at most `limit` elements that cover the one shape of `arrays`.

    Each chunk lies inside one box where it fits; the boxes of one that does not follow each other.
    Where an array has to be read in order, the boxes are `regions`, which are.
    """
    shape = arrays[0].shape
    chunks = [array.layout.chunks for array in arrays if array.layout.chunks is not None]
    if not chunks or any(array.layout.in_order for array in arrays):
        return regions(shape, limit)
    boxes = _boxes(shape, _box(shape, chunks, limit))
    return itertools.chain.from_iterable(_parts(box, limit) for box in boxes)


def are_in_order(arrays: Iterable[Array]) -> bool:
    """True when one of the arrays has to be read from its start to its end, by one thread."""
    return any(array.layout.in_order for array in arrays)


def _box(shape: tuple[int, ...], chunks: Sequence[tuple[int, ...]], limit: int) -> list[int]:
    """Return the lengths of a box: common multiples of the chunks, or the larger chunk."""
    common = [math.lcm(*lengths) for lengths in zip(*chunks, strict=True)]
    box = [min(*pair) for pair in zip(common, shape, strict=True)]
    if math.prod(box) > limit:
        largest = max(chunks, key=math.prod)
        box = [min(*pair) for pair in zip(largest, shape, strict=True)]
    for axis in reversed(range(len(box))):
        while box[axis] < shape[axis] and 2 * math.prod(box) <= _SMALL_TILE:
            box[axis] = min(2 * box[axis], shape[axis])
    return [max(length, 1) for length in box]


def _parts(box: Region, limit: int) -> Iterator[Region]:
    """Yield `box`, or its parts where it is too large."""
    lengths = tuple(part.stop - part.start for part in box)
    for region in regions(lengths, limit):
        yield tuple(
            slice(part.start + whole.start, part.stop + whole.start)
            for part, whole in zip(region, box, strict=True)
        )


def _boxes(shape: tuple[int, ...], box: Sequence[int]) -> Iterator[Region]:
    starts = (range(0, length, step) for length, step in zip(shape, box, strict=True))
    for corner in itertools.product(*starts):
        yield tuple(
            slice(start, min(start + step, length))
            for start, step, length in zip(corner, box, shape, strict=True)
        )
