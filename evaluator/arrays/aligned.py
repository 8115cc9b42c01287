"""An array in the grid of another, by physical coordinates: cropped, padded, resampled nearest."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluator.arrays.base import BLOCK_ELEMENTS, Array, Block, Region
from evaluator.arrays.held import held
from evaluator.arrays.layout import Frame, Layout

_TIE = 1e-6  # of an element: what rounding adds to a position that lies half way


@dataclass(frozen=True)
class AxisMap:
    """Where the elements of one axis come from: element `start + i` from element `indices[i]`.

    Elements before `start`, and from `start + len(indices)` on, come from nowhere.
    """

    start: int
    indices: np.ndarray[Any, np.dtype[np.int64]]

    @property
    def stop(self) -> int:
        """The first element behind those that come from somewhere."""
        return self.start + len(self.indices)

    @property
    def is_shift(self) -> bool:
        """True when neighbours come from neighbours."""
        return len(self.indices) == 0 or bool(
            self.indices[-1] - self.indices[0] == len(self.indices) - 1
        )


def nearest(count: int, source_count: int, *, step: float, offset: float) -> AxisMap:
    """Return the map of an axis of `count` elements onto one of `source_count`.

    Element i lies at position `offset + i * step`, counted in elements of the source, where the
    centre of element j is at j. It comes from the nearest of them, from the lower one of two; from
    nowhere when that is outside the source.
    """
    positions = offset + step * np.arange(count, dtype=np.float64)
    found = np.ceil(positions - 0.5 - _TIE)
    first, last = np.searchsorted(found, [0, source_count])
    return AxisMap(int(first), found[first:last].astype(np.int64))


class AlignedArray:
    """An array whose elements come from another by one map per axis; `fill` is everywhere else."""

    def __init__(
        self,
        array: Array,
        maps: Sequence[AxisMap],
        shape: tuple[int, ...],
        *,
        fill: float,
        remarks: tuple[str, ...] = (),
    ) -> None:
        self._array = held(array)
        self._maps = tuple(maps)
        self._fill = fill
        self._remarks = remarks
        self.name = array.name
        self.shape = shape
        self.dtype = _holding(array.dtype, fill)
        self.layout = Layout(
            chunks=self._chunks(),
            held_bytes=self._array.layout.held_bytes,
            frame=Frame(axes=array.layout.frame.axes),
        )

    def notes(self) -> tuple[str, ...]:
        """Return the notes of the array, and what was remarked about its place."""
        return self._array.notes() + self._remarks

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        inside = tuple(
            slice(max(part.start, axis.start), min(part.stop, axis.stop))
            for part, axis in zip(region, self._maps, strict=True)
        )
        if any(part.start >= part.stop for part in inside):
            return np.full(_lengths(region), self._fill, self.dtype)
        if inside == region and self._fits_at_once(region):
            return self._resampled(region).astype(self.dtype, copy=False)
        block: Block = np.full(_lengths(region), self._fill, self.dtype)
        for part in self._parts(inside):
            place = tuple(
                slice(one.start - whole.start, one.stop - whole.start)
                for one, whole in zip(part, region, strict=True)
            )
            block[place] = self._resampled(part)
        return block

    def release(self) -> None:
        """Let go of what the array keeps."""
        self._array.release()

    def _parts(self, region: Region) -> Iterator[Region]:
        """Yield boxes of `region`, each from a box of the source that memory allows."""
        if self._fits_at_once(region):
            yield region
            return
        axis = int(np.argmax([s.stop - s.start for s in self._source(region)]))
        part = region[axis]
        middle = (part.start + part.stop) // 2
        for half in (slice(part.start, middle), slice(middle, part.stop)):
            yield from self._parts((*region[:axis], half, *region[axis + 1 :]))

    def _fits_at_once(self, region: Region) -> bool:
        needed = math.prod(_lengths(self._source(region)))
        return needed <= BLOCK_ELEMENTS or needed <= 2 * math.prod(_lengths(region))

    def _source(self, region: Region) -> Region:
        """Return the box of the source that the elements of `region` come from."""
        ends = (
            axis.indices[[part.start - axis.start, part.stop - axis.start - 1]].tolist()
            for part, axis in zip(region, self._maps, strict=True)
        )
        return tuple(slice(first, last + 1) for first, last in ends)

    def _resampled(self, region: Region) -> Block:
        source = self._source(region)
        block = self._array.read(source)
        picks = [
            axis.indices[part.start - axis.start : part.stop - axis.start] - box.start
            for part, axis, box in zip(region, self._maps, source, strict=True)
        ]
        # Along axes that shrink first, and outer ones first: fewer elements are left to move then.
        for axis in sorted(range(len(picks)), key=lambda axis: _growth(picks[axis])):
            block = _taken(block, picks[axis], axis)
        return np.asarray(block, order="C")

    def _chunks(self) -> tuple[int, ...] | None:
        """Return the chunks of the array where they lie in the same places here."""
        chunks = self._array.layout.chunks
        if chunks is None:
            return None
        stays = (
            axis.is_shift and len(axis.indices) and (axis.indices[0] - axis.start) % chunk == 0
            for axis, chunk in zip(self._maps, chunks, strict=True)
        )
        return chunks if all(stays) else None


def _growth(pick: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    return len(pick) / (int(pick[-1]) + 1)


def _taken(block: Block, pick: np.ndarray[Any, np.dtype[np.int64]], axis: int) -> Block:
    """Return the elements at `pick`, which ascends, along one axis."""
    steps = np.diff(pick)
    if len(steps) == 0 or bool((steps == steps[0]).all()):
        step = int(steps[0]) if len(steps) else 1
        if step > 0:
            return block[(slice(None),) * axis + (slice(None, None, step),)]
    taken: Block = np.take(block, pick, axis)
    return taken


def _lengths(region: Region) -> list[int]:
    return [part.stop - part.start for part in region]


def _holding(dtype: np.dtype[Any], fill: float) -> np.dtype[Any]:
    """Return the dtype, or the smallest above it that can hold `fill` too."""
    plain = dtype.newbyteorder("=")
    if plain.kind == "f":
        return plain
    whole = np.min_scalar_type(int(fill) if float(fill).is_integer() else fill)
    if plain.kind == "b":
        return plain if fill in {0, 1} else whole
    can_hold = whole.kind != "f" and np.iinfo(plain).min <= fill <= np.iinfo(plain).max
    return plain if can_hold else np.promote_types(plain, whole)
