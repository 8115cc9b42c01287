"""What the metadata of an HDF5 dataset come to, checked before any element is read."""

import math
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from evaluator.arrays.chunk_limits import check_chunk
from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.hdf5.files import Object
from evaluator.arrays.hdf5.filters import Pipeline, checked_filters
from evaluator.arrays.hdf5.frames import frame_of
from evaluator.arrays.layout import Frame
from evaluator.arrays.zarr.metadata import MAX_AXES
from evaluator.codes import Code

_MAX_ELEMENTS = 2**48
_CLASSES = {
    h5py.h5t.COMPOUND: "compound",
    h5py.h5t.STRING: "text",
    h5py.h5t.REFERENCE: "reference",
    h5py.h5t.VLEN: "variable length",
    h5py.h5t.OPAQUE: "opaque",
    h5py.h5t.ARRAY: "array",
    h5py.h5t.BITFIELD: "bit field",
}


@dataclass(frozen=True)
class Chunking:
    """The shape of a chunk and how one is stored; `fill` stands for absent ones, None: nothing."""

    shape: tuple[int, ...]
    pipeline: Pipeline
    fill: float | None


@dataclass(frozen=True)
class Metadata:
    """A dataset: in chunks, or contiguous from byte `start` on, or (`data`) inside its header."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    frame: Frame
    chunking: Chunking | None = None
    start: int | None = None
    data: bytes = b""

    @property
    def data_bytes(self) -> int:
        """Size of all elements."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_metadata(dataset: Object, name: str, file_bytes: int) -> Metadata:
    """Return what the file says of `dataset`. Raises: ArrayInvalid."""
    if not isinstance(dataset, h5py.h5d.DatasetID):
        raise invalid(f"{name} is not a dataset but a group or a type; name the array inside it.")
    properties = dataset.get_create_plist()
    # Before anything else: asking a virtual dataset for its shape opens its sources.
    if properties.get_layout() == h5py.h5d.VIRTUAL or properties.get_external_count():
        raise invalid(
            f"{name} keeps its elements in other files (a virtual dataset, or external storage); "
            "store the array itself in the file."
        )
    dtype = _dtype(dataset.get_type(), name)
    shape = _shape(dataset, name)
    frame = frame_of(dataset, len(shape), name)
    match properties.get_layout():
        case h5py.h5d.CHUNKED:
            chunking = _chunking(properties, shape, dtype, name)
            return Metadata(shape, dtype, frame, chunking=chunking)
        case h5py.h5d.CONTIGUOUS:
            return _contiguous(dataset, Metadata(shape, dtype, frame), name, file_bytes)
        case h5py.h5d.COMPACT:
            return Metadata(shape, dtype, frame, data=_compact(dataset, shape, dtype))
    raise invalid(f"{name} is stored in a way that is not read here; save it again with h5py.")


def _dtype(kind: Object, name: str) -> np.dtype[Any]:
    stored = kind.get_super() if isinstance(kind, h5py.h5t.TypeEnumID) else kind
    letters = {h5py.h5t.INTEGER: "u", h5py.h5t.FLOAT: "f"}
    letter = letters.get(stored.get_class())
    if letter is None:
        # The code of a class that is none of these may be that of a complex number.
        raise _type_refused(name, _CLASSES.get(stored.get_class(), "complex or other"))
    if letter == "u" and stored.get_sign() == h5py.h5t.SGN_2:
        letter = "i"
    order = ">" if stored.get_order() == h5py.h5t.ORDER_BE else "<"
    dtype = number_dtype(f"{order}{letter}{stored.get_size()}", name)
    # Elements are taken as they lie, so that their bits must be those of numpy's type.
    if not h5py.h5t.py_create(dtype).equal(stored):
        raise _type_refused(name, "numbers with unusual bits")
    is_enum = kind is not stored and dtype.itemsize == 1
    # h5py writes booleans as an enumeration of FALSE and TRUE.
    return np.dtype(np.bool_) if is_enum and kind.dtype == np.bool_ else dtype


def _type_refused(name: str, what: str) -> ArrayInvalid:
    return ArrayInvalid(
        Code.DTYPE_MISMATCH,
        f"{name} has elements of the HDF5 class {what!a}; save booleans, integers or floats of at "
        "most 64 bits.",
    )


def _shape(dataset: Object, name: str) -> tuple[int, ...]:
    space = dataset.get_space()
    if space.get_simple_extent_type() == h5py.h5s.NULL:
        raise invalid(f"{name} is an empty dataset without a shape; save the array again.")
    shape = tuple(int(length) for length in space.shape)
    if len(shape) > MAX_AXES or math.prod(max(length, 1) for length in shape) > _MAX_ELEMENTS:
        raise invalid(f"{name} has the impossible shape {str(shape)[:80]}.")
    return shape


def _chunking(
    properties: Object, shape: tuple[int, ...], dtype: np.dtype[Any], name: str
) -> Chunking:
    chunks = tuple(int(length) for length in properties.get_chunk())
    size = math.prod(chunks) * dtype.itemsize
    if len(chunks) != len(shape) or size == 0:
        raise invalid(f"{name} has chunks of the shape {chunks}, which do not fit; save it again.")
    check_chunk(chunks, dtype.itemsize, name)
    listed = [properties.get_filter(number) for number in range(properties.get_nfilters())]
    filters = checked_filters(
        [(number, parameters, label) for number, _, parameters, label in listed],
        dtype.itemsize,
        name,
    )
    pipeline = Pipeline(filters, size, dtype.itemsize)
    return Chunking(chunks, pipeline, _fill(properties, dtype))


def _fill(properties: Object, dtype: np.dtype[Any]) -> float | None:
    if properties.fill_value_defined() == h5py.h5d.FILL_VALUE_UNDEFINED:
        return None
    value = np.zeros((), dtype.newbyteorder("="))
    if properties.fill_value_defined() == h5py.h5d.FILL_VALUE_USER_DEFINED:
        properties.get_fill_value(value)
    number: float = value.item()
    return number


def _contiguous(dataset: Object, found: Metadata, name: str, file_bytes: int) -> Metadata:
    if found.data_bytes == 0:
        return found
    if dataset.get_storage_size() == 0:
        raise ArrayInvalid(
            Code.CHUNK_MISSING, f"{name} was made but never written; write its elements."
        )
    start = dataset.get_offset()
    if start is None or start + found.data_bytes > file_bytes:
        raise ArrayInvalid(
            Code.CHUNK_CORRUPT,
            f"{name} reaches beyond the end of the file; save it again and upload it whole.",
        )
    return Metadata(found.shape, found.dtype, found.frame, start=int(start))


def _compact(dataset: Object, shape: tuple[int, ...], dtype: np.dtype[Any]) -> bytes:
    # At most 64 KiB, which lie in the header that has been read already.
    elements = np.zeros(shape, dtype)
    dataset.read(h5py.h5s.ALL, h5py.h5s.ALL, elements, dataset.get_type())
    return elements.tobytes()
