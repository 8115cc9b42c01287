"""Parquet tables, as programs write them and as nobody should."""

import decimal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.parquet.footer import Span
from evaluator.arrays.parquet.pages import check_pages
from evaluator.arrays.parquet.thrift import ThriftInvalid, ThriftReader
from evaluator.arrays.tables import (
    ColumnSpec,
    Reading,
    Rows,
    TableFile,
    read_all_rows,
    read_column,
    read_rows,
)
from evaluator.codes import Code
from evaluator.plans import DtypeKind, Format

MIB = 1024**2
NAMES = ["c", "a", "b"]
LABELS = ColumnSpec("label", "id", DtypeKind.INTEGER)
NAMED = Rows(3, {"a": 0, "b": 1, "c": 2})


def written(folder: Path, columns: Any, **how: Any) -> TableFile:
    path = folder / "labels.parquet"
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), path, **how)
    return TableFile(path, "labels.parquet", Format.PARQUET)


def read(
    file: TableFile, spec: ColumnSpec = LABELS, like: Rows = NAMED, vocabulary: Any = None
) -> Reading:
    return read_rows(file, spec, vocabulary or Vocabulary(), like=like)


WAYS: dict[str, dict[str, Any]] = {
    "as pyarrow likes": {},
    "no compression": {"compression": "none"},
    "gzip": {"compression": "gzip"},
    "zstd": {"compression": "zstd"},
    "brotli": {"compression": "brotli"},
    "no dictionary": {"use_dictionary": False},
    "version 1": {"version": "1.0"},
    "pages of version 2": {"data_page_version": "2.0", "compression": "zstd"},
    "groups of one row": {"row_group_size": 1},
    "pages of few bytes": {"data_page_size": 1, "write_batch_size": 1},
    "page index": {"write_page_index": True, "write_page_checksum": True},
    "differences of lengths": {
        "use_dictionary": False,
        "column_encoding": {"id": "DELTA_LENGTH_BYTE_ARRAY", "label": "DELTA_BINARY_PACKED"},
    },
    "bytes apart": {"use_dictionary": False, "use_byte_stream_split": ["label"]},
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS.keys())
def test_rows_come_in_the_order_of_the_truth_however_they_were_stored(
    how: dict[str, Any], tmp_path: Path
) -> None:
    file = written(tmp_path, {"id": NAMES, "note": [1.5, 2.5, 3.5], "label": [3, 1, 2]}, **how)

    reading = read(file)

    assert reading.values.tolist() == [1, 2, 3]
    assert reading.faults == ()


