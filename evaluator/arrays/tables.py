"""One column of a CSV table as an array, its rows in the order of the truth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.cells import DTYPES, NOUNS, Vocabulary, parser
from evaluator.arrays.csv_rows import CsvRows, opened
from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.plans import DtypeKind


@dataclass(frozen=True)
class ColumnSpec:
    """Which column holds the values, which one names the rows, and what the values are."""

    column: str | None  # None: the only one beside `index`
    index: str | None
    kind: DtypeKind


@dataclass(frozen=True)
class Rows:
    """The rows of the truth: how many, and the place of each name when they have names."""

    count: int
    places: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Reading:
    """The values, and what is wrong with them; with faults the values mean nothing."""

    values: Block
    rows: Rows
    faults: tuple[ArrayInvalid, ...]


def read_all_rows(path: Path, name: str, spec: ColumnSpec, vocabulary: Vocabulary) -> Reading:
    """Return the column as it stands, and its rows: how truth is read.

    Raises: ArrayInvalid for what makes reading on pointless.
    """
    faults = _Faults(name, spec)
    values: list[float] = []
    places: dict[str, int] = {}
    for cell in _cells(path, name, spec, vocabulary):
        faults.check(cell)
        if spec.index is not None and cell.row in places:
            faults.doubles.note(cell.row)
        places[cell.row] = len(values)
        values.append(cell.value or 0)
    rows = Rows(len(values), None if spec.index is None else places)
    return Reading(np.array(values, DTYPES[spec.kind]), rows, faults.all())


def read_rows(
    path: Path, name: str, spec: ColumnSpec, vocabulary: Vocabulary, *, like: Rows
) -> Reading:
    """Return the column with its rows in the order of `like`: how predictions are read.

    Raises: ArrayInvalid for what makes reading on pointless.
    """
    faults = _Faults(name, spec)
    values = np.zeros(like.count, DTYPES[spec.kind])
    cells = _cells(path, name, spec, vocabulary)
    if like.places is None or spec.index is None:
        _take_in_order(cells, values, faults)
    else:
        _take_by_name(cells, values, faults, like.places)
    return Reading(values, like, faults.all())


@dataclass(frozen=True)
class _Cell:
    row: str  # its name; empty when rows have none
    line: int
    text: str
    value: float | None


def _cells(path: Path, name: str, spec: ColumnSpec, vocabulary: Vocabulary) -> Iterator[_Cell]:
    with opened(path, name) as rows:
        value_at, name_at = _positions(rows, spec)
        parse = parser(spec.kind, vocabulary)
        for line, row in rows:
            text = row[value_at].strip()
            yield _Cell("" if name_at is None else row[name_at].strip(), line, text, parse(text))


def _positions(rows: CsvRows, spec: ColumnSpec) -> tuple[int, int | None]:
    name_at = None if spec.index is None else rows.position(spec.index)
    if spec.column is not None:
        return rows.position(spec.column), name_at
    others = [place for place in range(len(rows.columns)) if place != name_at]
    if len(others) != 1:
        raise rows.mismatch("must have one column of values")
    return others[0], name_at


def _take_in_order(cells: Iterator[_Cell], values: Block, faults: "_Faults") -> None:
    count = 0
    for cell in cells:
        faults.check(cell)
        if count < values.size:
            values[count] = cell.value or 0
        count += 1
    faults.check_count(count, values.size)


def _take_by_name(
    cells: Iterator[_Cell], values: Block, faults: "_Faults", places: Mapping[str, int]
) -> None:
    is_filled = np.zeros(values.size, np.bool_)
    for cell in cells:
        faults.check(cell)
        place = places.get(cell.row)
        if place is None:
            faults.unknown.note(cell.row)
        elif is_filled[place]:
            faults.doubles.note(cell.row)
        else:
            is_filled[place] = True
            values[place] = cell.value or 0
    faults.check_missing(int(np.count_nonzero(~is_filled)), values.size)


@dataclass
class _Oddity:
    """How often something was wrong, and the first time."""

    count: int = 0
    first: str = ""

    def note(self, text: str) -> None:
        self.first = self.first if self.count else text[:40]
        self.count += 1

    def told(self, noun: str) -> str:
        return f"{self.count} {noun}{'' if self.count == 1 else 's'}"


@dataclass
class _Faults:
    """What is wrong with one column, told once for all rows."""

    name: str
    spec: ColumnSpec
    bad: _Oddity = field(default_factory=_Oddity)
    doubles: _Oddity = field(default_factory=_Oddity)
    unknown: _Oddity = field(default_factory=_Oddity)
    _found: list[ArrayInvalid] = field(default_factory=list)

    def check(self, cell: _Cell) -> None:
        """Note a cell that holds no value."""
        if cell.value is None:
            self.bad.note(f"{cell.text[:30]!a} in line {cell.line}")

    def check_count(self, found: int, expected: int) -> None:
        """Note too few or too many rows."""
        if found != expected:
            self._add(
                Code.ROWS_MISMATCH,
                f"has {found} rows below its header, expected {expected}; hand in one row for each",
            )

    def check_missing(self, missing: int, expected: int) -> None:
        """Note rows of the truth that have no row here."""
        if missing:
            self._add(
                Code.ROWS_MISMATCH,
                f"lacks {missing} of the {expected} rows; hand in one row for each",
            )

    def all(self) -> tuple[ArrayInvalid, ...]:
        """Return everything that was noted, one sentence each."""
        if self.unknown.count:
            self._add(
                Code.ROWS_MISMATCH,
                f"has {self.unknown.told('row')} that nobody asked for, the first with "
                f"'{self.spec.index}' {self.unknown.first!a}; take them out",
            )
        if self.doubles.count:
            self._add(
                Code.ROWS_MISMATCH,
                f"has {self.doubles.told('row')} that came before, the first with "
                f"'{self.spec.index}' {self.doubles.first!a}; keep one of each",
            )
        if self.bad.count:
            column = "" if self.spec.column is None else f" in column '{self.spec.column}'"
            self._add(
                Code.DTYPE_MISMATCH,
                f"has {self.bad.told('cell')}{column} without a {NOUNS[self.spec.kind]}, the first "
                f"{self.bad.first}; correct them",
            )
        return tuple(self._found)

    def _add(self, code: Code, what: str) -> None:
        self._found.append(ArrayInvalid(code, f"{self.name} {what}."))
