"""Cells of a Parquet column, which have types of their own."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evaluator.arrays.base import Block
from evaluator.arrays.cells import DTYPES, NOUNS, TextCells, Vocabulary
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code
from evaluator.plans import DtypeKind

_MAX_TEXT_BYTES = 64 * 1024**2  # of the cells of one column that are looked at together
_WHOLE_LIMIT = 2.0**63


class ArrowCells:
    """Some cells of one column; `title` names it: column 'label' of labels.parquet."""

    def __init__(self, array: Any, title: str) -> None:  # Any: pyarrow has no types
        """Take an array, its texts as they are or as numbers into a dictionary.

        Raises: ArrayInvalid.
        """
        self._title = title
        self._array = _decoded(array, title) if pa.types.is_dictionary(array.type) else array

    def __len__(self) -> int:
        return len(self._array)

    def texts(self) -> list[str]:
        """Return them as names of rows. Raises: ArrayInvalid for types that name nothing."""
        if is_text(self._array.type):
            try:
                return [(text or "").strip() for text in self._array.to_pylist()]
            except UnicodeDecodeError as error:
                raise invalid(f"{self._title} is not UTF-8; save texts as UTF-8.") from error
        if pa.types.is_integer(self._array.type):
            return ["" if number is None else str(number) for number in self._array.to_pylist()]
        raise _unfit(self._array.type, self._title, "texts or whole numbers")

    def shown(self, place: int) -> str:
        """Return one of them, cut off and in quotes."""
        value = self._array[place].as_py()
        return "null" if value is None else ascii(str(value)[:30])

    def values(self, kind: DtypeKind, vocabulary: Vocabulary) -> tuple[Block, Sequence[int]]:
        """Return what they stand for, and the places of those that stand for nothing.

        Raises: ArrayInvalid for types that never stand for `kind`.
        """
        is_null: Block = self._array.is_null().to_numpy(zero_copy_only=False)
        if is_text(self._array.type) or (
            kind is DtypeKind.TEXT and pa.types.is_integer(self._array.type)
        ):
            values, bad = TextCells(self.texts()).values(kind, vocabulary)
            return values, sorted({*bad, *np.flatnonzero(is_null).tolist()})
        zero = pa.scalar(0).cast(self._array.type)
        numbers: Block = self._array.fill_null(zero).to_numpy(zero_copy_only=False)
        are_fit = _fitting(numbers, kind)
        if are_fit is None:
            raise _unfit(self._array.type, self._title, f"a {NOUNS[kind]} in each row")
        are_fit &= ~is_null
        values = np.where(are_fit, numbers, numbers.dtype.type(0)).astype(DTYPES[kind])
        return values, np.flatnonzero(~are_fit).tolist()


def check_type(kind: Any, title: str) -> None:
    """Do nothing for columns that can be read. Raises: ArrayInvalid."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not is_text(plain) and not is_number(plain):
        raise _unfit(kind, title, "texts or numbers")


def _unfit(kind: Any, title: str, expected: str) -> ArrayInvalid:
    return ArrayInvalid(
        Code.DTYPE_MISMATCH,
        f"{title} is of type {str(kind)[:40]}; expected {expected}: convert it, then save it.",
    )


def is_text(kind: Any) -> bool:
    """True for pyarrow's types of texts."""
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def is_number(kind: Any) -> bool:
    """True for pyarrow's types of booleans, integers and floats."""
    return bool(
        pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    )


def _decoded(array: Any, title: str) -> Any:
    """Return an array without its dictionary: one long text there may stand in every row."""
    if is_text(array.type.value_type):
        lengths = pc.take(pc.binary_length(array.dictionary), array.indices)
        if (pc.sum(lengths).as_py() or 0) > _MAX_TEXT_BYTES:
            raise ArrayInvalid(
                Code.CHUNK_TOO_LARGE,
                f"{title} has texts of over {_MAX_TEXT_BYTES} bytes in {len(array)} rows; shorten "
                "them.",
            )
    return array.dictionary_decode()


def _fitting(numbers: Block, kind: DtypeKind) -> Block | None:
    """Return which numbers stand for `kind`; None when numbers of this type never do."""
    are_fit: Block = np.ones(numbers.shape, np.bool_)
    match kind, numbers.dtype.kind:
        case (DtypeKind.INTEGER, "f"):
            are_fit = (np.trunc(numbers) == numbers) & (np.abs(numbers) < _WHOLE_LIMIT)
        case (DtypeKind.INTEGER, "u"):
            are_fit = numbers < np.uint64(_WHOLE_LIMIT)
        case (DtypeKind.BOOL, "i" | "u"):
            are_fit = (numbers == 0) | (numbers == 1)
        case (DtypeKind.BOOL, "f") | (DtypeKind.FLOAT, "b") | (DtypeKind.TEXT, _):
            return None
    return are_fit
