"""What the cells of a table stand for."""

import re
from collections.abc import Callable

from evaluator.plans import DtypeKind

Parser = Callable[[str], float | None]

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
_TRUTHS = {"0": False, "1": True, "false": False, "true": True}


class Vocabulary:
    """Numbers for texts, so that labels written as texts count like others."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of `text`, a new one when it is new."""
        return self._numbers.setdefault(text, len(self._numbers))


def parser(kind: DtypeKind, vocabulary: Vocabulary) -> Parser:
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
    if "_" in cell or not cell.isascii():
        return None  # Python takes 1_000 and digits of other scripts for numbers
    try:
        return float(cell)  # nan and inf are found, counted and told when values are read
    except ValueError:
        return None
