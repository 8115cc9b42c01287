"""Weighted sums over the points of an ensemble, a few dozen points at a time."""

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values

_POINTS = 128  # sorted side by side: with 50 members of 32 bits they take 25 KiB


@kernel
def ensemble_sums(members: Values, truth: Values, weights: Values, start: int, stop: int) -> Values:
    """Return four weighted sums over the points from `start` to `stop`.

    `members` is (member, point), `truth` (point,), both float32 or float64; `weights` is float64
    (point,). Summed are, with x the members and y the truth: the mean of |x - y|; the sum of
    |x_i - x_j| over all pairs i < j; the sum of (x - mean x)²; (mean x - y)².
    """
    count = members.shape[0]
    tile = np.zeros((count, _POINTS), members.dtype)
    true = np.zeros(_POINTS)
    values = np.empty((4, _POINTS))
    nought = np.empty(_POINTS)  # not 0 but NaN where a member is not finite: sorting may lose it
    sums = np.zeros(4)
    for first in range(start, stop, _POINTS):
        width = min(_POINTS, stop - first)
        for x in range(width):
            true[x] = truth[first + x]
        nought[:] = 0.0
        for member in range(count):
            for x in range(width):
                tile[member, x] = members[member, first + x]
                nought[x] += 0.0 * tile[member, x]
        _sort(tile)
        _measure(tile, true, values)
        for x in range(width):
            values[0, x] += nought[x]
        for index in range(4):
            for x in range(width):
                sums[index] += weights[first + x] * values[index, x]
    return sums


@kernel
def _sort(tile: Values) -> None:
    """Sort the members of each point by a network, whose steps are the same for all points.

    Source: Batcher 1968, AFIPS 32:307, for any number of rows as in Knuth 1998, The Art of
    Computer Programming 3, algorithm 5.2.2M.
    """
    count = tile.shape[0]
    top = 1
    while 2 * top < count:
        top *= 2
    step = top
    while step > 0:
        outer, offset, distance = top, 0, step
        while True:
            for row in range(count - distance):
                if row & step == offset:
                    _order(tile, row, row + distance)
            if outer == step:
                break
            distance, outer, offset = outer - step, outer // 2, step
        step //= 2


@kernel
def _order(tile: Values, low: int, high: int) -> None:
    for x in range(_POINTS):
        one, other = tile[low, x], tile[high, x]
        tile[low, x] = min(one, other)
        tile[high, x] = max(one, other)


@kernel
def _measure(tile: Values, true: Values, values: Values) -> None:
    """Put the four values of each point into `values`, from sorted members."""
    count = tile.shape[0]
    mean, absolute, pairs, squares = np.zeros(_POINTS), values[0], values[1], values[2]
    values[:] = 0.0
    share = 1.0 / count
    for member in range(count):
        rank = 2.0 * member - (count - 1)  # how often more it is the larger one of a pair
        for x in range(_POINTS):
            error = tile[member, x] - true[x]
            mean[x] += share * error
            absolute[x] += share * abs(error)
            pairs[x] += rank * error
    for member in range(count):
        for x in range(_POINTS):
            off = tile[member, x] - true[x] - mean[x]
            squares[x] += off * off
    for x in range(_POINTS):
        values[3, x] = mean[x] * mean[x]


def warm() -> None:
    """Compile for all types that are used."""
    for dtype in (np.float32, np.float64):
        ensemble_sums(np.ones((2, 1), dtype), np.ones(1, dtype), np.ones(1), 0, 1)
