"""One plane of prediction and truth of a case, read in tiles of bounded size."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import BLOCK_ELEMENTS, Block, Region, regions
from evaluator.inside.drawing.deadline import Deadline
from evaluator.metrics.comparison import Comparison
from evaluator.plans import ExtraAxis

MAX_CANDIDATES = 9
MAX_SIDE = 512  # pixels
_MAX_COLOURS = 4


@dataclass(frozen=True)
class Tile:
    """A part of the plane at `rows` and `columns`; `valid` says what is scored, None: all."""

    rows: slice
    columns: slice
    predicted: Block
    true: Block
    valid: Block | None


@dataclass(frozen=True)
class Frame:
    """Which axes of a truth are drawn: the last two, or the two before a short one of colours.

    Of colours only the first is drawn.
    """

    shape: tuple[int, ...]

    @property
    def _has_colours(self) -> bool:
        shape = self.shape
        return len(shape) > 2 and shape[-1] <= _MAX_COLOURS < min(shape[-3:-1])

    @property
    def lengths(self) -> tuple[int, ...]:
        """Lengths of the axes that are not drawn, without that of colours."""
        return self.shape[: -3 if self._has_colours else -2]

    @property
    def height(self) -> int:
        """Rows of the plane."""
        return self.shape[len(self.lengths)]

    @property
    def width(self) -> int:
        """Columns of the plane."""
        return self.shape[len(self.lengths) + 1]

    @property
    def step(self) -> int:
        """Of how many rows and columns one is drawn."""
        return -(-max(self.height, self.width) // MAX_SIDE)

    def index(self, number: int) -> tuple[int, ...]:
        """Return the index, along the axes that are not drawn, of the plane `number`."""
        if not self.lengths:
            return ()
        return tuple(int(at) for at in np.unravel_index(number, self.lengths))

    def candidates(self) -> list[int]:
        """Return numbers of planes evenly spread, in order; all of them where they are few."""
        total = math.prod(self.lengths)
        count = min(total, MAX_CANDIDATES)
        return [(2 * number + 1) * total // (2 * count) for number in range(count)]

    def region(self, number: int, rows: slice, columns: slice) -> Region:
        """Return the region of the array that is a part of the plane `number`."""
        lead = tuple(slice(at, at + 1) for at in self.index(number))
        return (*lead, rows, columns, *((slice(0, 1),) if self._has_colours else ()))

    def parts(self, share: int) -> Iterator[Region]:
        """Return rows and columns of tiles; `share` tiles together are of bounded size."""
        return regions((self.height, self.width), max(1, BLOCK_ELEMENTS // max(share, 1)))


def can_be_drawn(shape: tuple[int, ...]) -> bool:
    """True for an array that has a plane with something on it."""
    return len(shape) >= 2 and 0 not in shape


def fullest_plane(case: Comparison, frame: Frame, deadline: Deadline) -> int:
    """Return the number of the plane with most foreground in the truth, of a few that are tried.

    Of equally full ones the one nearest to the middle. Raises: OutOfTime, TruthInvalid.
    """
    best, most, middle = 0, -1, math.prod(frame.lengths) // 2
    for number in frame.candidates():
        found = 0
        for rows, columns in frame.parts(share=1):
            deadline.check()
            found += int(np.count_nonzero(case.truth.read(frame.region(number, rows, columns))))
        if found > most or (found == most and abs(number - middle) < abs(best - middle)):
            best, most = number, found
    return best


def middle_plane(frame: Frame) -> int:
    """Return the number of the plane in the middle."""
    return math.prod(frame.lengths) // 2


def tiles(
    case: Comparison, frame: Frame, number: int, *, axis: ExtraAxis | None, deadline: Deadline
) -> Iterator[Tile]:
    """Yield the tiles of a plane; of probabilities the likeliest class, of an ensemble its mean.

    Raises: OutOfTime, ArrayInvalid, TruthInvalid, TruthUnfit.
    """
    extra = _extra_length(case, axis)
    for rows, columns in frame.parts(share=extra):
        deadline.check()
        region = frame.region(number, rows, columns)
        true = case.truth.read(region)
        valid = case.valid(true, region)
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        yield Tile(
            rows=rows,
            columns=columns,
            predicted=_predicted(case, region, axis, extra).reshape(shape),
            true=true.reshape(shape),
            valid=None if valid is None else valid.reshape(shape),
        )


def _extra_length(case: Comparison, axis: ExtraAxis | None) -> int:
    if axis is None:
        return 1
    return case.predicted.shape[0 if axis is ExtraAxis.MEMBER else -1]


def _predicted(case: Comparison, region: Region, axis: ExtraAxis | None, extra: int) -> Block:
    whole = slice(0, extra)
    match axis:
        case None:
            return case.predicted.read(region)
        case ExtraAxis.CLASS:
            likeliest: Block = case.predicted.read((*region, whole)).argmax(axis=-1)
            return likeliest
        case ExtraAxis.MEMBER:
            members = case.predicted.read((whole, *region))
            mean: Block = members.mean(axis=0, dtype=np.float64)
            return mean
