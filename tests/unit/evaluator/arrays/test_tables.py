from pathlib import Path

import numpy as np
import pytest

from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.tables import (
    ColumnSpec,
    Reading,
    Rows,
    TableFile,
    read_all_rows,
    read_rows,
)
from evaluator.codes import Code
from evaluator.plans import DtypeKind, Format

LABELS = ColumnSpec("label", "id", DtypeKind.INTEGER)
NAMED = Rows(3, {"a": 0, "b": 1, "c": 2})


def read(
    folder: Path, text: str | bytes, spec: ColumnSpec = LABELS, like: Rows | None = NAMED
) -> Reading:
    path = folder / "x"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if like is None:
        return read_all_rows(TableFile(path, "labels.csv", Format.CSV), spec, Vocabulary())
    return read_rows(TableFile(path, "labels.csv", Format.CSV), spec, Vocabulary(), like=like)


def column(kind: DtypeKind) -> ColumnSpec:
    return ColumnSpec("label", None, kind)


def test_rows_come_in_the_order_of_the_truth(tmp_path: Path) -> None:
    reading = read(tmp_path, "id,label\nc,3\na,1\nb,2\n")

    assert reading.values.tolist() == [1, 2, 3]
    assert reading.faults == ()


def test_the_truth_names_its_rows(tmp_path: Path) -> None:
    reading = read(tmp_path, "id,label\nc,3\na,1\n", like=None)

    assert reading.rows == Rows(2, {"c": 0, "a": 1})
    assert reading.values.tolist() == [3, 1]


def test_rows_without_names_are_paired_as_they_come(tmp_path: Path) -> None:
    reading = read(tmp_path, "label\n5\n6\n", column(DtypeKind.INTEGER), Rows(2))

    assert reading.values.tolist() == [5, 6]


def test_named_rows_without_names_in_the_truth_are_paired_as_they_come(tmp_path: Path) -> None:
    reading = read(tmp_path, "id,label\nx,5\ny,6\n", LABELS, Rows(2))

    assert reading.values.tolist() == [5, 6]


def test_the_only_column_of_values_needs_no_name(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.INTEGER)

    assert read(tmp_path, "score,id\n1,a\n2,b\n3,c\n", spec).values.tolist() == [1, 2, 3]


FORMS = {
    "byte order mark": b"\xef\xbb\xbfid,label\na,1\nb,2\nc,3\n",
    "CRLF": b"id,label\r\na,1\r\nb,2\r\nc,3\r\n",
    "no newline at the end": b"id,label\na,1\nb,2\nc,3",
    "empty lines": b"id,label\n\na,1\nb,2\n\nc,3\n\n",
    "spaces": b"id, label\n a ,1 \nb, 2\nc,3\n",
    "quotes": b'"id","label"\n"a","1"\n"b","2"\n"c","3"\n',
    "more columns": b"note,label,id\nx,1,a\ny,2,b\n,3,c\n",
    "whole floats": b"id,label\na,1.0\nb,+2.\nc,3.000\n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_tables_are_read_as_programs_write_them(text: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, text).values.tolist() == [1, 2, 3]


VALUES: dict[str, tuple[DtypeKind, str, list[float]]] = {
    "integers": (DtypeKind.INTEGER, "-7 007 9223372036854775807", [-7, 7, 2**63 - 1]),
    "floats": (DtypeKind.FLOAT, "1 -2.5e-3 .5", [1.0, -0.0025, 0.5]),
    "numbers": (DtypeKind.NUMBER, "1 2", [1.0, 2.0]),
    "booleans": (DtypeKind.BOOL, "0 1 True false", [0, 1, 1, 0]),
    "texts": (DtypeKind.TEXT, "cat dog cat", [0, 1, 0]),
}


@pytest.mark.parametrize(("kind", "cells", "values"), VALUES.values(), ids=VALUES.keys())
def test_cells_are_read_as_their_kind(
    kind: DtypeKind, cells: str, values: list[float], tmp_path: Path
) -> None:
    text = "label\n" + cells.replace(" ", "\n")

    reading = read(tmp_path, text, column(kind), like=None)

    assert reading.faults == ()
    assert reading.values.tolist() == values


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (DtypeKind.INTEGER, "1.5"),
        (DtypeKind.INTEGER, "nan"),
        (DtypeKind.INTEGER, "1_000"),
        (DtypeKind.INTEGER, "9223372036854775808"),
        (DtypeKind.INTEGER, "\u0663"),
        (DtypeKind.INTEGER, '""'),
        (DtypeKind.FLOAT, "1_0"),
        (DtypeKind.FLOAT, "\uff11"),
        (DtypeKind.FLOAT, "0x10"),
        (DtypeKind.FLOAT, "one"),
        (DtypeKind.BOOL, "yes"),
    ],
)
def test_a_cell_of_another_kind_is_told_with_its_line(
    kind: DtypeKind, cell: str, tmp_path: Path
) -> None:
    reading = read(tmp_path, f"label\n{cell}\n", column(kind), Rows(1))

    (fault,) = reading.faults
    assert fault.code is Code.DTYPE_MISMATCH
    assert str(fault).startswith("labels.csv has 1 cell in column 'label' without a ")
    assert "in line 2" in str(fault)


