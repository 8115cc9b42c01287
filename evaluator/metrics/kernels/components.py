"""Loops that join the pieces of one predicted label into connected components."""

from typing import Any, NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.kernels.pieces import Numbers, Pieces


class Runs(NamedTuple):
    """The predicted pieces of each row, neighbours of one label as one run.

    Row r has `counts[r]` runs from `Pieces.starts[r]` on; what lies behind them is unused.
    """

    counts: Numbers  # int32, one number per row
    begin: Numbers  # uint16
    end: Numbers  # uint16
    labels: Numbers  # int32


@kernel
def find_runs(pieces: Pieces, runs: Runs, first_row: int, behind: int) -> None:
    """Fill in the runs of some rows."""
    for row in range(first_row, behind):
        run, last_end, last = pieces.starts[row] - 1, -1, 0
        for piece in range(pieces.starts[row], pieces.starts[row + 1]):
            label = pieces.predicted[piece]
            if label == 0:
                continue
            if label != last or pieces.begin[piece] != last_end:
                run += 1
                runs.begin[run], runs.labels[run] = pieces.begin[piece], label
            last_end, last = pieces.end[piece], label
            runs.end[run] = last_end
        runs.counts[row] = run + 1 - pieces.starts[row]


@kernel
def _root(parents: Numbers, run: Any) -> Any:
    while parents[run] != run:
        parents[run] = parents[parents[run]]
        run = parents[run]
    return run


@kernel
def _join(parents: Numbers, one: Any, other: Any) -> None:
    """Make one component of two runs; its first run names it."""
    if parents[one] == parents[other]:
        return
    one, other = _root(parents, one), _root(parents, other)
    if one < other:
        parents[other] = one
    else:
        parents[one] = other


@kernel
def _join_rows(runs: Runs, parents: Numbers, one: Any, other: Any) -> None:
    """Join runs of two rows (first run, behind the last) that touch, be it across a corner."""
    begin, end, labels = runs.begin, runs.end, runs.labels
    i, j = one[0], other[0]
    while i < one[1] and j < other[1]:
        if labels[i] == labels[j] and begin[i] <= end[j] and begin[j] <= end[i]:
            _join(parents, i, j)
        if end[i] < end[j]:
            i += 1
        elif end[j] < end[i]:
            j += 1
        else:
            if i + 1 < one[1] and begin[i + 1] == end[j] and labels[i + 1] == labels[j]:
                _join(parents, i + 1, j)
            if j + 1 < other[1] and begin[j + 1] == end[i] and labels[j + 1] == labels[i]:
                _join(parents, i, j + 1)
            i += 1
            j += 1


@kernel
def join(starts: Numbers, runs: Runs, parents: Numbers, rows: Any, others: Any) -> None:
    """Join the runs of `rows` with touching ones of those neighbours that lie in `others`.

    Both are (first, behind the last); `rows` has the rows per plane in addition. A neighbour is
    the row before, or one of the three of the plane before: together with those that come after,
    26-connectivity. `parents` leads each run to an earlier one of its component, or to itself.
    """
    first, behind, per_plane = rows
    for row in range(first, behind):
        own = (starts[row], starts[row] + runs.counts[row])
        for step in range(4):
            dy = step - 2 if step > 0 else -1
            other = row + dy - (per_plane if step > 0 else 0)
            if 0 <= row % per_plane + dy < per_plane and others[0] <= other < others[1]:
                _join_rows(runs, parents, own, (starts[other], starts[other] + runs.counts[other]))


@kernel
def number_components(pieces: Pieces, runs: Runs, parents: Numbers) -> int:
    """Replace predicted labels by component numbers from 1, and return how many there are.

    Components are numbered in the order of their first elements.
    """
    count = 0
    for row in range(runs.counts.size):
        run, last_end, last = pieces.starts[row] - 1, -1, 0
        for piece in range(pieces.starts[row], pieces.starts[row + 1]):
            label = pieces.predicted[piece]
            if label == 0:
                continue
            if label != last or pieces.begin[piece] != last_end:
                run += 1
                if parents[run] == run:
                    count += 1
                    runs.labels[run] = count
                else:
                    runs.labels[run] = runs.labels[parents[run]]
            last_end, last = pieces.end[piece], label
            pieces.predicted[piece] = runs.labels[run]
    return count


def warm() -> None:
    """Compile for all types that are used."""
    starts, numbers, place = np.array([0, 1]), np.ones(1, np.int32), np.ones(1, np.uint16)
    pieces = Pieces(starts, place, place, numbers, numbers.copy())
    runs = Runs(numbers.copy(), place.copy(), place.copy(), numbers.copy())
    find_runs(pieces, runs, 0, 1)
    join(starts, runs, np.zeros(1, np.int32), (0, 1, 1), (0, 1))
    number_components(pieces, runs, np.zeros(1, np.int32))
