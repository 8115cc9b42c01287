"""What is wrong with the rows and cells of a table, told once for all of them."""

from collections.abc import Sequence

import numpy as np

from evaluator.arrays.base import Block
from evaluator.arrays.cells import NOUNS
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.table import Batch, Table
from evaluator.codes import Code
from evaluator.plans import DtypeKind


class Oddity:
    """How often something was wrong, and the first time."""

    def __init__(self) -> None:
        self.count = 0
        self.first = ""

    def note(self, text: str, times: int = 1) -> None:
        """Count it, and remember `text` when it is the first."""
        self.first = self.first if self.count else text[:40]
        self.count += times

    def note_all(self, names: Sequence[str], are_odd: Block) -> None:
        """Count those of `names` that are odd."""
        if are_odd.any():
            self.note(names[int(np.argmax(are_odd))], int(np.count_nonzero(are_odd)))

    def told(self, noun: str) -> str:
        """Return the count with its noun."""
        return f"{self.count} {noun}{'' if self.count == 1 else 's'}"


class Faults:
    """What is wrong with some columns of a table; `titles` names them, where they have names."""

    def __init__(
        self, table: Table, index: str | None, kind: DtypeKind, titles: Sequence[str]
    ) -> None:
        self.doubles = Oddity()
        self.unknown = Oddity()
        self._table = table
        self._index = index
        self._kind = kind
        self._bad = {title: Oddity() for title in titles}
        self._titles = titles
        self._found: list[ArrayInvalid] = []

    def check(self, column: int, batch: Batch, bad: Sequence[int]) -> None:
        """Note the cells of a column of `batch` that hold no value."""
        if len(bad):
            shown = batch.cells[column].shown(bad[0])
            place = f"{shown} in {self._table.row_noun} {batch.numbers[bad[0]]}"
            self._bad[self._titles[column]].note(place, len(bad))

    def wrong_count(self, found: int, expected: int) -> ArrayInvalid:
        """Return the error for too few or too many rows."""
        return self._fault(
            Code.ROWS_MISMATCH,
            f"has {found} rows{self._table.below}, expected {expected}; hand in one row for each",
        )

    def check_count(self, found: int, expected: int) -> None:
        """Note too few or too many rows."""
        if found != expected:
            self._found.append(self.wrong_count(found, expected))

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
                f"'{self._index}' {self.unknown.first!a}; take them out",
            )
        if self.doubles.count:
            self._add(
                Code.ROWS_MISMATCH,
                f"has {self.doubles.told('row')} that came before, the first with "
                f"'{self._index}' {self.doubles.first!a}; keep one of each",
            )
        for title, bad in self._bad.items():
            if bad.count:
                column = f" in column '{title[:40]}'" if title else ""
                self._add(
                    Code.DTYPE_MISMATCH,
                    f"has {bad.told('cell')}{column} without a {NOUNS[self._kind]}, the first "
                    f"{bad.first}; correct them",
                )
        return tuple(self._found)

    def _add(self, code: Code, what: str) -> None:
        self._found.append(self._fault(code, what))

    def _fault(self, code: Code, what: str) -> ArrayInvalid:
        return ArrayInvalid(code, f"{self._table.name} {what}.")
