"""The voxels of each label that touch something else through a face.

Volumes are uint16 (z, y, x) in C order; 0 is no label. The outside counts as 0. Along the first
`added` axes, which stand for axes that the array has not, nothing touches.
"""

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values


@kernel
def count_borders(volume: Values, added: int, counts: Values, boxes: Values) -> None:
    """Count the border voxels of each label, and find the box that holds them.

    `counts` are int64 zeros, one per label; `boxes` are int64 (labels, 6): the lowest z, y and x
    first, then the highest; of what is not there the lowest are too high.
    """
    depth, height, width = volume.shape
    outside, is_border = np.zeros(width, np.uint16), np.empty(width, np.uint8)
    for z in range(depth):
        for y in range(height):
            row = volume[z, y]
            _compare(row, neighbours(volume, added, (z, y), outside), is_border)
            for x in range(width):
                if is_border[x]:
                    counts[row[x]] += 1
                    widen(boxes[row[x]], z, y, x)


@kernel
def list_borders(volume: Values, added: int, cursors: Values, places: Values) -> None:
    """Put where border voxels stand in C order into `places`, label by label.

    `cursors` are int64: where the first of each label goes; they move on to its end.
    """
    depth, height, width = volume.shape
    outside, is_border = np.zeros(width, np.uint16), np.empty(width, np.uint8)
    for z in range(depth):
        for y in range(height):
            row = volume[z, y]
            _compare(row, neighbours(volume, added, (z, y), outside), is_border)
            for x in range(width):
                if is_border[x]:
                    places[cursors[row[x]]] = (z * height + y) * width + x
                    cursors[row[x]] += 1


@kernel
def neighbours(
    volume: Values, added: int, place: tuple[int, int], outside: Values
) -> tuple[Values, Values, Values, Values]:
    """Return the rows before and after row `place` along z, then along y."""
    z, y = place
    depth, height, _ = volume.shape
    own = volume[z, y]
    above = own if added >= 1 else (volume[z - 1, y] if z > 0 else outside)
    below = own if added >= 1 else (volume[z + 1, y] if z + 1 < depth else outside)
    left = own if added >= 2 else (volume[z, y - 1] if y > 0 else outside)
    right = own if added >= 2 else (volume[z, y + 1] if y + 1 < height else outside)
    return above, below, left, right


@kernel
def _compare(row: Values, around: tuple[Values, Values, Values, Values], is_border: Values) -> None:
    # Without a branch, so that the compiler compares many voxels at once.
    above, below, left, right = around
    last = row.size - 1
    for x in range(row.size):
        label = row[x]
        differs = (label != above[x]) | (label != below[x])
        differs |= (label != left[x]) | (label != right[x])
        is_border[x] = (label != 0) & differs
    for x in range(1, last):
        label = row[x]
        is_border[x] |= (label != 0) & ((label != row[x - 1]) | (label != row[x + 1]))
    is_border[0], is_border[last] = row[0] != 0, row[last] != 0


@kernel
def widen(box: Values, z: int, y: int, x: int) -> None:
    """Make room for one more place in a box."""
    box[0], box[1], box[2] = min(box[0], z), min(box[1], y), min(box[2], x)
    box[3], box[4], box[5] = max(box[3], z), max(box[4], y), max(box[5], x)


@kernel
def within(places: Values, shape: Values, low: Values, box_shape: Values) -> Values:
    """Return where `places` in C order of `shape` stand in that of a box that begins at `low`."""
    moved = np.empty(places.size, np.int64)
    for number in range(places.size):
        row, x = divmod(places[number], shape[2])
        z, y = divmod(row, shape[1])
        moved[number] = ((z - low[0]) * box_shape[1] + y - low[1]) * box_shape[2] + x - low[2]
    return moved


def warm() -> None:
    """Compile all of it, for the one kind of arrays that it takes."""
    volume, three = np.ones((1, 1, 1), np.uint16), np.ones(3, np.int64)
    counts, places = np.zeros(2, np.int64), np.zeros(1, np.int64)
    count_borders(volume, 0, counts, np.zeros((2, 6), np.int64))
    list_borders(volume, 0, np.zeros(2, np.int64), places)
    within(places, three, three, three)
