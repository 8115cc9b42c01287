"""The element types that we read: booleans, integers and floats of at most eight bytes."""

import re
from typing import Any

import numpy as np

from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.plans import DtypeKind

_NUMPY_NAME = re.compile(r"[<>=|]?(b1|[iu][1248]|f[248])", re.ASCII)

_KINDS = {  # letters of numpy.dtype.kind
    DtypeKind.INTEGER: "iub",  # a mask saved as bool holds the labels 0 and 1
    DtypeKind.FLOAT: "f",
    DtypeKind.NUMBER: "iubf",
    DtypeKind.BOOL: "b",
    DtypeKind.TEXT: "",
}
_EXAMPLES = {
    DtypeKind.INTEGER: "integers, such as uint16",
    DtypeKind.FLOAT: "floating point numbers, such as float32",
    DtypeKind.NUMBER: "numbers, such as float32 or int32",
    DtypeKind.BOOL: "booleans",
    DtypeKind.TEXT: "texts, which only a CSV table can hold",
}


def number_dtype(text: str, name: str) -> np.dtype[Any]:
    """Return the dtype that numpy calls `text`, as in '<f4'. Raises: ArrayInvalid for others."""
    if not _NUMPY_NAME.fullmatch(text):
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{name} has elements of type {text[:40]!a}; save booleans, integers or floats of at "
            "most 64 bits.",
        )
    return np.dtype(text)


def check_dtype(dtype: np.dtype[Any], kind: DtypeKind, name: str) -> None:
    """Do nothing when elements of `dtype` can stand for `kind`. Raises: ArrayInvalid."""
    if dtype.kind not in _KINDS[kind]:
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{name} has dtype {dtype.name}; expected {_EXAMPLES[kind]}: convert it, then save it.",
        )
