"""A Parquet file as a Table."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.parquet.cells import ArrowCells
from evaluator.arrays.parquet.pages import Span, check_pages, damaged
from evaluator.arrays.table import Batch
from evaluator.codes import Code

_MAGIC = b"PAR1"
_END_BYTES = 8
_MAX_FOOTER_BYTES = 16 * 1024**2
_MAX_LIST_LENGTH = 1_000_000  # in the footer
_BATCH_ROWS = 16 * 1024
_BATCH_VALUES = 2**20
_BUFFER_BYTES = 1024**2
_CODECS = {"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "BROTLI"}
_TEXT = "BYTE_ARRAY"
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
        _check_end(path, name)
        with self._opened() as file:
            self._metadata = file.metadata
            self._names: list[str] = file.schema_arrow.names
            groups = range(self._metadata.num_row_groups)
            self.row_count: int | None = sum(
                self._metadata.row_group(group).num_rows for group in groups
            )
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
        check_pages(self._path, self._spans(wanted), self.name)
        size = max(1, min(_BATCH_ROWS, _BATCH_VALUES // len(wanted)))
        first = 1
        with self._opened(wanted) as file:
            groups = list(range(self._metadata.num_row_groups))
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
    def _opened(self, fields: Sequence[int] = ()) -> Iterator[Any]:  # Any: pyarrow has no types
        """Give the file, ready to read `fields`. Raises: ArrayInvalid for any damage."""
        texts = [
            self._names[field]
            for field in fields
            if self._metadata.schema.column(field).physical_type == _TEXT
        ]
        try:
            with pa.OSFile(str(self._path)) as source:
                yield pq.ParquetFile(
                    source,
                    metadata=self._metadata if fields else None,
                    read_dictionary=texts,
                    buffer_size=_BUFFER_BYTES,
                    pre_buffer=False,
                    thrift_string_size_limit=_MAX_FOOTER_BYTES,
                    thrift_container_size_limit=_MAX_LIST_LENGTH,
                )
        except _FAULTS as error:
            raise damaged(self.name) from error

    def _spans(self, fields: Sequence[int]) -> Iterator[Span]:
        """Yield where the pages of these columns lie. Raises: ArrayInvalid."""
        for group in range(self._metadata.num_row_groups):
            for field in fields:
                column = self._metadata.row_group(group).column(field)
                if column.file_path:
                    raise invalid(f"{self._title(field)} lies in another file; store it in one.")
                if column.compression not in _CODECS:
                    raise ArrayInvalid(
                        Code.CODEC_NOT_ALLOWED,
                        f"{self._title(field)} is compressed with {column.compression[:20]}; save "
                        "it with snappy, gzip, zstd, brotli or no compression.",
                    )
                # Where pyarrow begins, too.
                start = column.data_page_offset
                if column.has_dictionary_page and 0 < column.dictionary_page_offset < start:
                    start = column.dictionary_page_offset
                yield Span(start, column.total_compressed_size)

    def _title(self, field: int) -> str:
        return f"Column {self._names[field][:40]!a} of {self.name}"


def _check_end(path: Path, name: str) -> None:
    """Do nothing when the file ends like a Parquet file with a bounded footer."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        file.seek(max(0, size - _END_BYTES))
        end = file.read()
    if start != _MAGIC or end[4:] != _MAGIC:
        raise invalid(f"{name} is not a Parquet file, or cut off; save the table as Parquet.")
    if int.from_bytes(end[:4], "little") > min(_MAX_FOOTER_BYTES, size):
        raise damaged(name)
