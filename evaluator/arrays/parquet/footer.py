"""The footer of a Parquet file: how many rows there are, and where the pages of columns lie.

Read by ourselves, as pyarrow ends the process for some of what may stand there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.parquet.thrift import Struct, ThriftInvalid, ThriftReader
from evaluator.codes import Code

MAX_BYTES = 4 * 1024**2
_MAGIC = b"PAR1"
_END_BYTES = 8
_CODECS = {0, 1, 2, 4, 6}  # none, snappy, gzip, brotli, zstd

# Numbers of fields in FileMetaData, RowGroup, ColumnChunk and ColumnMetaData: parquet.thrift.
_GROUPS, _COLUMNS, _ROWS, _OTHER_FILE, _ABOUT = 4, 1, 3, 1, 3
_CODEC, _SIZE, _DATA_START, _DICTIONARY_START = 4, 7, 9, 11


@dataclass(frozen=True)
class Span:
    """Where the pages of one column in one group of rows lie."""

    column: int
    start: int
    size: int


class Footer:
    """What the end of the file at `path` says."""

    def __init__(self, path: Path, name: str) -> None:
        """Read it. Raises: ArrayInvalid."""
        self._name = name
        try:
            document = ThriftReader(_footer(path, name)).struct()
        except ThriftInvalid as error:
            raise damaged(name) from error
        self._groups = _structs(document, _GROUPS, name)

    @property
    def groups(self) -> int:
        """Number of groups of rows."""
        return len(self._groups)

    @property
    def rows(self) -> int:
        """Number of rows in all groups."""
        return sum(_number(group, _ROWS, self._name) for group in self._groups)

    def spans(self, columns: list[int]) -> Iterator[Span]:
        """Yield where the pages of the columns with these numbers lie, group by group.

        Raises: ArrayInvalid for a column that may not be decoded.
        """
        for group in self._groups:
            found = _structs(group, _COLUMNS, self._name)
            for number in columns:
                if number >= len(found):
                    raise damaged(self._name)
                yield self._span(found[number], number)

    def _span(self, column: Struct, number: int) -> Span:
        about = column.get(_ABOUT)
        if column.get(_OTHER_FILE) or not isinstance(about, dict):
            raise invalid(
                f"{self._name} has columns in other files, or encrypted ones; save it as one plain "
                "file."
            )
        if about.get(_CODEC) not in _CODECS:
            raise ArrayInvalid(
                Code.CODEC_NOT_ALLOWED,
                f"{self._name} has a column that is compressed in another way than with snappy, "
                "gzip, zstd or brotli; save it with one of these, or without compression.",
            )
        start, size = (_number(about, field, self._name) for field in (_DATA_START, _SIZE))
        dictionary = about.get(_DICTIONARY_START)
        if isinstance(dictionary, int) and 0 < dictionary < start:
            start = dictionary  # where pyarrow begins, too
        return Span(number, start, size)


def _footer(path: Path, name: str) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        file.seek(max(0, size - _END_BYTES))
        end = file.read()
        if start != _MAGIC or end[4:] != _MAGIC:
            raise invalid(f"{name} is not a Parquet file, or cut off; save the table as Parquet.")
        length = int.from_bytes(end[:4], "little")
        if length > min(MAX_BYTES, size - _END_BYTES):
            raise invalid(
                f"{name} has a footer of {length} bytes, which its {size} do not hold or which is "
                f"over the limit of {MAX_BYTES}; save it with larger groups of rows."
            )
        file.seek(size - _END_BYTES - length)
        return file.read(length)


def _structs(parent: Struct, field: int, name: str) -> list[Struct]:
    found = parent.get(field)
    if not isinstance(found, tuple):
        raise damaged(name)
    return [item for item in found if isinstance(item, dict)]


def _number(parent: Struct, field: int, name: str) -> int:
    found = parent.get(field)
    if not isinstance(found, int) or found < 0:
        raise damaged(name)
    return found


def damaged(name: str) -> ArrayInvalid:
    """Return the error for a file that is not what it should be."""
    return ArrayInvalid(
        Code.CHUNK_CORRUPT,
        f"{name} is a damaged or cut off Parquet file; save it again and upload it whole.",
    )