def test_the_truth_names_its_rows(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": NAMES, "label": [3, 1, 2]})

    reading = read_all_rows(file, LABELS, Vocabulary())

    assert reading.rows == Rows(3, {"c": 0, "a": 1, "b": 2})
    assert reading.values.tolist() == [3, 1, 2]


INDEXES: dict[str, Any] = {
    "texts": pa.array(["7", "8"]),
    "large texts": pa.array(["7", "8"], pa.large_string()),
    "views of texts": pa.array(["7", "8"], pa.string_view()),
    "categories": pa.array(["7", "8"]).dictionary_encode(),
    "numbers": pa.array([7, 8], pa.uint16()),
    "categories of numbers": pa.array([7, 8]).dictionary_encode(),
    "spaces": pa.array([" 7", "8 "]),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES.keys())
def test_rows_are_named_by_texts_and_whole_numbers(index: Any, tmp_path: Path) -> None:
    file = written(tmp_path, {"id": index, "label": [1, 2]})

    reading = read(file, like=Rows(2, {"8": 0, "7": 1}))

    assert reading.values.tolist() == [2, 1]


INTEGER, FLOAT, NUMBER = DtypeKind.INTEGER, DtypeKind.FLOAT, DtypeKind.NUMBER
BOOL, TEXT = DtypeKind.BOOL, DtypeKind.TEXT
VALUES: dict[str, tuple[DtypeKind, Any, list[float]]] = {
    "integers": (INTEGER, pa.array([-7, 2**63 - 1]), [-7, 2**63 - 1]),
    "small integers": (INTEGER, pa.array([1, 255], pa.uint8()), [1, 255]),
    "whole floats": (INTEGER, pa.array([1.0, -2.0]), [1, -2]),
    "booleans as integers": (INTEGER, pa.array([True, False]), [1, 0]),
    "texts as integers": (INTEGER, pa.array(["1", "2.0"]), [1, 2]),
    "floats": (FLOAT, pa.array([0.25, 0.5]), [0.25, 0.5]),
    "half floats": (FLOAT, pa.array([0.25, 0.5], pa.float16()), [0.25, 0.5]),
    "single floats": (FLOAT, pa.array([0.25, 0.5], pa.float32()), [0.25, 0.5]),
    "integers as floats": (FLOAT, pa.array([1, 2]), [1.0, 2.0]),
    "categories of floats": (FLOAT, pa.array([0.5, 0.5]).dictionary_encode(), [0.5, 0.5]),
    "texts as floats": (FLOAT, pa.array(["0.5", "nan"]), [0.5, np.nan]),
    "booleans as numbers": (NUMBER, pa.array([True, False]), [1.0, 0.0]),
    "booleans": (BOOL, pa.array([True, False]), [True, False]),
    "integers as booleans": (BOOL, pa.array([1, 0]), [True, False]),
    "texts as booleans": (BOOL, pa.array(["true", "0"]), [True, False]),
    "texts": (TEXT, pa.array(["cat", "dog"]), [0, 1]),
    "categories": (TEXT, pa.array(["cat", "cat"]).dictionary_encode(), [0, 0]),
    "integers as texts": (TEXT, pa.array([7, 9]), [0, 1]),
}


@pytest.mark.parametrize(("kind", "cells", "values"), VALUES.values(), ids=VALUES.keys())
def test_cells_are_read_as_their_kind(
    kind: DtypeKind, cells: Any, values: list[float], tmp_path: Path
) -> None:
    file = written(tmp_path, {"label": cells})

    reading = read(file, ColumnSpec("label", None, kind), Rows(2))

    assert reading.faults == ()
    assert np.array_equal(reading.values, values, equal_nan=kind is FLOAT)


BAD_CELLS: dict[str, tuple[DtypeKind, Any, str]] = {
    "null integers": (INTEGER, pa.array([1, None, None]), "2 cells.*whole number, the first null"),
    "null floats": (FLOAT, pa.array([0.5, 1.5, None]), "1 cell .*, the first null in row 3"),
    "null booleans": (BOOL, pa.array([True, None, False]), "the first null in row 2"),
    "null texts": (TEXT, pa.array(["a", None, "b"]), "without a text, the first null in row 2"),
    "null categories": (TEXT, pa.array([None, "a", "b"]).dictionary_encode(), "null in row 1"),
    "fractions": (INTEGER, pa.array([1.0, 2.5, np.nan]), "2 cells .*, the first '2.5' in row 2"),
    "floats without end": (INTEGER, pa.array([1.0, np.inf, 1e19]), "2 cells .*'inf' in row 2"),
    "integers over 63 bits": (
        INTEGER,
        pa.array([1, 2**63, 2**64 - 1], pa.uint64()),
        "2 cells .*'9223372036854775808' in row 2",
    ),
    "other integers": (BOOL, pa.array([0, 1, 2]), "1 cell .*truth value.* '2' in row 3"),
    "other texts": (FLOAT, pa.array(["1", "x", "1_0"]), "2 cells .*, the first 'x' in row 2"),
}


@pytest.mark.parametrize(("kind", "cells", "told"), BAD_CELLS.values(), ids=BAD_CELLS.keys())
def test_cells_without_a_value_are_told_with_a_count(
    kind: DtypeKind, cells: Any, told: str, tmp_path: Path
) -> None:
    file = written(tmp_path, {"label": cells})

    reading = read(file, ColumnSpec("label", None, kind), Rows(3))

    (fault,) = reading.faults
    assert fault.code is Code.DTYPE_MISMATCH
    assert str(fault).startswith("labels.parquet has ")
    with pytest.raises(ArrayInvalid, match=told):
        raise fault


def test_everything_wrong_with_the_rows_is_told_as_for_other_tables(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": ["a", "a", "x", "y", None], "label": [1, 2, 3, None, 4]})

    assert "\n".join(str(fault) for fault in read(file).faults) == (
        "labels.parquet lacks 2 of the 3 rows; hand in one row for each.\n"
        "labels.parquet has 3 rows that nobody asked for, the first with 'id' 'x'; take them out.\n"
        "labels.parquet has 1 row that came before, the first with 'id' 'a'; keep one of each.\n"
        "labels.parquet has 1 cell in column 'label' without a whole number, the first null in "
        "row 4; correct them."
    )


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_rows_is_told(count: int, tmp_path: Path) -> None:
    file = written(tmp_path, {"label": [1] * count})

    (fault,) = read(file, ColumnSpec("label", None, INTEGER), Rows(2)).faults

    assert str(fault) == (f"labels.parquet has {count} rows, expected 2; hand in one row for each.")


def test_columns_of_values_come_in_the_order_that_was_asked_for(tmp_path: Path) -> None:
    file = written(tmp_path, {"x": [1, 2], "y": [3, 4], "id": ["a", "b"], "z": [5, 6]})
    spec = ColumnSpec(None, "id", INTEGER, ("z", "x"))

    reading = read(file, spec, Rows(2, {"b": 0, "a": 1}))

    assert reading.values.tolist() == [[6, 2], [5, 1]]


def test_row_names_of_pandas_are_no_column_of_values(tmp_path: Path) -> None:
    file = written(tmp_path, {"label": [1, 2], "__index_level_0__": ["x", "y"]})

    assert read(file, ColumnSpec(None, None, INTEGER), Rows(2)).values.tolist() == [1, 2]


def test_many_rows_are_read_batch_by_batch(tmp_path: Path) -> None:
    count = 100_000
    order = np.random.default_rng(1).permutation(count)
    names = [f"row {number}" for number in order]
    columns = {"id": names, "label": order}
    file = written(tmp_path, columns, row_group_size=30_000, dictionary_pagesize_limit=10_000)
    like = Rows(count, {f"row {number}": number for number in range(count)})

    reading = read(file, like=like)

    assert reading.faults == ()
    assert np.array_equal(reading.values, np.arange(count))


def test_a_column_beside_the_values_is_of_the_type_that_it_has(tmp_path: Path) -> None:
    columns = {"a": [2.0, 3.0], "b": [0.5, np.nan], "c": ["x", "y"], "d": ["10", "9"]}
    file = written(tmp_path, columns)

    found = {column: read_column(file, column) for column in columns}

    assert {column: values.dtype.kind for column, values in found.items()} == {
        "a": "i",
        "b": "f",
        "c": "i",
        "d": "i",
    }
    assert found["c"].tolist() == [0, 1]
    assert found["d"].tolist() == [10, 9]


@pytest.mark.parametrize("cells", [["x", ""], ["x", None]])
def test_an_empty_text_beside_the_values_is_refused(cells: Any, tmp_path: Path) -> None:
    with pytest.raises(ArrayInvalid, match="empty cells in column 'group'"):
        read_column(written(tmp_path, {"group": cells}), "group")


TYPES: dict[str, tuple[DtypeKind, Any]] = {
    "time": (INTEGER, pa.array([0, 1, 2], pa.timestamp("us"))),
    "date": (NUMBER, pa.array([0, 1, 2], pa.date32())),
    "decimal": (FLOAT, pa.array([decimal.Decimal(1)] * 3)),
    "bytes": (TEXT, pa.array([b"a", b"b", b"c"])),
    "categories of bytes": (TEXT, pa.array([b"a", b"b", b"c"]).dictionary_encode()),
    "bytes of one length": (TEXT, pa.array([b"a", b"b", b"c"], pa.binary(1))),
    "nothing": (INTEGER, pa.nulls(3)),
    "booleans as floats": (FLOAT, pa.array([True] * 3)),
    "floats as booleans": (BOOL, pa.array([0.0, 1.0, 1.0])),
    "floats as texts": (TEXT, pa.array([0.5] * 3)),
}


@pytest.mark.parametrize(("kind", "cells"), TYPES.values(), ids=TYPES.keys())
def test_a_column_of_another_type_is_refused(kind: DtypeKind, cells: Any, tmp_path: Path) -> None:
    file = written(tmp_path, {"id": ["a", "b", "c"], "label": cells})

    with pytest.raises(
        ArrayInvalid, match=r"^Column 'label' of labels\.parquet is of type .*expected"
    ) as caught:
        read(file, ColumnSpec("label", "id", kind))

    assert caught.value.code is Code.DTYPE_MISMATCH


@pytest.mark.parametrize("cells", [[0.5, 1.5, 2.5], [True, False, True]])
def test_rows_are_not_named_by_other_types(cells: Any, tmp_path: Path) -> None:
    file = written(tmp_path, {"id": cells, "label": [1, 2, 3]})

    with pytest.raises(ArrayInvalid, match="expected texts or whole numbers"):
        read(file)


COLUMNS: dict[str, tuple[Any, Code]] = {
    "no such column": ({"id": NAMES, "value": [1, 2, 3]}, Code.COLUMNS_MISMATCH),
    "no names": ({"label": [1, 2, 3]}, Code.COLUMNS_MISMATCH),
    "a column twice": (
        pa.Table.from_arrays([pa.array(NAMES), *[pa.array([1] * 3)] * 2], ["id", "label", "label"]),
        Code.COLUMNS_MISMATCH,
    ),
    "structures": ({"id": NAMES, "label": [{"a": 1, "b": 2}] * 3}, Code.FORMAT_INVALID),
    "a structure of one": ({"id": NAMES, "label": [{"a": 1}] * 3}, Code.DTYPE_MISMATCH),
    "lists": ({"id": NAMES, "label": [[1], [2], [3]]}, Code.DTYPE_MISMATCH),
    "maps": (
        {"id": NAMES, "label": pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int8()))},
        Code.FORMAT_INVALID,
    ),
    "nothing at all": (pa.table({}), Code.COLUMNS_MISMATCH),
}


