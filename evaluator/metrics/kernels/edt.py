"""Exact Euclidean distances of voxels to a set of voxels, from centre to centre.

Arrays are (z, y, x) in C order; a mask is uint8, and every voxel that is not 0 belongs to the set.
`spacing` is float64 (3,): the size of a voxel along z, y, x. Where y and x, or all three, have one
spacing, sums are taken in whole numbers and scaled once: mirroring or swapping these axes changes
no digit.
"""

import math

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.kernels.envelopes import Weights, axis_weights, envelope, squared_in_planes
from evaluator.metrics.kernels.nearest import (
    look_along,
    look_around,
    nearest_in_rows,
    place_of,
    squared,
    squared_from,
)
from evaluator.metrics.pairs import Values

_FEW = 8  # planes; below, every plane is looked at in the first round
_STRIDE = 4  # voxels between those of the first round
_LOOKS = 3.0  # rows looked at per voxel that take as long as maps of planes (3 ns to 9 ns)
_LOOKS_OF_FARTHEST = 0.5  # sets that are no noise take far fewer
_LOOKS_ALONG = 1.5  # planes looked at per voxel that take as long as lines (6 ns to 10 ns)
_SAMPLE = 32  # places that tell how far the others will have to look
_HOPED = 0.7  # of the looks that there are: places that look on alike may have farther to look


@kernel
def squared_distances(mask: Values, spacing: Values, out: Values) -> None:
    """Put into `out` how far each voxel is from the set: float64 squares, infinity for no set.

    Source: Felzenszwalb and Huttenlocher 2012, Theory of Computing 8:415.
    """
    weights = axis_weights(spacing)
    squared_in_planes(mask, weights, out)
    _along_depth(out, weights, np.ones(out.shape[1] * out.shape[2], np.uint8))


@kernel
def farthest(query: Values, target: Values, spacing: Values, scratch: Values) -> float:
    """Return how far the voxel of `query` that is farthest from the set `target` is from it.

    0 where `query` is empty, infinity where only `target` is. `scratch` is float64, with one axis
    and at least as many elements as there are voxels; what it holds does not matter.
    """
    return math.sqrt(farthest_squared(query, target, axis_weights(spacing), scratch, 0.0))


@kernel
def hausdorff(one: Values, other: Values, spacing: Values, scratch: Values) -> float:
    """Return the Hausdorff distance of two sets of voxels; as `farthest` in both directions."""
    weights = axis_weights(spacing)
    known = farthest_squared(one, other, weights, scratch, 0.0)
    return math.sqrt(farthest_squared(other, one, weights, scratch, known))


@kernel
def farthest_squared(
    query: Values, target: Values, weights: Weights, scratch: Values, known: float
) -> float:
    """Return the square of `farthest`, or `known` where that is more.

    Most voxels are dropped at the first element of the target that is not farther than what is
    known. Source: Taha and Hanbury 2015, IEEE TPAMI 37:2153 (early break).
    """
    shape = target.shape
    nearest = scratch[: target.size].view(np.int32)[: target.size].reshape(shape)
    if not nearest_in_rows(target, nearest):
        return math.inf if query.any() else known
    stride = _STRIDE if shape[0] >= _FEW else 1
    looks = int(_LOOKS_OF_FARTHEST * target.size)
    for steps in ((stride, _STRIDE), (1, 1)):
        known, looks = _farthest_of_some(query, nearest, weights, steps, (known, looks))
        if looks < 0:
            squares = scratch[: target.size].reshape(shape)
            squared_in_planes(target, weights, squares)
            _along_depth(squares, weights, _lines_of(query))
            return max(known, _largest(query, squares))
    return known


@kernel
def _farthest_of_some(
    query: Values,
    nearest: Values,
    weights: Weights,
    steps: tuple[int, int],
    so_far: tuple[float, int],
) -> tuple[float, int]:
    """Return what is known of the farthest after every few voxels, and the looks that are left."""
    known, looks = so_far
    depth, height, width = query.shape
    near_z, near_y = 0, 0
    for z in range(0, depth, steps[0]):
        for y in range(0, height, steps[1]):
            for x in range(0, width, steps[1]):
                if query[z, y, x] == 0 or nearest[z, y, x] == x:
                    continue
                if squared_from(nearest, (z, y, x), z, y, weights) <= known:
                    continue
                # A neighbour's nearest row is seldom far from one's own.
                if squared_from(nearest, (z, y, x), near_z, near_y, weights) <= known:
                    continue
                square, near_z, near_y, looked = look_around(
                    nearest, (z, y, x), (near_z, near_y), weights, known
                )
                known = max(known, square)
                looks -= looked
                if looks < 0:
                    return known, looks
    return known, looks


