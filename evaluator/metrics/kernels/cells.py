"""The Hausdorff distance of two objects, from their pieces alone.

Only elements of one object that the other one lacks have a distance. Each of them looks for an
element of the other object that is no further away than the largest distance found so far; the
search ends there, and nothing of the box around the objects is ever filled in.
"""

from typing import Any, NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.kernels.overlaps import Members
from evaluator.metrics.kernels.pieces import Numbers

_STEPS = (16, 1)  # a few pieces first: one far piece spares the search for all nearer ones


class Grid(NamedTuple):
    """How far apart elements are."""

    z: float  # along each axis
    y: float
    x: float
    stop: float  # squared distance above which no one asks how far exactly


class Target(NamedTuple):
    """The pieces of an object by their rows, within the box of rows that it takes up."""

    rows: Numbers  # int64, where each row of the box starts; one more at the end
    begin: Numbers
    end: Numbers
    z: int  # first plane and row of the box
    y: int
    depth: int
    height: int


@kernel
def _box(members: Members, pair: int) -> Any:
    """Return the first and the last z, y and x of an object."""
    first, behind = members.starts[pair - 1], members.starts[pair]
    low_y = low_x = np.int64(2**31)
    high_y = high_x = np.int64(-1)
    for piece in range(first, behind):
        y, x = np.int64(members.y[piece]), np.int64(members.begin[piece])
        end = np.int64(members.end[piece])
        low_y, high_y = min(low_y, y), max(high_y, y)
        low_x, high_x = min(low_x, x), max(high_x, end - 1)
    return (
        (np.int64(members.z[first]), low_y, low_x),
        (np.int64(members.z[behind - 1]), high_y, high_x),
    )


@kernel
def _least(one: Any, other: Any, grid: Grid) -> Any:
    """Return a squared distance that two objects have at least, seen from their boxes.

    The object whose box reaches further has an element there.
    """
    z = max(abs(one[0][0] - other[0][0]), abs(one[1][0] - other[1][0])) * grid.z
    y = max(abs(one[0][1] - other[0][1]), abs(one[1][1] - other[1][1])) * grid.y
    x = max(abs(one[0][2] - other[0][2]), abs(one[1][2] - other[1][2])) * grid.x
    return max(z * z, y * y, x * x)


@kernel
def _target(members: Members, pair: int, box: Any) -> Target:
    low_z, low_y, _ = box[0]
    depth, height = box[1][0] - low_z + 1, box[1][1] - low_y + 1
    rows = np.empty(depth * height + 1, np.int64)
    row = 0
    for piece in range(members.starts[pair - 1], members.starts[pair]):
        its_row = (np.int64(members.z[piece]) - low_z) * height + np.int64(members.y[piece]) - low_y
        while row <= its_row:
            rows[row] = piece
            row += 1
    rows[row:] = members.starts[pair]
    return Target(rows, members.begin, members.end, low_z, low_y, depth, height)


@kernel
def _search(target: Target, grid: Grid, spot: Any, nearest: Numbers, enough: float) -> None:
    """Find the nearest element of the target, or one that is no further than `enough`.

    `nearest` gets the squared distance from `spot` (z, y, x), that part of it which is across
    rows, the z and y in the box of the row where it was found, and the end of that piece.

    Rows are looked at in rings: first the spot's own row, or the box's nearest one; then those
    around the row of the last spot; then ring after ring around the first.
    """
    own = (
        min(max(spot[0] - target.z, 0), target.depth - 1),
        min(max(spot[1] - target.y, 0), target.height - 1),
    )
    last = (np.int64(nearest[2]), np.int64(nearest[3]))
    nearest[0] = np.inf
    gap = _across(target, grid, spot, own)
    width = min(grid.z, grid.y)
    for stage in range(3):
        middle = last if stage == 1 else own
        for ring in range(1 if stage == 0 else 2 if stage == 1 else 2**16):
            if stage == 2 and gap + (ring * width) ** 2 >= nearest[0]:
                return
            _search_ring(target, grid, spot, nearest, (middle[0], middle[1], ring, enough))
            if nearest[0] <= enough:
                return


@kernel
def _across(target: Target, grid: Grid, spot: Any, row: Any) -> Any:
    """Return the squared distance between the row of `spot` and a row (z, y) of the box."""
    z = (row[0] + target.z - spot[0]) * grid.z
    y = (row[1] + target.y - spot[1]) * grid.y
    return z * z + y * y


