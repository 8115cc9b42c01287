"""The rows of a CSV file: comma separated, UTF-8, bounded lines, one header."""

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.codes import Code

MAX_LINE_BYTES = 1024**2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_SEPARATORS = (";", "\t", "|")
_SHOWN_COLUMNS = 10


class CsvRows:
    """Iterates once over the rows below the header, each with its line number."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Read the header. Raises: ArrayInvalid when there is none, or a name stands twice."""
        self._name = name
        self._reader = csv.reader(_lines(file, name), strict=True)
        self.columns = tuple(cell.strip() for cell in next(self._rows(), []))
        if not self.columns:
            raise invalid(f"{name} is empty; its first line must name the columns.")
        if len(set(self.columns)) != len(self.columns):
            raise self.mismatch("names a column twice")

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and cells of each row; empty lines are left out."""
        for row in self._rows():
            if len(row) != len(self.columns):
                raise ArrayInvalid(
                    Code.COLUMNS_MISMATCH,
                    f"{self._name} has {len(row)} cells in line {self._reader.line_num} but "
                    f"{len(self.columns)} columns; put texts with commas in quotes.",
                )
            yield self._reader.line_num, row

    def position(self, column: str) -> int:
        """Return which cell of a row belongs to `column`. Raises: ArrayInvalid."""
        if column not in self.columns:
            raise self.mismatch(f"has no column '{column}'")
        return self.columns.index(column)

    def mismatch(self, what: str) -> ArrayInvalid:
        """Return the error for columns that are not the expected ones."""
        shown = ", ".join(column[:40] for column in self.columns[:_SHOWN_COLUMNS])
        others = [mark for mark in _OTHER_SEPARATORS if mark in self.columns[0]]
        hint = "separate the columns with commas" if others else "name each column in line 1"
        return ArrayInvalid(
            Code.COLUMNS_MISMATCH, f"{self._name} {what}; its columns are {shown!a}; {hint}."
        )

    def _rows(self) -> Iterator[list[str]]:
        try:
            yield from (row for row in self._reader if row)
        except csv.Error as error:
            raise invalid(
                f"{self._name} cannot be read as CSV in line {self._reader.line_num}: "
                f"{str(error)[:100]}; close each quote in the line where it opens."
            ) from error


@contextlib.contextmanager
def opened(path: Path, name: str) -> Iterator[CsvRows]:
    """Give the rows of the file at `path`. Raises: ArrayInvalid."""
    with path.open("rb") as file:
        yield CsvRows(file, name)


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)  # Excel writes one
        if len(line) > MAX_LINE_BYTES:
            raise invalid(f"{name} has over {MAX_LINE_BYTES} bytes in line {number}; save it anew.")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise invalid(f"{name} is not UTF-8 in line {number}; save it as UTF-8.") from error
        if "\0" in text:
            raise invalid(f"{name} has a NUL byte in line {number}; save it as CSV in UTF-8.")
        yield text