def test_nan_and_infinity_are_left_to_those_who_read_the_values(tmp_path: Path) -> None:
    reading = read(tmp_path, "label\nnan\ninf\n-Infinity\n", column(DtypeKind.FLOAT), Rows(3))

    assert reading.faults == ()
    assert not np.isfinite(reading.values).any()


def test_everything_wrong_with_the_rows_is_told_at_once(tmp_path: Path) -> None:
    reading = read(tmp_path, "id,label\na,1\na,2\nx,3\ny,oops\n")

    assert "\n".join(str(fault) for fault in reading.faults) == (
        "labels.csv lacks 2 of the 3 rows; hand in one row for each.\n"
        "labels.csv has 2 rows that nobody asked for, the first with 'id' 'x'; take them out.\n"
        "labels.csv has 1 row that came before, the first with 'id' 'a'; keep one of each.\n"
        "labels.csv has 1 cell in column 'label' without a whole number, the first 'oops' in "
        "line 5; correct them."
    )
    assert {fault.code for fault in reading.faults} == {Code.ROWS_MISMATCH, Code.DTYPE_MISMATCH}


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_rows_is_told(count: int, tmp_path: Path) -> None:
    reading = read(tmp_path, "label\n" + "1\n" * count, column(DtypeKind.INTEGER), Rows(2))

    assert str(reading.faults[0]).startswith(f"labels.csv has {count} rows below its header, exp")


BAD: dict[str, tuple[bytes, Code]] = {
    "empty": (b"", Code.FORMAT_INVALID),
    "no such column": (b"id,value\na,1\n", Code.COLUMNS_MISMATCH),
    "no names": (b"label\n1\n", Code.COLUMNS_MISMATCH),
    "semicolons": (b"id;label\na;1\n", Code.COLUMNS_MISMATCH),
    "a column twice": (b"id,label,label\na,1,1\n", Code.COLUMNS_MISMATCH),
    "a cell too many": (b"id,label\na,1,2\n", Code.COLUMNS_MISMATCH),
    "a cell too few": (b"id,label\na\n", Code.COLUMNS_MISMATCH),
    "Latin-1": ("id,label\n\xe9,1\n".encode("latin-1"), Code.FORMAT_INVALID),
    "UTF-16": ("id,label\na,1\n".encode("utf-16"), Code.FORMAT_INVALID),
    "NUL": (b"id,label\na\0,1\n", Code.FORMAT_INVALID),
    "quote left open": (b'id,label\n"a,1\nb,2\n', Code.FORMAT_INVALID),
    "text behind a quote": (b'id,label\n"a"b,1\n', Code.FORMAT_INVALID),
    "a line of 2 MiB": (b"id,label\n" + b"a" * 2 * 1024**2, Code.FORMAT_INVALID),
    "a cell of 200 KiB": (b"id,label\n" + b"a" * 200_000 + b",1\n", Code.FORMAT_INVALID),
}


@pytest.mark.parametrize(("text", "code"), BAD.values(), ids=BAD.keys())
def test_a_table_that_cannot_be_read_is_refused(text: bytes, code: Code, tmp_path: Path) -> None:
    with pytest.raises(ArrayInvalid, match=r"^labels\.csv .*\.$") as caught:
        read(tmp_path, text)

    assert caught.value.code is code


def test_semicolons_get_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ArrayInvalid, match="separate the columns with commas"):
        read(tmp_path, "id;label\na;1\n")


def test_texts_of_prediction_and_truth_share_one_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "truth").write_text("label\ncat\ndog\n")
    (tmp_path / "prediction").write_text("label\ndog\nbird\n")
    vocabulary, spec = Vocabulary(), column(DtypeKind.TEXT)

    file = TableFile(tmp_path / "truth", "truth.csv", Format.CSV)
    truth = read_all_rows(file, spec, vocabulary)
    file = TableFile(tmp_path / "prediction", "a.csv", Format.CSV)
    prediction = read_rows(file, spec, vocabulary, like=truth.rows)

    assert truth.values.tolist() == [0, 1]
    assert prediction.values.tolist() == [1, 2]
