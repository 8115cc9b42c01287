"""The pages of a column, looked at before anybody believes what they state."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from evaluator.arrays.chunk_limits import MAX_CHUNK_BYTES
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.parquet.footer import Span, damaged
from evaluator.arrays.parquet.thrift import Struct, ThriftInvalid, ThriftReader
from evaluator.codes import Code

MAX_SPAN_BYTES = 256 * 1024**2  # decoded; texts of one group may all be held at once
_MAX_HEADER_BYTES = 64 * 1024
_MAX_PAGES = 100_000  # a page has some thousand rows
_DELTA_TEXTS = 7  # each text begins like the one before: a few bytes become any number
_LEAST_ENTRY_BYTES = 2

# Numbers of fields in PageHeader and its parts. Source: parquet.thrift.
_PLAIN_BYTES, _STORED_BYTES, _DICTIONARY = 2, 3, 7
_ENCODINGS = {5: 2, 7: 2, 8: 4}  # field of the part, field of the encoding in it


def check_pages(path: Path, spans: Iterator[Span], name: str) -> set[int]:
    """Return which of the columns in `spans` have dictionaries, when all pages may be decoded.

    Raises: ArrayInvalid otherwise.
    """
    count, with_dictionary = 0, set()
    with path.open("rb") as file:
        for span in spans:
            left = MAX_SPAN_BYTES
            for header in _headers(file, span, name):
                count += 1
                left -= _checked_size(header, name)
                if count > _MAX_PAGES or left < 0:
                    raise invalid(
                        f"{name} has over {_MAX_PAGES} pages, or a group of rows with over "
                        f"{MAX_SPAN_BYTES} bytes in a column; save it with 100 000 rows in a group."
                    )
                if _DICTIONARY in header:
                    with_dictionary.add(span.column)
    return with_dictionary


def _headers(file: BinaryIO, span: Span, name: str) -> Iterator[Struct]:
    position, end = span.start, span.start + span.size
    while position < end:
        file.seek(position)
        reader = ThriftReader(file.read(min(_MAX_HEADER_BYTES, end - position)))
        try:
            header = reader.struct()
        except ThriftInvalid as error:
            raise damaged(name) from error
        stored = header.get(_STORED_BYTES)
        if not isinstance(stored, int) or stored < 0:
            raise damaged(name)
        yield header
        position += reader.position + stored
    if position != end:
        raise damaged(name)


def _checked_size(header: Struct, name: str) -> int:
    """Return the size of a page when it is decoded. Raises: ArrayInvalid."""
    size = header.get(_PLAIN_BYTES)
    if not isinstance(size, int) or size < 0:
        raise damaged(name)
    if size > MAX_CHUNK_BYTES:
        raise ArrayInvalid(
            Code.CHUNK_TOO_LARGE,
            f"{name} has a page of {size} bytes when decoded; save it with pages of at most "
            f"{MAX_CHUNK_BYTES} bytes, such as pyarrow writes.",
        )
    for field, encoding in _ENCODINGS.items():
        part = header.get(field)
        if isinstance(part, dict) and part.get(encoding) == _DELTA_TEXTS:
            raise ArrayInvalid(
                Code.CODEC_NOT_ALLOWED,
                f"{name} stores texts by their differences (DELTA_BYTE_ARRAY); save it with the "
                "default encoding.",
            )
    dictionary = header.get(_DICTIONARY)
    entries = dictionary.get(1) if isinstance(dictionary, dict) else 0
    if not isinstance(entries, int) or entries * _LEAST_ENTRY_BYTES > size:
        raise damaged(name)
    return size
