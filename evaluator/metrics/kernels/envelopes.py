"""Squared distances along the rows of a mask, and over lines of what is known already."""

import math

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values

Weights = tuple[float, float, float, float, float]


@kernel
def axis_weights(spacing: Values) -> Weights:
    """Return what squared steps along x, y and z weigh, and the factors after x and y and at last.

    The square of an offset is ((x² wx + y² wy) · factor + z² wz) · last factor, in this order.
    """
    z, y, x = spacing[0] * spacing[0], spacing[1] * spacing[1], spacing[2] * spacing[2]
    if spacing[1] != spacing[2]:
        return x, y, z, 1.0, 1.0
    if spacing[0] != spacing[1]:
        return 1.0, 1.0, z, y, 1.0
    return 1.0, 1.0, 1.0, 1.0, z


@kernel
def squared_in_planes(mask: Values, weights: Weights, out: Values) -> None:
    """Put into `out` how far each voxel is from the part of the set in its own plane z."""
    depth, height, width = out.shape
    heights, line = np.empty(height), np.empty(height)
    vertices, starts = np.empty(height, np.int64), np.empty(height, np.int64)
    for z in range(depth):
        is_empty = True
        for y in range(height):
            if _squared_in_row(mask[z, y], weights[0], out[z, y]):
                is_empty = False
        if is_empty:
            continue
        for x in range(width):
            for y in range(height):
                heights[y] = out[z, y, x]
            envelope(heights, weights[1], vertices, starts, line)
            for y in range(height):
                out[z, y, x] = line[y] * weights[3]


@kernel
def _squared_in_row(mask: Values, weight: float, out: Values) -> bool:
    """Put squared distances along one row into `out`; False when the row holds none of the set."""
    last = -1
    for x in range(mask.size):
        if mask[x] == 0:
            continue
        middle = (last + x) // 2 + 1 if last >= 0 else 0
        for place in range(last + 1, middle):
            out[place] = weight * float((place - last) * (place - last))
        for place in range(max(middle, last + 1), x):
            out[place] = weight * float((x - place) * (x - place))
        out[x] = 0.0
        last = x
    for place in range(last + 1, mask.size):
        out[place] = weight * float((place - last) * (place - last)) if last >= 0 else math.inf
    return last >= 0


@kernel
def envelope(
    heights: Values, weight: float, vertices: Values, starts: Values, line: Values
) -> None:
    """Put into `line` the lowest of the parabolas over all places, `heights` being their vertices.

    `vertices` and `starts` are room for as many whole numbers as there are places.
    Source: Felzenszwalb and Huttenlocher 2012, Theory of Computing 8:415; a parabola is dropped by
    its value at a whole place, not at a crossing, as in Meijster et al. 2000, ISMM, 331.
    """
    count, top = heights.size, -1
    for place in range(count):
        height = heights[place]
        if height == math.inf:
            continue
        while top >= 0:
            before, after = float(starts[top] - vertices[top]), float(starts[top] - place)
            lowest = heights[vertices[top]] + weight * (before * before)
            if lowest <= height + weight * (after * after):
                break
            top -= 1
        if top < 0:
            top = 0
            vertices[0], starts[0] = place, 0
            continue
        last = vertices[top]
        steps = float(place - last)
        crossing = 0.5 * float(place + last) + (height - heights[last]) / (2.0 * weight * steps)
        if crossing < float(count - 1):
            top += 1
            vertices[top], starts[top] = place, math.floor(crossing) + 1
    _evaluate(heights, weight, vertices, starts, (top, line))


@kernel
def _evaluate(
    heights: Values,
    weight: float,
    vertices: Values,
    starts: Values,
    rest: tuple[int, Values],
) -> None:
    top, line = rest
    if top < 0:
        line[:] = math.inf
        return
    for place in range(line.size - 1, -1, -1):
        while starts[top] > place:
            top -= 1
        steps = float(place - vertices[top])
        line[place] = heights[vertices[top]] + weight * (steps * steps)
