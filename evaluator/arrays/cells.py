"""What the cells of a table stand for."""

import re
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from evaluator.arrays.base import Block
from evaluator.plans import DtypeKind

DTYPES = {  # of numpy
    DtypeKind.INTEGER: "i8",
    DtypeKind.FLOAT: "f8",
    DtypeKind.NUMBER: "f8",
    DtypeKind.BOOL: "?",
    DtypeKind.TEXT: "i8",
}
NOUNS = {
    DtypeKind.INTEGER: "whole number",
    DtypeKind.FLOAT: "number",
    DtypeKind.NUMBER: "number",
    DtypeKind.BOOL: "truth value (0, 1, true, false)",
    DtypeKind.TEXT: "text",
}

_WHOLE = re.compile(r"[+-]?[0-9]{1,19}(\.0*)?", re.ASCII)  # pandas writes 3.0 beside empty cells
_SAFE_DIGITS = 18  # fit 64 bits, whatever they are
_TRUTHS = {"0": False, "1": True, "false": False, "true": True}


class Vocabulary:
    """Numbers for texts, so that labels written as texts count like others."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of `text`, a new one when it is new."""
        return self._numbers.setdefault(text, len(self._numbers))


class Cells(Protocol):
    """Some cells of one column, one below the other."""

    def __len__(self) -> int:
        """Return how many there are."""

    def texts(self) -> list[str]:
        """Return them as texts without spaces around them: names of rows."""

    def shown(self, place: int) -> str:
        """Return one of them as it stands in a sentence."""

    def values(self, kind: DtypeKind, vocabulary: Vocabulary) -> tuple[Block, Sequence[int]]:
        """Return what they stand for, 0 for those that stand for nothing, and where these are."""


class TextCells:
    """Cells of a table that is a text."""

    def __init__(self, texts: list[str]) -> None:
        """Take texts without spaces around them."""
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    def texts(self) -> list[str]:
        """Return them as they are."""
        return self._texts

    def shown(self, place: int) -> str:
        """Return one of them, cut off and in quotes."""
        return ascii(self._texts[place][:30])

    def values(self, kind: DtypeKind, vocabulary: Vocabulary) -> tuple[Block, Sequence[int]]:
        """Return what they stand for, and the places of those that stand for nothing."""
        dtype = DTYPES[kind]
        quick = self._quick(kind)
        if quick is not None:
            return quick, ()
        parsed = list(map(_parser(kind, vocabulary), self._texts))
        bad = [place for place, value in enumerate(parsed) if value is None]
        return np.array([value or 0 for value in parsed], dtype), bad

    def _quick(self, kind: DtypeKind) -> Block | None:
        """Return the values when all cells are such as Python reads like we do; else None."""
        convert: Callable[[str], float]
        match kind:
            case DtypeKind.FLOAT | DtypeKind.NUMBER:
                convert = float
            case DtypeKind.INTEGER if max(map(len, self._texts), default=0) <= _SAFE_DIGITS:
                convert = int
            case _:
                return None
        if not _is_plain("".join(self._texts)):
            return None
        try:
            return np.fromiter(map(convert, self._texts), DTYPES[kind], len(self._texts))
        except ValueError:
            return None  # each is looked at


def _parser(kind: DtypeKind, vocabulary: Vocabulary) -> Callable[[str], float | None]:
    """Return what turns a cell into a number; it gives None for a cell that holds none."""
    match kind:
        case DtypeKind.INTEGER:
            return _whole
        case DtypeKind.FLOAT | DtypeKind.NUMBER:
            return _number
        case DtypeKind.BOOL:
            return lambda cell: _TRUTHS.get(cell.lower())
        case DtypeKind.TEXT:
            return vocabulary.number


def _whole(cell: str) -> int | None:
    if not _WHOLE.fullmatch(cell):
        return None
    value = int(cell.partition(".")[0])
    return value if abs(value) < 2**63 else None


def _number(cell: str) -> float | None:
    if not _is_plain(cell):
        return None
    try:
        return float(cell)  # nan and inf are found, counted and told when values are read
    except ValueError:
        return None


def _is_plain(text: str) -> bool:
    """False where Python would take 1_000 and digits of other scripts for numbers."""
    return "_" not in text and text.isascii()
