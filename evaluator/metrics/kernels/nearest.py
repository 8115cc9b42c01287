"""The nearest voxel of a set, looked for outwards from a place, row by row."""

import math

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.kernels.envelopes import Weights
from evaluator.metrics.pairs import Values


@kernel
def nearest_in_rows(mask: Values, nearest: Values) -> bool:
    """Put the x of the nearest element of the set in each voxel's row into `nearest` (int32).

    Rows without one get -1. False when the whole set is empty.
    """
    depth, height, width = mask.shape
    is_any = False
    for z in range(depth):
        for y in range(height):
            last = -1
            for x in range(width):
                if mask[z, y, x] == 0:
                    continue
                middle = (last + x) // 2 + 1 if last >= 0 else 0
                for place in range(last + 1, middle):
                    nearest[z, y, place] = last
                for place in range(max(middle, last + 1), x + 1):
                    nearest[z, y, place] = x
                last = x
            for place in range(last + 1, width):
                nearest[z, y, place] = last
            is_any |= last >= 0
    return is_any


@kernel
def squared_from(
    nearest: Values, place: tuple[int, int, int], z: int, y: int, weights: Weights
) -> float:
    """Return the squared distance from `place` to the set in row (z, y); infinity for none."""
    found = nearest[z, y, place[2]]
    if found < 0:
        return math.inf
    return squared(place[0] - z, place[1] - y, place[2] - found, weights)


@kernel
def squared(z: int, y: int, x: int, weights: Weights) -> float:
    """Return the square of an offset in voxels, to the digit as whole maps have it."""
    in_plane = weights[0] * float(x * x) + weights[1] * float(y * y)
    return (in_plane * weights[3] + weights[2] * float(z * z)) * weights[4]


@kernel
def look_around(
    nearest: Values,
    place: tuple[int, int, int],
    guess: tuple[int, int],
    weights: Weights,
    enough: float,
) -> tuple[float, int, int, int]:
    """Return the squared distance from `place` to the set, the row (z, y), and how many were seen.

    Looking ends at the first element that is not farther than `enough`. `guess` is a row to
    begin with: rows farther away than what it holds are never looked at.
    """
    best, near_z, near_y, looked = math.inf, guess[0], guess[1], 1
    best = squared_from(nearest, place, near_z, near_y, weights)
    depth, height, _ = nearest.shape
    for side_z in range(2 * depth):
        step_z = (side_z + 1) // 2
        z = place[0] + (step_z if side_z % 2 else -step_z)
        if squared(step_z, 0, 0, weights) >= best:
            break
        if z < 0 or z >= depth:
            continue
        for side_y in range(2 * height):
            step_y = (side_y + 1) // 2
            y = place[1] + (step_y if side_y % 2 else -step_y)
            if squared(step_z, step_y, 0, weights) >= best:
                break
            if y < 0 or y >= height:
                continue
            looked += 1
            square = squared_from(nearest, place, z, y, weights)
            if square < best:
                best, near_z, near_y = square, z, y
                if best <= enough:
                    return best, near_z, near_y, looked
    return best, near_z, near_y, looked


@kernel
def look_along(
    in_planes: Values, place: tuple[int, int, int], guess: int, weights: Weights
) -> tuple[float, int]:
    """Return the squared distance from `place` to the set, and the plane of the nearest element.

    `in_planes` are squared distances within planes; `guess` is a plane to begin with.
    """
    depth, near = in_planes.shape[0], guess
    best = _through(in_planes, place, guess, weights)
    for side in range(2 * depth):
        step = (side + 1) // 2
        if squared(step, 0, 0, weights) >= best:
            break
        z = place[0] + (step if side % 2 else -step)
        if z < 0 or z >= depth:
            continue
        square = _through(in_planes, place, z, weights)
        if square < best:
            best, near = square, z
    return best, near


@kernel
def _through(in_planes: Values, place: tuple[int, int, int], z: int, weights: Weights) -> float:
    step = float(place[0] - z)
    in_plane: float = in_planes[z, place[1], place[2]]
    return (in_plane + weights[2] * (step * step)) * weights[4]


@kernel
def place_of(number: int, shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return z, y and x of a place in C order."""
    row, x = divmod(number, shape[2])
    z, y = divmod(row, shape[1])
    return z, y, x