@pytest.mark.parametrize(("columns", "code"), COLUMNS.values(), ids=COLUMNS.keys())
def test_other_columns_than_those_asked_for_are_refused(
    columns: Any, code: Code, tmp_path: Path
) -> None:
    file = written(tmp_path, columns)

    with pytest.raises(ArrayInvalid, match=r"labels\.parquet .*\.$") as caught:
        read(file)

    assert caught.value.code is code


STORED: dict[str, tuple[dict[str, Any], Code]] = {
    "lz4": ({"compression": "lz4"}, Code.CODEC_NOT_ALLOWED),
    "texts by their differences": (
        {"use_dictionary": False, "column_encoding": {"id": "DELTA_BYTE_ARRAY"}},
        Code.CODEC_NOT_ALLOWED,
    ),
}


@pytest.mark.parametrize(("how", "code"), STORED.values(), ids=STORED.keys())
def test_a_table_stored_in_other_ways_is_refused(
    how: dict[str, Any], code: Code, tmp_path: Path
) -> None:
    file = written(tmp_path, {"id": NAMES, "label": [3, 1, 2]}, **how)

    with pytest.raises(ArrayInvalid, match=r"^labels\.parquet .*save it with") as caught:
        read(file)

    assert caught.value.code is code


def test_columns_that_nobody_asked_for_may_be_stored_in_any_way(tmp_path: Path) -> None:
    columns = {"id": NAMES, "label": [3, 1, 2], "lists": [[1], [2], [3]], "more": ["x"] * 3}
    how = {"compression": {"id": "none", "label": "none", "more": "lz4"}}

    assert read(written(tmp_path, columns, **how)).values.tolist() == [1, 2, 3]


