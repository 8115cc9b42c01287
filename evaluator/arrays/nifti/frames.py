"""Where a NIfTI image lies in the world."""

import math

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.layout import Frame
from evaluator.arrays.nifti.header import Header

_AXES = ("x", "y", "z", "t", "c")
_LENGTH_UNITS = {1: "meter", 2: "millimeter", 3: "micrometer"}
_TIME_UNITS = {8: "second", 16: "millisecond", 24: "microsecond"}
_TOLERANCE = 1e-3  # of a voxel; headers store 32 bits


def frame_of(header: Header) -> Frame:
    """Return names, sizes and units of the axes, and the origin when the axes are those of space.

    Sizes are those of `pixdim`. There is no origin for an image that is rotated, mirrored or of
    other sizes in its sform or qform, for one without either, and for more than four axes.
    """
    count = len(header.shape)
    if count > len(_AXES):
        return Frame()
    sizes = _sizes(header.fields, count)
    origin = None if sizes is None or count > 4 else _origin(header.fields, sizes)
    return Frame(
        axes=_AXES[:count][::-1],
        voxel_size=None if sizes is None else sizes[::-1],
        origin=None if origin is None else origin[::-1],
        units=_units(header.fields, count)[::-1],
    )


def _sizes(fields: Block, count: int) -> tuple[float, ...] | None:
    sizes = [abs(float(size)) for size in fields["pixdim"][1 : 1 + count]]
    space, others = sizes[:3], sizes[3:]
    if not all(math.isfinite(size) for size in sizes) or 0 in space:
        return None
    return (*space, *(size or 1.0 for size in others))  # many leave out the time between images


def _origin(fields: Block, sizes: tuple[float, ...]) -> tuple[float, ...] | None:
    with np.errstate(all="ignore"):  # hostile numbers are found in the result
        affine = _affine(fields)
    time = float(fields["toffset"])
    count = min(len(sizes), 3)
    if affine is None or not np.isfinite(affine).all() or not math.isfinite(time):
        return None
    expected = np.diag(sizes[:count])
    if np.abs(affine[:count, :count] - expected).max() > _TOLERANCE * min(sizes[:count]):
        return None
    return (*(float(place) for place in affine[:count, 3]), *(time for _ in sizes[3:]))


def _affine(fields: Block) -> Block | None:
    """Return the 3 by 4 matrix from voxels to space, None when the header has none."""
    if fields["sform_code"] > 0:
        sform: Block = fields["srow"].astype(np.float64)
        return sform
    if fields["qform_code"] > 0:
        return np.column_stack([_rotation(fields) * _signed_sizes(fields), fields["qoffset"]])
    return None


def _signed_sizes(fields: Block) -> Block:
    sizes: Block = fields["pixdim"][1:4].astype(np.float64)
    sizes[2] *= -1 if fields["pixdim"][0] < 0 else 1
    return sizes


def _rotation(fields: Block) -> Block:
    """Return the matrix of the quaternion. Source: nifti1.h, method 2."""
    b, c, d = (float(part) for part in fields["quatern"])
    a = math.sqrt(max(0.0, 1 - b * b - c * c - d * d))
    return np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )


def _units(fields: Block, count: int) -> tuple[str | None, ...]:
    code = int(fields["xyzt_units"])
    length, time = _LENGTH_UNITS.get(code & 7), _TIME_UNITS.get(code & 0x38)
    return (length, length, length, time, None)[:count]
