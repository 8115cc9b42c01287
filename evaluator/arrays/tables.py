"""Columns of a table as an array, its rows in the order of the truth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.cells import DTYPES, Vocabulary
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.opening import open_table
from evaluator.arrays.table import Table
from evaluator.arrays.table_faults import Faults
from evaluator.codes import Code
from evaluator.plans import DtypeKind, Format

MAX_VALUES = 2**27  # of a prediction: 1 GiB of numbers
_SPARE_ROWS = 1000


@dataclass(frozen=True)
class TableFile:
    """Where a table lies, the path by which its owner knows it, and how it is stored."""

    path: Path
    name: str
    how: Format


@dataclass(frozen=True)
class ColumnSpec:
    """Which column holds the values, which one names the rows, and what the values are.

    With `columns` each row has several values; None: one in each column that is not named
    otherwise. `others` are columns that hold something else.
    """

    column: str | None  # None: the only one that is not named otherwise
    index: str | None
    kind: DtypeKind
    columns: tuple[str, ...] | None = ()
    others: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rows:
    """The rows of the truth: how many, and the place of each name when they have names."""

    count: int
    places: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Reading:
    """The values, one axis for rows and, when these have several, one for columns.

    With faults the values mean nothing.
    """

    values: Block
    rows: Rows
    faults: tuple[ArrayInvalid, ...]


def read_all_rows(file: TableFile, spec: ColumnSpec, vocabulary: Vocabulary) -> Reading:
    """Return the columns as they stand, and the rows: how truth is read.

    Raises: ArrayInvalid for what makes reading on pointless.
    """
    with open_table(file.path, file.name, file.how) as table:
        chosen = _chosen(table, spec)
        faults = Faults(table, spec.index, spec.kind, chosen.titles)
        parts: list[Block] = [np.empty((0, len(chosen.values)), DTYPES[spec.kind])]
        places: dict[str, int] = {}
        count = 0
        for names, values in _parsed(table, chosen, vocabulary, faults):
            _note_places(names, count, places, faults)
            parts.append(values)
            count += len(values)
    rows = Rows(count, None if spec.index is None else places)
    return Reading(chosen.shaped(np.concatenate(parts)), rows, faults.all())


def read_rows(file: TableFile, spec: ColumnSpec, vocabulary: Vocabulary, *, like: Rows) -> Reading:
    """Return the columns with their rows in the order of `like`: how predictions are read.

    Raises: ArrayInvalid for what makes reading on pointless.
    """
    with open_table(file.path, file.name, file.how) as table:
        chosen = _chosen(table, spec)
        faults = Faults(table, spec.index, spec.kind, chosen.titles)
        _check_size(table, chosen, like, faults)
        values = np.zeros((like.count, len(chosen.values)), DTYPES[spec.kind])
        if like.places is None or spec.index is None:
            nameless = _Chosen(None, chosen.values, chosen.titles, chosen.kind)
            _take_in_order(_parsed(table, nameless, vocabulary, faults), values, faults)
        else:
            _take_by_name(_parsed(table, chosen, vocabulary, faults), values, faults, like.places)
    return Reading(chosen.shaped(values), like, faults.all())


def read_column(file: TableFile, column: str) -> Block:
    """Return a column of the truth that goes with its values: whole numbers if all cells are such.

    Else numbers if all are, else a number for each text, from 0 on in the order of their coming.
    Raises: ArrayInvalid; also for a text that is empty.
    """
    kinds = (DtypeKind.INTEGER, DtypeKind.FLOAT, DtypeKind.TEXT)
    found = (_column(file, column, kind) for kind in kinds)
    values = next((values for values in found if values is not None), None)
    if values is None:
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{file.name} has empty cells in column '{column}'; write something into each.",
        )
    return values


def _column(file: TableFile, column: str, kind: DtypeKind) -> Block | None:
    """Return the values of a column, None when a cell does not stand for `kind`."""
    parts: list[Block] = [np.empty(0, DTYPES[kind])]
    vocabulary = Vocabulary()
    with open_table(file.path, file.name, file.how) as table:
        for batch in table.batches([_position(table, column)]):
            values, bad = batch.cells[0].values(kind, vocabulary)
            if len(bad) or (kind is DtypeKind.TEXT and "" in batch.cells[0].texts()):
                return None
            parts.append(values)
    return np.concatenate(parts)


@dataclass(frozen=True)
class _Chosen:
    """Numbers of the columns that name rows and hold values; what the latter are called."""

    names: int | None
    values: tuple[int, ...]
    titles: tuple[str, ...]  # empty for a column that nobody named
    kind: DtypeKind
    is_single: bool = True

    def shaped(self, values: Block) -> Block:
        """Return the values of each row, without an axis when there is only one."""
        return values[:, 0] if self.is_single else values


def _chosen(table: Table, spec: ColumnSpec) -> _Chosen:
    names = None if spec.index is None else _position(table, spec.index)
    if spec.columns:
        values = tuple(_position(table, column) for column in spec.columns)
        return _Chosen(names, values, spec.columns, spec.kind, is_single=False)
    if spec.column is not None:
        return _Chosen(names, (_position(table, spec.column),), (spec.column,), spec.kind)
    rest = tuple(
        place
        for place, column in enumerate(table.columns)
        if place != names and column not in spec.others
    )
    if spec.columns is None and rest:
        titles = tuple(table.columns[place] for place in rest)
        return _Chosen(names, rest, titles, spec.kind, is_single=False)
    if len(rest) != 1:
        raise table.mismatch("must have one column of values")
    return _Chosen(names, rest, ("",), spec.kind)


def _position(table: Table, column: str) -> int:
    if column not in table.columns:
        raise table.mismatch(f"has no column '{column}'")
    return table.columns.index(column)


def _check_size(table: Table, chosen: _Chosen, like: Rows, faults: Faults) -> None:
    """Do nothing when the table may be read. Raises: ArrayInvalid."""
    count = table.row_count
    if count is not None and count > 2 * like.count + _SPARE_ROWS:
        # A few bytes may stand for any number of rows.
        raise faults.wrong_count(count, like.count)
    if like.count * len(chosen.values) > MAX_VALUES:
        raise ArrayInvalid(
            Code.COLUMNS_MISMATCH,
            f"{table.name} has {len(chosen.values)} columns of values; expected at most "
            f"{MAX_VALUES // like.count} for {like.count} rows: take out what was not asked for.",
        )


def _parsed(
    table: Table, chosen: _Chosen, vocabulary: Vocabulary, faults: Faults
) -> Iterator[tuple[Sequence[str], Block]]:
    """Yield names, none for rows without, and values of some rows; note cells without a value."""
    asked = chosen.values if chosen.names is None else (*chosen.values, chosen.names)
    for batch in table.batches(asked):
        values = np.empty((len(batch), len(chosen.values)), DTYPES[chosen.kind])
        for place in range(len(chosen.values)):
            values[:, place], bad = batch.cells[place].values(chosen.kind, vocabulary)
            faults.check(place, batch, bad)
        yield () if chosen.names is None else batch.cells[-1].texts(), values


def _note_places(names: Sequence[str], start: int, places: dict[str, int], faults: Faults) -> None:
    found = dict(zip(names, range(start, start + len(names)), strict=True))
    if len(found) != len(names) or not places.keys().isdisjoint(found):
        seen = set(places)
        for name in names:
            if name in seen:
                faults.doubles.note(name)
            seen.add(name)
    places.update(found)


def _take_in_order(
    parsed: Iterator[tuple[Sequence[str], Block]], values: Block, faults: Faults
) -> None:
    count = 0
    for _, part in parsed:
        room = values[count : count + len(part)]
        room[...] = part[: len(room)]
        count += len(part)
    faults.check_count(count, len(values))


def _take_by_name(
    parsed: Iterator[tuple[Sequence[str], Block]],
    values: Block,
    faults: Faults,
    places: Mapping[str, int],
) -> None:
    is_filled = np.zeros(len(values), np.bool_)
    for names, part in parsed:
        found = np.array([places.get(name, -1) for name in names], np.int64)
        faults.unknown.note_all(names, found < 0)
        rows = np.flatnonzero(found >= 0)
        is_first = np.zeros(len(rows), np.bool_)
        is_first[np.unique(found[rows], return_index=True)[1]] = True
        is_fresh = is_first & ~is_filled[found[rows]]
        for row in rows[~is_fresh].tolist():
            faults.doubles.note(names[row])
        rows = rows[is_fresh]
        values[found[rows]] = part[rows]
        is_filled[found[rows]] = True
    faults.check_missing(int(np.count_nonzero(~is_filled)), len(values))