def peak(action: Callable[[], object]) -> int:
    """Return how many bytes more than before pyarrow held while `action` ended in our error."""
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        with pytest.raises(ArrayInvalid, match=r"labels\.parquet"):
            action()
    finally:
        pa.set_memory_pool(usual)
    return int(pool.max_memory() or 0)


def code_of(action: Callable[[], object]) -> Code:
    with pytest.raises(ArrayInvalid) as caught:
        action()
    return caught.value.code


def test_a_page_of_more_than_the_limit_is_never_unpacked(tmp_path: Path) -> None:
    columns = {"id": ["x" * 130 * MIB], "label": [1]}
    file = written(tmp_path, columns, compression="zstd", use_dictionary=False)

    assert file.path.stat().st_size < MIB
    assert code_of(lambda: read(file)) is Code.CHUNK_TOO_LARGE
    assert peak(lambda: read(file)) < 4 * MIB


def test_a_long_text_in_every_row_is_never_written_out(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1000), pa.array(["x" * MIB]))
    file = written(tmp_path, {"id": texts, "label": [1] * 1000}, compression="zstd")
    like = Rows(1000, {})

    assert code_of(lambda: read(file, like=like)) is Code.CHUNK_TOO_LARGE
    assert peak(lambda: read(file, like=like)) < 16 * MIB