@kernel
def _search_ring(target: Target, grid: Grid, spot: Any, nearest: Numbers, around: Any) -> None:
    """Look at the rows of the box at `ring` steps from a row; `around` is z, y, ring, enough."""
    rows, begin, end = target.rows, target.begin, target.end
    middle_z, middle_y, ring, enough = around
    best, x = nearest[0], spot[2]
    for row_z in range(max(middle_z - ring, 0), min(middle_z + ring + 1, target.depth)):
        is_edge = abs(row_z - middle_z) == ring
        for row_y in range(middle_y - ring, middle_y + ring + 1, 1 if is_edge else 2 * ring):
            if not 0 <= row_y < target.height:
                continue
            across = _across(target, grid, spot, (row_z, row_y))
            at = row_z * target.height + row_y
            low, behind = rows[at], rows[at + 1]
            if low == behind or across >= best:
                continue
            first, high = low, behind  # bisect for the first piece that ends behind the spot
            while low < high:
                middle = (low + high) // 2
                if end[middle] <= x:
                    low = middle + 1
                else:
                    high = middle
            for piece in range(max(low - 1, first), min(low + 1, behind)):
                away = max(np.int64(begin[piece]) - x, x - np.int64(end[piece]) + 1, 0) * grid.x
                if across + away * away < best:
                    best = across + away * away
                    nearest[0], nearest[1], nearest[4] = best, across, end[piece]
                    nearest[2], nearest[3] = row_z, row_y
            if best <= enough:
                return


@kernel
def _alone(members: Members, pair: int, part: Any) -> Any:
    """Return the pieces of an object that its partner lacks: the share `part` of (k, of n)."""
    first, behind = members.starts[pair - 1], members.starts[pair]
    found = np.flatnonzero(~members.is_shared[first:behind]) + first
    return found[found.size * part[0] // part[1] : found.size * (part[0] + 1) // part[1]]


@kernel
def _farthest(
    members: Members, pieces: Numbers, target: Target, grid: Grid, known: Numbers, best: float
) -> float:
    """Return the largest squared distance of some pieces from the target, `best` at least.

    `known` has one number, shared by threads: what one finds spares the others a search. That it
    may lose a number that another thread writes at that moment costs time alone.
    """
    nearest = np.zeros(5)
    while target.rows[np.int64(nearest[3]) + 1] == target.rows[np.int64(nearest[3])]:
        nearest[3] += 1  # the first row of the box that holds something
    for step in _STEPS:
        for index in range(step // 2, pieces.size, step):
            piece = pieces[index]
            z, y = np.int64(members.z[piece]), np.int64(members.y[piece])
            x, end = np.int64(members.begin[piece]), np.int64(members.end[piece])
            best = max(best, known[0])
            while x < end and best <= grid.stop:
                _search(target, grid, (z, y, x), nearest, best)
                if nearest[0] > best:
                    best = known[0] = nearest[0]
                x = max(x + 1, _next_to_ask(grid, nearest, best))
    return best


@kernel
def _next_to_ask(grid: Grid, nearest: Numbers, best: float) -> Any:
    """Return the first x that is not known to be within `best` of the piece that was found."""
    reach = np.int64(np.sqrt(best - nearest[1]) / grid.x)
    while reach > 0 and nearest[1] + (reach * grid.x) ** 2 > best:
        reach -= 1
    return np.int64(nearest[4]) + reach


@kernel
def squared_distances(
    true: Members, predicted: Members, grid: Grid, tasks: Numbers, known: Numbers, found: Numbers
) -> None:
    """Write the squared Hausdorff distance of each task's pair into `found`.

    A row of `tasks` is the pair, and which part of how many it takes; the largest one of all
    parts is the distance. Distances above `grid.stop` may come out smaller, but above it.
    Source: Huttenlocher et al. 1993, IEEE TPAMI 15:850 (the distance); Taha and Hanbury 2015,
    IEEE TPAMI 37:2153 (searches that end early).
    """
    for task in range(tasks.shape[0]):
        pair, part = tasks[task, 0], (tasks[task, 1], tasks[task, 2])
        box = _box(true, pair)
        other = _box(predicted, pair)
        best = _least(box, other, grid)
        if best <= grid.stop:
            target = _target(predicted, pair, other)
            alone = _alone(true, pair, part)
            best = _farthest(true, alone, target, grid, known[pair : pair + 1], best)
        if best <= grid.stop:
            target = _target(true, pair, box)
            alone = _alone(predicted, pair, part)
            best = _farthest(predicted, alone, target, grid, known[pair : pair + 1], best)
        found[task] = best


def warm() -> None:
    """Compile for all types that are used."""
    place = np.zeros(1, np.uint16)
    ends = place + np.uint16(1)
    members = Members(np.array([0, 1]), place, place, place, ends, np.zeros(1, np.bool_))
    grid = Grid(1.0, 1.0, 1.0, 1.0)
    tasks = np.array([[1, 0, 1]])
    squared_distances(members, members, grid, tasks, np.zeros(2), np.zeros(1))
