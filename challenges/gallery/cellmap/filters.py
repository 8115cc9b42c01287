"""Box filters on whole numbers, which are the same on every machine; numpy alone."""

import numpy as np


def box_sum(volume: np.ndarray, width: int) -> np.ndarray:
    """Return the sum over a cube around each voxel, int32; outside, the border repeats."""
    result = volume.astype(np.int32)
    for axis in range(result.ndim):
        before = width // 2
        padding = [(0, 0)] * result.ndim
        padding[axis] = (before + 1, width - 1 - before)
        running = np.cumsum(np.pad(result, padding, mode="edge"), axis=axis, dtype=np.int32)
        # The padding in front has one more, whose sum is taken away again.
        ahead, behind = [slice(None)] * result.ndim, [slice(None)] * result.ndim
        ahead[axis], behind[axis] = slice(width, None), slice(None, -width)
        result = running[tuple(ahead)] - running[tuple(behind)]
    return result


def box_mean(volume: np.ndarray, width: int) -> np.ndarray:
    """Return the mean over a cube around each voxel, rounded down, int32."""
    return box_sum(volume, width) // width**3


def box_max(volume: np.ndarray, width: int) -> np.ndarray:
    """Return the maximum over a cube of odd width around each voxel."""
    result = volume
    for axis in range(volume.ndim):
        line = np.moveaxis(result, axis, 0)
        highest = line.copy()
        for step in range(1, width // 2 + 1):
            np.maximum(highest[step:], line[:-step], out=highest[step:])
            np.maximum(highest[:-step], line[step:], out=highest[:-step])
        result = np.moveaxis(highest, 0, axis)
    return result


def halved(volume: np.ndarray) -> np.ndarray:
    """Return the means of cubes of two voxels, of a volume with an even number along each axis."""
    z, y, x = (count // 2 for count in volume.shape)
    cubes = volume.reshape(z, 2, y, 2, x, 2).astype(np.int32)
    return cubes.sum(axis=(1, 3, 5)) // 8