def test_many_more_rows_than_were_asked_for_are_not_read(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": ["a"] * 100_000, "label": [1] * 100_000})

    with pytest.raises(ArrayInvalid, match="has 100000 rows, expected 3") as caught:
        read(file)

    assert caught.value.code is Code.ROWS_MISMATCH


def test_more_columns_of_values_than_memory_takes_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, {f"p{number}": [1] for number in range(200)})
    spec = ColumnSpec(None, None, INTEGER, None)

    with pytest.raises(ArrayInvalid, match="expected at most 134 for 1000000 rows") as caught:
        read(file, spec, Rows(10**6))

    assert caught.value.code is Code.COLUMNS_MISMATCH


def relabelled(file: TableFile, size: int) -> None:
    """Let the first page of a file state that it becomes `size` bytes."""
    data = file.path.read_bytes()
    reader = ThriftReader(data[4:])
    reader.struct()
    old = data[4 : 4 + reader.position]
    start = end = old.index(b"\x15\x00\x15") + 3  # type 0, then the size
    while old[end] > 127:
        end += 1
    zigzag, stated = 2 * size, b""
    while zigzag > 127:
        stated += bytes([zigzag & 127 | 128])
        zigzag >>= 7
    new = old[:start] + stated + bytes([zigzag]) + old[end + 1 :]
    grown = len(new) - len(old)
    rest = data[4 + len(old) :]
    # The data page is cut as much as its header grows, so that the footer stays right.
    file.path.write_bytes(data[:4] + new + rest[grown:])


@pytest.mark.parametrize(
    ("size", "code"), [(2**30, Code.CHUNK_TOO_LARGE), (100 * MIB, Code.CHUNK_CORRUPT)]
)
def test_a_page_that_lies_about_its_size_is_refused(size: int, code: Code, tmp_path: Path) -> None:
    columns = {"label": np.arange(1000), "id": [str(number) for number in range(1000)]}
    file = written(tmp_path, columns, compression="zstd", use_dictionary=False)
    relabelled(file, size)

    assert code_of(lambda: read(file, like=Rows(1000, {}))) is code


def test_columns_in_another_file_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": NAMES, "label": [3, 1, 2]})
    metadata = pq.read_metadata(file.path)
    metadata.set_file_path("truth.parquet")
    metadata.write_metadata_file(file.path)

    with pytest.raises(ArrayInvalid, match="columns in other files") as caught:
        read(file)

    assert caught.value.code is Code.FORMAT_INVALID


def test_texts_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")]
    )
    file = written(tmp_path, {"id": broken, "label": [1]})

    with pytest.raises(ArrayInvalid, match=r"^Column 'id' of labels\.parquet is not UTF-8"):
        read(file)


NOISE = {
    "empty": b"",
    "CSV": b"id,label\na,1\n",
    "magic alone": b"PAR1",
    "a footer longer than the file": b"PAR1" + b"\xff\xff\0\0" + b"PAR1",
    "an endless footer": b"PAR1" + b"\xff\xff\xff\xff" + b"PAR1",
    "no footer": b"PAR1" + bytes(4) + b"PAR1",
    "brackets": b"PAR1" + b"\x4c\x1c" * 5000 + (10_000).to_bytes(4, "little") + b"PAR1",
    "lists": b"PAR1" + b"\x49" + b"\x19" * 10_000 + (10_001).to_bytes(4, "little") + b"PAR1",
    "encrypted": b"PARE" + bytes(100) + b"PARE",
}


@pytest.mark.parametrize("data", NOISE.values(), ids=NOISE.keys())
def test_what_is_no_parquet_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"^labels\.parquet .*\.$") as caught:
        read(TableFile(tmp_path / "a", "labels.parquet", Format.PARQUET))

    assert caught.value.code in {Code.FORMAT_INVALID, Code.CHUNK_CORRUPT}