@kernel
def squared_of(
    places: Values, target: Values, spacing: Values, scratch: Values, squares: Values
) -> None:
    """Put how far each of `places` is from the set `target` into `squares`.

    `places` are int64: where voxels stand in C order, best sorted. `target` is not empty,
    `scratch` is as in `farthest`.
    """
    weights, shape = axis_weights(spacing), target.shape
    nearest = scratch[: target.size].view(np.int32)[: target.size].reshape(shape)
    nearest_in_rows(target, nearest)
    rows, planes = _typical_looks(places, nearest, weights)
    if rows * places.size <= _HOPED * _LOOKS * nearest.size and _look_by_row(
        places, nearest, weights, squares
    ):
        return
    everywhere = scratch[: target.size].reshape(shape)
    squared_in_planes(target, weights, everywhere)
    if planes * places.size <= _LOOKS_ALONG * nearest.size:
        _look_by_plane(places, everywhere, weights, squares)
        return
    _along_depth(everywhere, weights, np.ones(shape[1] * shape[2], np.uint8))
    flat = everywhere.reshape(-1)
    for number in range(places.size):
        squares[number] = flat[places[number]]


@kernel
def _typical_looks(places: Values, nearest: Values, weights: Weights) -> tuple[float, float]:
    """Return how many rows, and how many planes, are as near as the set is to a place."""
    step = max(1, places.size // _SAMPLE)
    rows, planes, count = 0.0, 0.0, 0
    for number in range(step // 2, places.size, step):
        place = place_of(places[number], nearest.shape)
        square = look_around(nearest, place, (place[0], place[1]), weights, -1.0)[0]
        along = square / squared(1, 0, 0, weights)
        rows += math.pi * math.sqrt(along * square / squared(0, 1, 0, weights))
        planes += 2.0 * math.sqrt(along)
        count += 1
    return rows / max(count, 1), planes / max(count, 1)


@kernel
def _look_by_row(places: Values, nearest: Values, weights: Weights, squares: Values) -> bool:
    """Fill `squares` as `squared_of` does; False when that would take longer than whole maps."""
    looks = int(_LOOKS * nearest.size)
    near_z, near_y = 0, 0
    for number in range(places.size):
        place = place_of(places[number], nearest.shape)
        if nearest[place] == place[2]:
            squares[number] = 0.0
            continue
        squares[number], near_z, near_y, looked = look_around(
            nearest, place, (near_z, near_y), weights, -1.0
        )
        looks -= looked
        if looks < 0:
            return False
    return True


@kernel
def _look_by_plane(places: Values, in_planes: Values, weights: Weights, squares: Values) -> None:
    """Fill `squares` as `squared_of` does, from the distances within planes."""
    near_z = 0
    for number in range(places.size):
        place = place_of(places[number], in_planes.shape)
        squares[number], near_z = look_along(in_planes, place, near_z, weights)


@kernel
def _along_depth(out: Values, weights: Weights, lines: Values) -> None:
    """Turn distances within planes into distances, on those lines along z that are not 0."""
    depth, height, width = out.shape
    heights, line = np.empty(depth), np.empty(depth)
    vertices, starts = np.empty(depth, np.int64), np.empty(depth, np.int64)
    for y in range(height):
        for x in range(width):
            if lines[y * width + x] == 0:
                continue
            for z in range(depth):
                heights[z] = out[z, y, x]
            envelope(heights, weights[2], vertices, starts, line)
            for z in range(depth):
                out[z, y, x] = line[z] * weights[4]


@kernel
def _lines_of(query: Values) -> Values:
    """Return which lines along z hold some of the set, in C order."""
    lines = np.zeros(query.shape[1] * query.shape[2], np.uint8)
    for z in range(query.shape[0]):
        lines |= query[z].reshape(-1)
    return lines


@kernel
def _largest(query: Values, squares: Values) -> float:
    largest = 0.0
    flat, there = squares.reshape(-1), query.reshape(-1)
    for place in range(flat.size):
        if there[place]:
            largest = max(largest, flat[place])
    return largest


def warm() -> None:
    """Compile all of it, for the one kind of arrays that it takes."""
    mask = np.ones((1, 1, 1), np.uint8)
    spacing, room = np.ones(3), np.empty(1)
    squared_distances(mask, spacing, np.empty((1, 1, 1)))
    farthest(mask, mask, spacing, room)
    hausdorff(mask, mask, spacing, room)
    squared_of(np.zeros(1, np.int64), mask, spacing, room, np.empty(1))
