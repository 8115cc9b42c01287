"""How the challenge's own scorer brings a prediction to its crop, oddities included.

A grid is finer, coarser, shifted or cut differently: the peer resamples, rounds the shift down to
whole elements, and fills up with 0.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from evaluator.arrays.base import Block
from evaluator.metrics.cellmap.peer_grid import Space, differ, steps
from evaluator.metrics.errors import ValuesUnfit

_MOST_SCALE = 16**3  # elements of a prediction for each one of its crop
_THRESHOLD = 0.5  # of resampled masks
_MOST_AT_ONCE = 500 * 1024**2 // 4  # elements; more are resampled block by block
_BLOCK_EDGE = 297  # the cube root of 100 MiB of 32-bit numbers


def to_crop(values: Block, source: Space, crop: Space, *, is_instance: bool) -> Block:
    """Return `values` on the grid of the crop, 0 where they do not reach.

    Resampled labels are those of the nearest element; other resampled numbers become a mask of
    what lies above 0.5 after linear interpolation, of a smoothed array where the grid is coarser.
    Raises: ValuesUnfit for an array that is far too large for the crop.
    """
    if values.size / np.prod(crop.shape) > _MOST_SCALE:
        raise ValuesUnfit(
            f"has over {_MOST_SCALE} times as many elements as its crop; save it in a voxel size "
            "close to that of the crop."
        )
    if source.voxel_size is None:
        values = _centred(values, crop.shape)
    elif differ(source, crop):
        scale = np.asarray(source.voxel_size) / np.asarray(crop.voxel_size)
        values = _resampled(values, scale, is_instance=is_instance)
    return _shifted(values, steps(source, crop), crop.shape)


def _centred(values: Block, shape: Sequence[int]) -> Block:
    """Return the middle of `values`, with zeros around it where it is too short."""
    short = [max(wanted - length, 0) for wanted, length in zip(shape, values.shape, strict=True)]
    values = np.pad(values, [(gap // 2, gap - gap // 2) for gap in short])
    starts = [(length - wanted) // 2 for wanted, length in zip(shape, values.shape, strict=True)]
    return values[
        tuple(slice(start, start + wanted) for start, wanted in zip(starts, shape, strict=True))
    ]


def _shifted(values: Block, shift: Sequence[int], shape: tuple[int, ...]) -> Block:
    if not any(shift) and values.shape == shape:
        return values
    result: Block = np.zeros(shape, values.dtype)
    from_, to = [], []
    for step, length, wanted in zip(shift, values.shape, shape, strict=True):
        first, start = max(-step, 0), max(step, 0)
        count = min(length - first, wanted - start)
        if count <= 0:
            return result
        from_.append(slice(first, first + count))
        to.append(slice(start, start + count))
    result[tuple(to)] = values[tuple(from_)]
    return result


def _resampled(values: Block, scale: Block, *, is_instance: bool) -> Block:
    if not is_instance and values.dtype == np.bool_:
        values = values.astype(np.float32)
    order = 0 if is_instance else 1
    if values.size > _MOST_AT_ONCE:
        result = _by_blocks(values, scale, order)
    else:
        result = rescaled(values, scale, order)
    return result.astype(values.dtype) if is_instance else result > _THRESHOLD


def _by_blocks(values: Block, scale: Block, order: int) -> Block:
    """Resample block by block, each of them alone: with seams, as the peer has them."""
    lengths = np.maximum(np.round(np.asarray(values.shape) * scale), 1).astype(int)
    result: Block = np.zeros(lengths, values.dtype if order == 0 else np.float32)
    starts = (range(0, length, _BLOCK_EDGE) for length in values.shape)
    for corner in itertools.product(*starts):
        block = values[tuple(slice(start, start + _BLOCK_EDGE) for start in corner)]
        small = rescaled(block, scale, order)
        begin = [int(start * step) for start, step in zip(corner, scale, strict=True)]
        spot = tuple(
            slice(first, first + length) for first, length in zip(begin, small.shape, strict=True)
        )
        room = result[spot].shape
        result[spot] = small[tuple(slice(0, length) for length in room)]
    return result


def rescaled(values: Block, scale: Block, order: int) -> Block:
    """Return `values` on a grid with `scale` times as many elements along each axis.

    Splines of order 0 or 1 that see 0 outside of the array; a coarser grid sees smoothed values,
    unless they are whole numbers and the order is 0. Whole numbers become float64 for order 1.
    Source: skimage.transform.rescale, scikit-image 0.26, with mode 'constant'.
    """
    shape = np.asarray(values.shape)
    factors = shape / np.maximum(np.round(scale * shape), 1)
    is_smoothed = (factors > 1).any() and (order > 0 or values.dtype.kind == "f")
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if order > 0 and values.dtype.kind != "f":
        values = values.astype(np.float64)
    smooth = values
    if is_smoothed:
        sigmas = np.maximum(0, (factors - 1) / 2)
        smooth = ndimage.gaussian_filter(values, sigmas, mode="grid-constant")
    zooms = [1 / factor for factor in factors]
    result = ndimage.zoom(smooth, zooms, order=order, mode="grid-constant", grid_mode=True)
    return _clipped(result, values)


def _clipped(result: Block, values: Block) -> Block:
    """Return `result` within the range of `values` and the 0 around them, where it is seen."""
    low, high = np.nanmin(values), np.nanmax(values)
    seen = [np.nanmin(result), np.nanmax(result)]
    if not low <= 0 <= high and seen[0] <= 0 <= seen[1]:
        low, high = min(low, values.dtype.type(0)), max(high, values.dtype.type(0))
    clipped: Block = np.clip(result, low, high)
    return clipped
