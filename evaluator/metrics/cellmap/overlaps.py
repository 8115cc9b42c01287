"""How many elements true objects and components share."""

import itertools
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.cellmap.pieces import CutVolumes
from evaluator.metrics.comparison import Work
from evaluator.metrics.kernels.overlaps import count_pairs
from evaluator.metrics.kernels.pieces import Numbers

MOST_OVERLAPS = 5_000_000  # of one case; the limit of the challenge's own scorer

_BANDS = 4  # for each thread
_SHIFT, _LOW = 32, 2**32 - 1


@dataclass(frozen=True)
class Sizes:
    """What is known of each object of one side; object k is at index k, background at 0."""

    elements: Numbers  # int64
    coordinate_sums: Numbers  # int64, of z + y + x in elements
    first_pieces: Numbers  # int64

    def ranks(self) -> Numbers:
        """Return an order of the objects that knows nothing of their labels.

        Nor of the axes' order, unless two objects mirror each other.
        """
        ranks = np.empty(self.elements.size, np.int64)
        order = np.lexsort((self.first_pieces, self.coordinate_sums))
        ranks[order] = np.arange(order.size)
        return ranks


@dataclass(frozen=True)
class Overlaps:
    """Pairs of a true object and a component that share elements: parallel arrays of int64.

    Sorted by true object, then component. `true` and `predicted` tell of the objects themselves.
    """

    true_objects: Numbers
    components: Numbers
    elements: Numbers
    true: Sizes
    predicted: Sizes

    def unions(self) -> Numbers:
        """Return the elements of both objects of each pair together."""
        true = self.true.elements[self.true_objects]
        predicted = self.predicted.elements[self.components]
        return true + predicted - self.elements


def count_overlaps(volumes: CutVolumes, work: Work) -> Overlaps:
    """Count in one pass over the pieces, bands of rows side by side."""
    depth, height, _ = volumes.shape
    edges = np.linspace(0, depth * height, _BANDS * work.threads + 1).astype(np.int64).tolist()

    def count(band: tuple[int, int]) -> Numbers:
        return count_pairs(volumes.pieces, height, *band)

    table = _merged(np.concatenate(list(work.map(count, itertools.pairwise(edges)))))
    true, predicted = table[:, 0] >> _SHIFT, table[:, 0] & _LOW
    is_pair = (true > 0) & (predicted > 0)
    return Overlaps(
        true[is_pair],
        predicted[is_pair],
        table[is_pair, 1],
        _sizes(true, table, volumes.true_ids.size),
        _sizes(predicted, table, volumes.components),
    )


def _merged(table: Numbers) -> Numbers:
    """Return one row for each pair, sorted by pair; the columns are those of `count_pairs`."""
    table = table[np.lexsort((table[:, 3], table[:, 0]))]
    starts = np.flatnonzero(np.append(True, table[1:, 0] != table[:-1, 0])[: table.shape[0]])
    sums = np.add.reduceat(table[:, 1:3], starts, axis=0) if starts.size else table[:, 1:3]
    return np.column_stack([table[starts, 0], sums, table[starts, 3]])


def _sizes(numbers: Numbers, table: Numbers, objects: int) -> Sizes:
    elements, sums = np.zeros((2, objects + 1), np.int64)
    first = np.full(objects + 1, np.iinfo(np.int64).max)
    np.add.at(elements, numbers, table[:, 1])
    np.add.at(sums, numbers, table[:, 2])
    np.minimum.at(first, numbers, table[:, 3])
    return Sizes(elements, sums, first)
