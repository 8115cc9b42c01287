"""From two stored volumes to their pieces: tile by tile, so that no volume is ever in memory."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from evaluator.arrays.base import Block, Region
from evaluator.arrays.tiles import are_in_order, tiles
from evaluator.metrics.cellmap.labels import label_blocks
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.kernels.components import Runs, find_runs, join, number_components
from evaluator.metrics.kernels.pieces import (
    LONGEST_AXIS,
    Cuts,
    Numbers,
    Pieces,
    cut,
    number,
    place,
)

_PIECE_BYTES = 64  # of one piece, or of one label: where it lies, its run, its copies on the way
# Objects have about one piece for 20 elements, noise of two labels one for 4, of many one for each.
_ELEMENTS_PER_PIECE = 3
_ALWAYS_PIECES = 1024**2
_AXES = 3


@dataclass(frozen=True)
class CutVolumes:
    """The pieces of a case, their predicted labels being numbers of components.

    `true_ids` (uint64, ascending) are the labels of the truth; object k of the pieces is
    `true_ids[k - 1]`.
    """

    shape: tuple[int, int, int]
    pieces: Pieces
    true_ids: Numbers
    components: int


@dataclass(frozen=True)
class _Tile:
    """The pieces of one box, and the labels behind their numbers."""

    region: Region  # with three axes
    cuts: Cuts
    true_ids: Numbers
    predicted_ids: Numbers


def cut_volumes(case: Comparison, profile: str) -> CutVolumes:
    """Return the pieces of a case with a prediction.

    Components are the 26-connected regions (8-connected ones of a plane) of one predicted label,
    numbered in the order of their first elements.
    Raises: ValuesUnfit for a prediction, TruthUnfit for a truth that cannot be cut; ArrayInvalid.
    """
    shape = _three_axes(case)
    pieces, true_ids = _placed(shape, list(_cut_tiles(case, profile)), case.work)
    components = _join_all(pieces, shape, case.work)
    return CutVolumes(shape, pieces, true_ids, components)


def true_objects(case: Comparison, profile: str) -> int:
    """Return how many labels the truth has, background aside. Raises: TruthUnfit."""
    _three_axes(case)
    return int(_all_ids([tile.true_ids for tile in _cut_tiles(case, profile)]).size)


def _three_axes(case: Comparison) -> tuple[int, int, int]:
    shape = case.truth.shape
    if not 1 <= len(shape) <= _AXES:
        raise TruthUnfit(f"has {len(shape)} axes; objects are told apart along one to three")
    if max(shape) > LONGEST_AXIS:
        raise TruthUnfit(f"has an axis of {max(shape)} elements; the longest may have 65535")
    depth, height, width = (1,) * (_AXES - len(shape)) + shape
    return depth, height, width


def _cut_tiles(case: Comparison, profile: str) -> Iterator[_Tile]:
    arrays = [array for array in (case.prediction, case.truth) if array is not None]
    run = map if are_in_order(arrays) else case.work.map
    room = _Room.of(case)

    def take(region: Region) -> _Tile:
        return _cut_tile(region, *label_blocks(case, region, profile), room)

    return run(take, tiles(arrays))


@dataclass
class _Room:
    """How many pieces and labels there may still be, for all threads."""

    left: int
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, case: Comparison) -> "_Room":
        most = max(_ALWAYS_PIECES, math.prod(case.truth.shape) // _ELEMENTS_PER_PIECE)
        return cls(min(most, case.work.room_bytes // _PIECE_BYTES))

    def take(self, count: int) -> None:
        """Take some of what is left. Raises: ValuesUnfit."""
        with self._lock:
            self.left -= count
        if self.left < 0:
            raise ValuesUnfit(
                "is too ragged to be scored: its labels change too often from one element to the "
                "next; give each object one label, and remove noise."
            )


def _cut_tile(region: Region, true: Block, predicted: Block, room: _Room) -> _Tile:
    region = (slice(0, 1),) * (_AXES - len(region)) + region
    rows = (math.prod(true.shape[:-1]), true.shape[-1])
    cuts = _cut_rows(true.reshape(rows), predicted.reshape(rows), region[-1].start)
    room.take(cuts.begin.size)
    numbers = [np.empty(cuts.begin.size, np.int32) for _ in range(2)]
    true_ids = number(cuts.true, numbers[0])
    predicted_ids = number(cuts.predicted, numbers[1])
    room.take(predicted_ids.size)
    numbered = Cuts(cuts.counts, cuts.begin, cuts.end, *numbers)
    return _Tile(region, numbered, true_ids, predicted_ids)


def _cut_rows(true: Block, predicted: Block, offset: int) -> Cuts:
    rows, length = true.shape
    cuts = _room_for(Cuts(np.empty(rows, np.int32), *_NO_PIECES), 8 * rows + 2 * length)
    state = np.zeros(2, np.int64)
    cut(true, predicted, offset, state, cuts)
    while state[0] < rows:
        cuts = _room_for(cuts, 2 * cuts.begin.size)
        cut(true, predicted, offset, state, cuts)
    return Cuts(cuts.counts, *(column[: state[1]].copy() for column in cuts[1:]))


_NO_PIECES = tuple(np.empty(0, dtype) for dtype in (np.uint16, np.uint16, np.uint64, np.uint64))


def _room_for(cuts: Cuts, pieces: int) -> Cuts:
    grown = []
    for column in cuts[1:]:
        longer = np.empty(pieces, column.dtype)
        longer[: column.size] = column
        grown.append(longer)
    return Cuts(cuts.counts, *grown)


def _all_ids(parts: Sequence[Numbers]) -> Numbers:
    """Return the labels of all tiles, ascending, without background."""
    found = np.concatenate([part[1:] for part in parts])
    found.sort()  # numpy.unique would take minutes for millions of them
    is_first = np.ones(found.size, np.bool_)
    np.not_equal(found[1:], found[:-1], out=is_first[1:])
    return found[is_first]


def _placed(
    shape: tuple[int, int, int], cut_tiles: Sequence[_Tile], work: Work
) -> tuple[Pieces, Numbers]:
    """Return the pieces of all tiles in the order of the elements, and the labels of the truth."""
    true_ids = _all_ids([tile.true_ids for tile in cut_tiles])
    predicted_ids = _all_ids([tile.predicted_ids for tile in cut_tiles])
    columns = sorted({tile.region[2].start for tile in cut_tiles})
    counts = np.zeros((*shape[:2], len(columns)), np.int32)
    for tile in cut_tiles:
        band = counts[tile.region[0], tile.region[1], columns.index(tile.region[2].start)]
        band[...] = tile.cuts.counts.reshape(band.shape)
    ends = np.cumsum(counts, dtype=np.int64).reshape(counts.shape)
    starts = np.append(0, ends[..., -1])
    size = int(starts[-1])
    kinds = (np.uint16, np.uint16, np.int32, np.int32)
    pieces = Pieces(starts, *(np.empty(size, kind) for kind in kinds))

    def copy(tile: _Tile) -> None:
        box = (tile.region[0], tile.region[1], columns.index(tile.region[2].start))
        at = (ends[box] - counts[box]).ravel()
        tables = _table(true_ids, tile.true_ids), _table(predicted_ids, tile.predicted_ids)
        place(tile.cuts, at, *tables, pieces)

    for _ in work.map(copy, cut_tiles):
        pass
    return pieces, true_ids


def _table(all_ids: Numbers, ids: Numbers) -> Numbers:
    """Return the number among all labels for each label of a tile; the first is background."""
    table = np.searchsorted(all_ids, ids).astype(np.int32) + np.int32(1)
    table[0] = 0
    return table


def _join_all(pieces: Pieces, shape: tuple[int, int, int], work: Work) -> int:
    """Turn predicted labels into components, bands of rows side by side; return their number."""
    rows, per_plane = shape[0] * shape[1], shape[1]
    columns = [np.empty_like(column) for column in (pieces.begin, pieces.end, pieces.predicted)]
    runs = Runs(np.empty(rows, np.int32), *columns)
    parents = np.arange(pieces.begin.size, dtype=np.int32)
    edges = np.linspace(0, rows, work.threads + 1).astype(np.int64).tolist()

    def join_band(band: tuple[int, int]) -> None:
        find_runs(pieces, runs, *band)
        join(pieces.starts, runs, parents, (*band, per_plane), band)

    bands = list(itertools.pairwise(edges))
    for _ in work.map(join_band, bands):
        pass
    for first, behind in bands[1:]:
        reach = min(behind, first + per_plane + 1)  # the last row with neighbours in other bands
        join(pieces.starts, runs, parents, (first, reach, per_plane), (0, first))
    return number_components(pieces, runs, parents)
