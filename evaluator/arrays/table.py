"""One interface for stored tables: columns by name, cells batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from evaluator.arrays.cells import Cells
from evaluator.arrays.errors import ArrayInvalid


@dataclass(frozen=True)
class Batch:
    """Some rows: the cells of each column that was asked for, and the number of each row."""

    cells: tuple[Cells, ...]
    numbers: Sequence[int]

    def __len__(self) -> int:
        return len(self.numbers)


class Table(Protocol):
    """A stored table, read once from top to bottom."""

    @property
    def name(self) -> str:
        """The path by which its owner knows it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, no two alike."""

    @property
    def row_noun(self) -> str:
        """What rows are counted in: lines of a text, or rows."""

    @property
    def below(self) -> str:
        """What follows the number of rows in a sentence."""

    @property
    def row_count(self) -> int | None:
        """How many rows there are; None when that is known only after reading."""

    def batches(self, columns: Sequence[int]) -> Iterator[Batch]:
        """Yield the cells of the columns with these numbers, in this order.

        Raises: ArrayInvalid when the rest cannot be read.
        """

    def mismatch(self, what: str) -> ArrayInvalid:
        """Return the error for columns that are not the expected ones; `what` is its verb."""
