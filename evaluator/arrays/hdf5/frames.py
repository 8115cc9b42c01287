"""Where an HDF5 dataset lies in the world, as its attributes tell."""

import math

import h5py
import numpy as np

from evaluator.arrays.hdf5.files import Object
from evaluator.arrays.layout import Frame

_SIZES = (b"voxel_size", b"resolution")
_ORIGINS = (b"translation", b"offset")
_NUMBERS = {h5py.h5t.INTEGER, h5py.h5t.FLOAT}


def frame_of(dataset: Object, axes: int) -> Frame:
    """Return what attributes say: `voxel_size` or `resolution`, `translation` or `offset`.

    Each counts when it holds one number per axis; what is not told so is None. Names of axes are
    texts of any length, which the library gets lost in when a file is damaged: they are not read.
    """
    sizes = _first(dataset, _SIZES, axes)
    is_positive = sizes is not None and min(sizes, default=0) > 0
    return Frame(
        voxel_size=sizes if is_positive else None,
        origin=_first(dataset, _ORIGINS, axes),
    )


def _first(dataset: Object, names: tuple[bytes, ...], axes: int) -> tuple[float, ...] | None:
    found = (_numbers(dataset, name, axes) for name in names)
    return next((numbers for numbers in found if numbers is not None), None)


def _numbers(dataset: Object, name: bytes, axes: int) -> tuple[float, ...] | None:
    if not h5py.h5a.exists(dataset, name):
        return None
    attribute = h5py.h5a.open(dataset, name)
    # Only then read: a text of any length would be put together in memory.
    if attribute.get_type().get_class() not in _NUMBERS or attribute.shape != (axes,):
        return None
    values = np.zeros(axes, np.float64)
    attribute.read(values)
    numbers = tuple(values.tolist())
    return numbers if all(math.isfinite(number) for number in numbers) else None
