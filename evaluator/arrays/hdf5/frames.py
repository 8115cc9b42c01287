"""Where an HDF5 dataset lies in the world, as its attributes tell."""

from dataclasses import dataclass

import h5py
import numpy as np

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.frames import finite_numbers, positive_numbers
from evaluator.arrays.hdf5.files import Object
from evaluator.arrays.layout import Frame
from evaluator.arrays.zarr.metadata import MAX_AXES

_SIZES = ("voxel_size", "resolution")
_ORIGINS = ("translation", "offset")
_AMBIGUOUS = {"resolution", "offset"}  # one number means something else
_CLASSES = {h5py.h5t.INTEGER, h5py.h5t.FLOAT}


def frame_of(dataset: Object, axes: int, name: str) -> Frame:
    """Return what attributes say: `voxel_size` or `resolution`, `translation` or `offset`.

    Each has one number for each axis, slowest axis first. Names of axes are texts of any length,
    which the library gets lost in when a file is damaged: they are not read.
    """
    try:
        size, origin = _first(dataset, _SIZES), _first(dataset, _ORIGINS)
        return Frame(
            voxel_size=None
            if size is None
            else positive_numbers(size.value, axes, f"{size} of {name}"),
            origin=None
            if origin is None
            else finite_numbers(origin.value, axes, f"{origin} of {name}"),
        )
    except ArrayInvalid as error:
        return Frame(fault=str(error))


@dataclass(frozen=True)
class _Attribute:
    name: str
    value: object

    def __str__(self) -> str:
        return f"The attribute {self.name}"


def _first(dataset: Object, names: tuple[str, ...]) -> _Attribute | None:
    """Return the first of these attributes that is there and speaks of axes."""
    for name in names:
        if h5py.h5a.exists(dataset, name.encode()):
            value = _value(h5py.h5a.open(dataset, name.encode()))
            if name not in _AMBIGUOUS or isinstance(value, list):
                return _Attribute(name, value)
    return None


def _value(attribute: Object) -> object:
    # Only then read: a text of any length would be put together in memory.
    is_short = 1 <= attribute.get_space().get_simple_extent_npoints() <= MAX_AXES
    if attribute.get_type().get_class() not in _CLASSES or not is_short:
        return "no list of numbers"
    values = np.zeros(attribute.shape, np.float64)
    attribute.read(values)
    return values.tolist()