@pytest.mark.parametrize("how", [{}, {"data_page_version": "2.0", "compression": "gzip"}])
def test_a_file_cut_or_changed_anywhere_ends_in_values_or_our_error(
    how: dict[str, Any], tmp_path: Path
) -> None:
    file = written(tmp_path, {"id": NAMES, "label": [3, 1, 2]}, **how)
    data = file.path.read_bytes()

    for place in range(0, len(data), 7):
        for spoilt in (data[:place], data[:place] + b"\xff" + data[place + 1 :]):
            file.path.write_bytes(spoilt)
            try:
                reading = read(file)
            except ArrayInvalid:
                continue
            assert len(reading.values) == 3


STRUCTURES = {
    "a field without a value": b"\x15",
    "a number without an end": b"\x15" + b"\xff" * 11,
    "an unknown type": b"\x1d\0",
    "a list longer than the rest": b"\x19\xf5\xff\xff\x03",
}


@pytest.mark.parametrize("data", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_bytes_that_are_no_structure_are_refused(data: bytes) -> None:
    with pytest.raises(ThriftInvalid):
        ThriftReader(data).struct()


def test_structures_are_read_as_numbers_lists_and_lengths_of_texts() -> None:
    fields = [
        b"\x15\x03",  # 1: -2
        b"\x11",  # 2: true
        b"\x12",  # 3: false
        b"\x18\x02ab",  # 4: a text
        b"\x29\x25\x02\x04",  # 6: a list of 1 and 2
        b"\x09\x3e\x21\x01\x02",  # 31, written out: a list of two booleans
        b"\x1c\x13\x07\x00",  # 32: a structure with a byte
        b"\x17" + bytes(8),  # 33: a float
        b"\x00",
    ]

    reader = ThriftReader(b"".join(fields) + b"more")

    assert reader.struct() == {1: -2, 2: 1, 3: 0, 4: 2, 6: (1, 2), 31: (1, 2), 32: {1: 7}, 33: 8}
    assert reader.position == len(b"".join(fields))


def page(size: int) -> bytes:
    """Return the header of a data page without bytes that states to become `size` of them."""
    zigzag, stated = 2 * size, b""
    while zigzag > 127:
        stated += bytes([zigzag & 127 | 128])
        zigzag >>= 7
    return b"\x15\0\x15" + stated + bytes([zigzag]) + b"\x15\0\0"


PAGES: dict[str, tuple[bytes, Code]] = {
    "one over the limit": (page(129 * MIB), Code.CHUNK_TOO_LARGE),
    "many that are too much together": (page(100 * MIB) * 3, Code.FORMAT_INVALID),
    "very many": (page(0) * 100_001, Code.FORMAT_INVALID),
    "one that reaches beyond its column": (b"\x15\0\x15\0\x15\x20\0", Code.CHUNK_CORRUPT),
    "one of a negative size": (b"\x15\0\x15\0\x15\x01\0", Code.CHUNK_CORRUPT),
    "a dictionary of more entries than bytes": (
        b"\x15\x04\x15\x08\x15\0\x4c\x15\x14\0\0",
        Code.CHUNK_CORRUPT,
    ),
}


@pytest.mark.parametrize(("pages", "code"), PAGES.values(), ids=PAGES.keys())
def test_pages_that_state_too_much_are_refused(pages: bytes, code: Code, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(pages)
    spans = [Span(0, 0, len(pages))]

    with pytest.raises(ArrayInvalid, match=r"^labels\.parquet ") as caught:
        check_pages(tmp_path / "a", iter(spans), "labels.parquet")

    assert caught.value.code is code


def test_columns_with_dictionaries_are_found(tmp_path: Path) -> None:
    dictionary = b"\x15\x04\x15\x08\x15\0\x4c\x15\x04\0\0"
    (tmp_path / "a").write_bytes(page(9) + dictionary + page(9))
    spans = [Span(3, 0, len(page(9))), Span(5, len(page(9)), len(dictionary + page(9)))]

    assert check_pages(tmp_path / "a", iter(spans), "labels.parquet") == {5}
