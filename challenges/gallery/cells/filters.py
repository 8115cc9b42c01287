"""Filters on volumes that give the same numbers on every machine, in numpy alone."""

import numpy as np

SCALE = 2**20  # floats are rounded to this fraction, so that sums do not depend on their order


def box_sum(volume: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return the sum over a box around each voxel, int64; outside the volume the border repeats."""
    result = volume.astype(np.int64)
    for axis, width in enumerate(size):
        before = width // 2
        padding = [(0, 0)] * result.ndim
        padding[axis] = (before + 1, width - 1 - before)
        running = np.cumsum(np.pad(result, padding, mode="edge"), axis=axis)
        # The padding in front has one more, whose sum is taken away again.
        ahead, behind = [slice(None)] * result.ndim, [slice(None)] * result.ndim
        ahead[axis], behind[axis] = slice(width, None), slice(None, -width)
        result = running[tuple(ahead)] - running[tuple(behind)]
    return result


def box_mean(volume: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return the mean over a box around each voxel, float64, to 2**-20."""
    whole = np.floor(volume.astype(np.float64) * SCALE)
    return box_sum(whole, size) / (float(np.prod(size)) * SCALE)


def box_max(volume: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Return the maximum over a box of odd size around each voxel."""
    result = volume
    for axis, width in enumerate(size):
        if width == 1:
            continue
        line = np.moveaxis(result, axis, 0)
        highest = line.copy()
        for step in range(1, width // 2 + 1):
            np.maximum(highest[step:], line[:-step], out=highest[step:])
            np.maximum(highest[:-step], line[step:], out=highest[:-step])
        result = np.moveaxis(highest, 0, axis)
    return result
