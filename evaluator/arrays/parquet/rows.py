"""A Parquet file as a Table."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any  # pyarrow has no types

import pyarrow as pa
import pyarrow.parquet as pq

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.parquet import footer
from evaluator.arrays.parquet.cells import ArrowCells, check_type, is_number
from evaluator.arrays.parquet.pages import check_pages
from evaluator.arrays.table import Batch
from evaluator.codes import Code

_BATCH_ROWS = 16 * 1024
_BATCH_VALUES = 2**20
_BUFFER_BYTES = 1024**2
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")
_SHOWN_COLUMNS = 10
# What pyarrow makes of damage; its own exceptions are kinds of most of these.
_FAULTS = (pa.ArrowException, OSError, ValueError, KeyError, TypeError, IndexError, OverflowError)


class ParquetRows:
    """A Parquet file without nested columns, read once from top to bottom."""

    row_noun = "row"
    below = ""

    def __init__(self, path: Path, name: str) -> None:
        """Read the footer of the file at `path`. Raises: ArrayInvalid."""
        self.name = name
        self._path = path
        self._footer = footer.Footer(path, name)
        self.row_count: int | None = self._footer.rows
        with self._opened() as file:
            self._metadata = file.metadata
            self._schema = file.schema_arrow
            self._names: list[str] = self._schema.names
        if self._metadata.num_columns != len(self._names):
            raise invalid(f"{name} has nested columns; save it with one value in each cell.")
        # What pandas adds for rows with names that nobody gave a title.
        fields = [n for n, title in enumerate(self._names) if not _PANDAS_INDEX.fullmatch(title)]
        self.columns: tuple[str, ...] = tuple(self._names[field] for field in fields)
        self._fields = fields
        if len(set(self.columns)) != len(self.columns):
            raise self.mismatch("names a column twice")

    def batches(self, columns: Sequence[int]) -> Iterator[Batch]:
        """Yield the cells of the columns with these numbers.

        Raises: ArrayInvalid for what may not be decoded, or cannot.
        """
        fields = [self._fields[column] for column in columns]
        wanted = sorted(set(fields))
        for field in wanted:
            check_type(self._schema.field(field).type, self._title(field))
        packed = check_pages(self._path, self._footer.spans(wanted), self.name)
        size = max(1, min(_BATCH_ROWS, _BATCH_VALUES // len(wanted)))
        first = 1
        with self._opened(self._metadata, packed) as file:
            groups = list(range(self._footer.groups))
            for found in file.reader.iter_batches(size, groups, wanted, use_threads=False):
                cells = tuple(
                    ArrowCells(found.column(wanted.index(field)), self._title(field))
                    for field in fields
                )
                yield Batch(cells, range(first, first + found.num_rows))
                first += int(found.num_rows)

    def mismatch(self, what: str) -> ArrayInvalid:
        """Return the error for columns that are not the expected ones."""
        shown = ", ".join(column[:40] for column in self.columns[:_SHOWN_COLUMNS])
        return ArrayInvalid(
            Code.COLUMNS_MISMATCH,
            f"{self.name} {what}; its columns are {shown!a}; name them as the task does.",
        )

    @contextmanager
    def _opened(self, metadata: Any = None, packed: Iterable[int] = ()) -> Iterator[Any]:
        """Give the file; texts of the fields in `packed` stay numbers into their dictionary.

        Raises: ArrayInvalid for any damage.
        """
        texts = [self._names[n] for n in packed if not is_number(self._schema.field(n).type)]
        try:
            with pa.OSFile(str(self._path)) as source:
                yield pq.ParquetFile(
                    source,
                    metadata=metadata,
                    read_dictionary=texts,
                    buffer_size=_BUFFER_BYTES,
                    pre_buffer=False,
                    thrift_string_size_limit=footer.MAX_BYTES,
                    thrift_container_size_limit=footer.MAX_BYTES,
                )
        except _FAULTS as error:
            raise footer.damaged(self.name) from error

    def _title(self, field: int) -> str:
        return f"Column {self._names[field][:40]!a} of {self.name}"
