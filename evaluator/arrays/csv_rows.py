"""The rows of a text table: separated by commas or tabs, UTF-8, bounded lines, one header."""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from evaluator.arrays.cells import TextCells
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.table import Batch
from evaluator.codes import Code

MAX_LINE_BYTES = 1024**2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BATCH_ROWS = 1024  # more of them leave the cache of the processor
_SOME_ROWS = 64  # read at once: even if each is as long as it may be
_BATCH_PIECES = 4  # of the file, where rows are long
_SHOWN_COLUMNS = 10
_TOO_LONG = f"has over {MAX_LINE_BYTES} bytes", "save it anew"


@dataclass(frozen=True)
class Dialect:
    """How cells are separated, and what that is called."""

    title: str
    separator: str
    separators: str
    others: tuple[str, ...]  # that people use in its place


CSV = Dialect("CSV", ",", "commas", (";", "\t", "|"))
TSV = Dialect("TSV", "\t", "tabs", (",", ";", "|"))


class CsvRows:
    """A text table, read once from top to bottom."""

    row_noun = "line"
    below = " below its header"
    row_count = None  # known when all are read

    def __init__(self, file: BinaryIO, name: str, dialect: Dialect = CSV) -> None:
        """Read the header. Raises: ArrayInvalid when there is none, or a name stands twice."""
        self.name = name
        self._dialect = dialect
        self._pieces = 0
        self._reader = csv.reader(self._lines(file), strict=True, delimiter=dialect.separator)
        self.columns = tuple(cell.strip() for cell in self._header())
        if not self.columns:
            raise invalid(f"{name} is empty; its first line must name the columns.")
        if len(set(self.columns)) != len(self.columns):
            raise self.mismatch("names a column twice")

    def batches(self, columns: Sequence[int]) -> Iterator[Batch]:
        """Yield the cells of the columns with these numbers; empty lines are left out.

        Raises: ArrayInvalid for a row of another length than the header, and what is no table.
        """
        rows: list[list[str]] = []
        lines: list[int] = []
        start = self._pieces
        for some, their_lines in self._some_rows():
            rows += some
            lines += their_lines
            if len(rows) >= _BATCH_ROWS or self._pieces > start + _BATCH_PIECES:
                yield _batch(rows, lines, columns)
                rows, lines, start = [], [], self._pieces
        if rows:
            yield _batch(rows, lines, columns)

    def mismatch(self, what: str) -> ArrayInvalid:
        """Return the error for columns that are not the expected ones."""
        shown = ", ".join(column[:40] for column in self.columns[:_SHOWN_COLUMNS])
        others = [mark for mark in self._dialect.others if mark in self.columns[0]]
        separate = f"separate the columns with {self._dialect.separators}"
        hint = separate if others else "name each column in line 1"
        return ArrayInvalid(
            Code.COLUMNS_MISMATCH, f"{self.name} {what}; its columns are {shown!a}; {hint}."
        )

    def _some_rows(self) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
        """Yield some rows, each as long as the header, and the lines in which they end."""
        width = len(self.columns)
        while True:
            line = self._reader.line_num
            rows = self._read(_SOME_ROWS)
            if not rows:
                return
            lines: Sequence[int] = range(line + 1, line + 1 + len(rows))
            if lines[-1] != self._reader.line_num:
                lines = list(itertools.accumulate(map(_line_count, rows), initial=line))[1:]
            if set(map(len, rows)) != {width}:
                kept = [number for number, row in enumerate(rows) if row]
                rows, lines = [rows[number] for number in kept], [lines[number] for number in kept]
                self._check_lengths(rows, lines)
            yield rows, lines

    def _read(self, count: int) -> list[list[str]]:
        try:
            return list(itertools.islice(self._reader, count))
        except csv.Error as error:
            raise invalid(
                f"{self.name} cannot be read as {self._dialect.title} in line "
                f"{self._reader.line_num}: {str(error)[:100]}; close each quote in the line where "
                "it opens."
            ) from error

    def _check_lengths(self, rows: list[list[str]], lines: Sequence[int]) -> None:
        for row, line in zip(rows, lines, strict=True):
            if len(row) != len(self.columns):
                raise ArrayInvalid(
                    Code.COLUMNS_MISMATCH,
                    f"{self.name} has {len(row)} cells in line {line} but {len(self.columns)} "
                    f"columns; put texts with {self._dialect.separators} in quotes.",
                )

    def _header(self) -> list[str]:
        while found := self._read(1):
            if found[0]:
                return found[0]
        return []

    def _lines(self, file: BinaryIO) -> Iterator[str]:
        """Yield the lines, taken from the file in pieces. Raises: ArrayInvalid."""
        number = 0
        rest = file.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)  # Excel writes one
        while True:
            piece = file.read(MAX_LINE_BYTES)
            self._pieces += 1
            data = rest + piece
            end = data.rfind(b"\n") + 1 if piece else len(data)
            text, fault = _decoded(data[:end], self._dialect.title)
            rest = data[end:]
            if len(rest) > MAX_LINE_BYTES and not fault:
                fault = _TOO_LONG
            if data.find(b"\n", 0, end) >= MAX_LINE_BYTES:  # later lines lie in one piece
                text, fault = "", _TOO_LONG
            yield from io.StringIO(text, newline="\n")
            number += text.count("\n")
            if fault:
                raise invalid(f"{self.name} {fault[0]} in line {number + 1}; {fault[1]}.")
            if not piece:
                return


def _line_count(row: list[str]) -> int:
    return 1 + sum(cell.count("\n") for cell in row)


def _batch(rows: list[list[str]], lines: list[int], columns: Sequence[int]) -> Batch:
    cells = tuple(TextCells([row[column].strip() for row in rows]) for column in columns)
    return Batch(cells, lines)


def _decoded(data: bytes, title: str) -> tuple[str, tuple[str, str] | None]:
    """Return the text up to the first line with a fault, and what is wrong with that, if any."""
    fault = None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        fault = "is not UTF-8", "save it as UTF-8"
        text = data[: data.rfind(b"\n", 0, error.start) + 1].decode("utf-8")
    nul = text.find("\0")
    if nul >= 0:
        fault = "has a NUL byte", f"save it as {title} in UTF-8"
        text = text[: text.rfind("\n", 0, nul) + 1]
    return text, fault
