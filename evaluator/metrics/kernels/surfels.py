"""The elements of each label's surface: corners between voxels of which some, not all, have it.

Volumes are uint16 (z, y, x) in C order; 0 is no label. The outside counts as 0. Corners stand on
a grid that is longer by one along each axis: corner (z, y, x) lies between the voxels z - 1 and z,
y - 1 and y, x - 1 and x. Along the first `added` axes, which stand for axes that the array has
not, there is one corner, and both voxels are the same one.
"""

import numpy as np

from evaluator.metrics.kernels.borders import widen
from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values


@kernel
def count_surfels(volume: Values, added: int, counts: Values, boxes: Values) -> None:
    """Count the surface elements of each label, and find the box that holds them.

    `counts` are int64 zeros, one per label; `boxes` are int64 (labels, 6): the lowest z, y and x
    first, then the highest; of what is not there the lowest are too high.
    """
    outside, around = np.zeros(volume.shape[2], np.uint16), np.zeros(8, np.uint16)
    depth, height, width = _corners(volume, added)
    is_mixed = np.empty(width, np.uint8)
    for z in range(depth):
        for y in range(height):
            rows = _rows(volume, added, (z, y), outside)
            _compare(rows, is_mixed)
            for x in range(width):
                if not is_mixed[x]:
                    continue
                _look(rows, x, around)
                for corner in range(8):
                    label = around[corner]
                    if label != 0 and _first(around, corner) == corner:
                        counts[label] += 1
                        widen(boxes[label], z, y, x)


@kernel
def list_surfels(
    volume: Values, added: int, cursors: Values, places: Values, codes: Values
) -> None:
    """Put where corners stand in C order into `places`, label by label, and their `codes` (uint8).

    Bit 4 dz + 2 dy + dx of a code tells whether voxel (z - 1 + dz, y - 1 + dy, x - 1 + dx) has the
    label. `cursors` are int64: where the first of each label goes; they move on to its end.
    """
    outside, around = np.zeros(volume.shape[2], np.uint16), np.zeros(8, np.uint16)
    depth, height, width = _corners(volume, added)
    is_mixed = np.empty(width, np.uint8)
    for z in range(depth):
        for y in range(height):
            rows = _rows(volume, added, (z, y), outside)
            _compare(rows, is_mixed)
            for x in range(width):
                if not is_mixed[x]:
                    continue
                _look(rows, x, around)
                for corner in range(8):
                    label = around[corner]
                    if label != 0 and _first(around, corner) == corner:
                        places[cursors[label]] = (z * height + y) * width + x
                        codes[cursors[label]] = _code(around, label)
                        cursors[label] += 1


@kernel
def _corners(volume: Values, added: int) -> tuple[int, int, int]:
    depth, height, width = volume.shape
    return depth + (added < 1), height + (added < 2), width + 1


@kernel
def _rows(
    volume: Values, added: int, corner: tuple[int, int], outside: Values
) -> tuple[Values, Values, Values, Values]:
    """Return the rows of voxels before and after a corner (z, y)."""
    z, y = corner
    above, left = z - (added < 1), y - (added < 2)
    return (
        _row(volume, above, left, outside),
        _row(volume, above, y, outside),
        _row(volume, z, left, outside),
        _row(volume, z, y, outside),
    )


@kernel
def _row(volume: Values, z: int, y: int, outside: Values) -> Values:
    if z < 0 or y < 0 or z >= volume.shape[0] or y >= volume.shape[1]:
        return outside
    row: Values = volume[z, y]
    return row


@kernel
def _compare(rows: tuple[Values, Values, Values, Values], is_mixed: Values) -> None:
    # Without a branch, so that the compiler compares many voxels at once.
    one, two, three, four = rows
    for x in range(1, one.size):
        label = one[x]
        differs = (label != one[x - 1]) | (label != two[x - 1]) | (label != two[x])
        differs |= (label != three[x - 1]) | (label != three[x])
        is_mixed[x] = differs | (label != four[x - 1]) | (label != four[x])
    last = one.size - 1
    is_mixed[0] = (one[0] | two[0] | three[0] | four[0]) != 0
    is_mixed[one.size] = (one[last] | two[last] | three[last] | four[last]) != 0


@kernel
def _look(rows: tuple[Values, Values, Values, Values], x: int, around: Values) -> None:
    """Put the eight labels around corner x into `around`."""
    for number in range(4):
        row = rows[number]
        around[2 * number] = row[x - 1] if x > 0 else 0
        around[2 * number + 1] = row[x] if x < row.size else 0


@kernel
def _first(around: Values, corner: int) -> int:
    """Return the first voxel with the label of voxel `corner`."""
    first = 0
    while around[first] != around[corner]:
        first += 1
    return first


@kernel
def _code(around: Values, label: int) -> int:
    code = 0
    for corner in range(8):
        code |= (around[corner] == label) << corner
    return code


def warm() -> None:
    """Compile all of it, for the one kind of arrays that it takes."""
    volume, places = np.ones((1, 1, 1), np.uint16), np.zeros(8, np.int64)
    counts, codes = np.zeros(2, np.int64), np.zeros(8, np.uint8)
    count_surfels(volume, 0, counts, np.zeros((2, 6), np.int64))
    list_surfels(volume, 0, np.zeros(2, np.int64), places, codes)
