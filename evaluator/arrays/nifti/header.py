"""The header of a NIfTI file."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.npy_header import ByteSource
from evaluator.codes import Code

_MAX_ELEMENTS = 2**48
_MAX_OFFSET = 64 * 1024**2  # extensions stand before the elements; those of DICOM take some KiB

_FIELDS: dict[str, tuple[tuple[str, int], tuple[str, int]]] = {  # type and offset in 1 and in 2
    "magic": (("S4", 344), ("S8", 4)),
    "dim": (("8i2", 40), ("8i8", 16)),
    "datatype": (("i2", 70), ("i2", 12)),
    "bitpix": (("i2", 72), ("i2", 14)),
    "pixdim": (("8f4", 76), ("8f8", 104)),
    "vox_offset": (("f4", 108), ("i8", 168)),
    "scl_slope": (("f4", 112), ("f8", 176)),
    "scl_inter": (("f4", 116), ("f8", 184)),
    "xyzt_units": (("u1", 123), ("i4", 500)),
    "toffset": (("f4", 136), ("f8", 216)),
    "qform_code": (("i2", 252), ("i4", 344)),
    "sform_code": (("i2", 254), ("i4", 348)),
    "quatern": (("3f4", 256), ("3f8", 352)),
    "qoffset": (("3f4", 268), ("3f8", 376)),
    "srow": (("(3,4)f4", 280), ("(3,4)f8", 400)),
}
_SIZES = (348, 540)
_MAGICS = (b"n+1", b"n+2\0\r\n\x1a\n")
_PAIRS = (b"ni1", b"ni2\0\r\n\x1a\n")
_DTYPES = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8"} | {
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
}
_OTHERS = {1: "bits", 32: "complex", 128: "RGB", 1536: "float128", 2304: "RGBA"}


@dataclass(frozen=True)
class Header:
    """`shape` in C order, `stored` the type of the elements, `scaling` slope and intercept.

    `scaling` is None where elements mean what they are. `fields` holds the header by the names of
    nifti1.h.
    """

    shape: tuple[int, ...]
    stored: np.dtype[Any]
    offset: int
    scaling: tuple[float, float] | None
    fields: Block

    @property
    def data_bytes(self) -> int:
        """Size of the elements."""
        return math.prod(self.shape) * self.stored.itemsize


def read_header(source: ByteSource, name: str) -> Header:
    """Return the header at the start of `source`. Raises: ArrayInvalid."""
    fields = _fields(source, name)
    offset = float(fields["vox_offset"])
    if not _SIZES[0] + 4 <= offset <= _MAX_OFFSET or not offset.is_integer():
        raise invalid(
            f"{name} begins its elements at byte {offset:g}, which cannot be; save it anew."
        )
    return Header(
        shape=_shape(fields, name),
        stored=_dtype(fields, name),
        offset=int(offset),
        scaling=_scaling(fields, name),
        fields=fields,
    )


def _fields(source: ByteSource, name: str) -> Block:
    data = source.read(_SIZES[0])
    for version, size in enumerate(_SIZES):
        orders: tuple[Literal["little", "big"], ...] = ("little", "big")
        for order in orders:
            if int.from_bytes(data[:4], order) == size:
                data += source.read(size - len(data))
                return _parsed(data, version, order, name)
    raise invalid(f"{name} is not a NIfTI file; save the volume as .nii or .nii.gz.")


def _parsed(data: bytes, version: int, order: Literal["little", "big"], name: str) -> Block:
    layout = np.dtype(
        {
            "names": list(_FIELDS),
            "formats": [places[version][0] for places in _FIELDS.values()],
            "offsets": [places[version][1] for places in _FIELDS.values()],
            "itemsize": _SIZES[version],
        }
    ).newbyteorder("<" if order == "little" else ">")
    if len(data) < layout.itemsize:
        raise invalid(f"{name} ends within its header; save it again and upload it whole.")
    fields: Block = np.frombuffer(data, layout, 1)[0]
    magic = bytes(fields["magic"])
    if magic == _PAIRS[version]:
        raise invalid(f"{name} is the header of a pair of files; save it as one .nii file.")
    if magic != _MAGICS[version]:
        raise invalid(f"{name} is an Analyze file or damaged; save the volume as .nii or .nii.gz.")
    return fields


def _shape(fields: Block, name: str) -> tuple[int, ...]:
    """Return the lengths in C order; those of 1 behind x, y and z are left out."""
    count = int(fields["dim"][0])
    lengths = [int(length) for length in fields["dim"][1 : 1 + count]]
    if not 1 <= count <= 7 or min(lengths) < 1 or math.prod(lengths) > _MAX_ELEMENTS:
        raise invalid(f"{name} has the impossible dimensions {fields['dim'].tolist()}.")
    while len(lengths) > 3 and lengths[-1] == 1:
        lengths.pop()
    return tuple(reversed(lengths))


def _dtype(fields: Block, name: str) -> np.dtype[Any]:
    code = int(fields["datatype"])
    if code not in _DTYPES:
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{name} has elements of the NIfTI type {code} ({_OTHERS.get(code, 'unknown')}); save "
            "integers or floats of at most 64 bits.",
        )
    order = fields.dtype["datatype"].str[0]
    dtype = number_dtype(order + _DTYPES[code], name)
    if int(fields["bitpix"]) != 8 * dtype.itemsize:
        raise invalid(
            f"{name} says that its elements have {int(fields['bitpix'])} bits and are of type "
            f"{dtype.name}; save it again."
        )
    return dtype


def _scaling(fields: Block, name: str) -> tuple[float, float] | None:
    slope, intercept = float(fields["scl_slope"]), float(fields["scl_inter"])
    if slope == 0 or not math.isfinite(slope) or (slope, intercept) == (1, 0):
        return None
    if not math.isfinite(intercept):
        raise invalid(f"{name} is scaled by {slope:g} and {intercept:g}; save it without scaling.")
    return slope, intercept
