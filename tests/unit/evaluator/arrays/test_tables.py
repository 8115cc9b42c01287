from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.arrays.cells import TextCells, Vocabulary
from evaluator.arrays.errors import ArrayInvalid
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

LABELS = ColumnSpec("label", "id", DtypeKind.INTEGER)
NAMED = Rows(3, {"a": 0, "b": 1, "c": 2})


def stored(folder: Path, text: str | bytes, how: Format = Format.CSV) -> TableFile:
    path = folder / "x"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return TableFile(path, f"labels.{how}", how)


def read(
    folder: Path,
    text: str | bytes,
    spec: ColumnSpec = LABELS,
    like: Rows | None = NAMED,
    how: Format = Format.CSV,
) -> Reading:
    file = stored(folder, text, how)
    if like is None:
        return read_all_rows(file, spec, Vocabulary())
    return read_rows(file, spec, Vocabulary(), like=like)


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


def test_a_table_may_be_separated_by_tabs(tmp_path: Path) -> None:
    text = 'id\tlabel\r\nc\t3\r\n"a"\t 1\r\nb\t2\r\n'

    assert read(tmp_path, text, how=Format.TSV).values.tolist() == [1, 2, 3]


BAD_TSV: dict[str, tuple[str, Code, str]] = {
    "commas": ("id,label\na,1\n", Code.COLUMNS_MISMATCH, "separate the columns with tabs"),
    "a cell too many": ("id\tlabel\na\t1\t2\n", Code.COLUMNS_MISMATCH, "texts with tabs in quotes"),
    "quote left open": ('id\tlabel\n"a\t1\n', Code.FORMAT_INVALID, "cannot be read as TSV in line"),
    "NUL": ("id\tlabel\na\0\t1\n", Code.FORMAT_INVALID, "in line 2; save it as TSV in UTF-8"),
}


@pytest.mark.parametrize(("text", "code", "told"), BAD_TSV.values(), ids=BAD_TSV.keys())
def test_a_table_of_tabs_that_cannot_be_read_is_refused(
    text: str, code: Code, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ArrayInvalid, match=rf"^labels\.tsv .*{told}") as caught:
        read(tmp_path, text, how=Format.TSV)

    assert caught.value.code is code


SEVERAL = "p_b,id,p_a,note\n3,y,1,-\n4,x,2,-\n"
TWO = Rows(2, {"x": 0, "y": 1})


def test_several_columns_come_in_the_order_that_was_asked_for(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.FLOAT, ("p_a", "p_b"))

    assert read(tmp_path, SEVERAL, spec, TWO).values.tolist() == [[2, 4], [1, 3]]
    assert read(tmp_path, SEVERAL, spec, None).values.tolist() == [[1, 3], [2, 4]]


def test_all_columns_that_are_not_named_otherwise_may_be_values(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.FLOAT, None, others=frozenset({"note"}))

    assert read(tmp_path, SEVERAL, spec, TWO).values.tolist() == [[4, 2], [3, 1]]


def test_one_of_several_columns_still_has_an_axis(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.FLOAT, ("p_a",))

    assert read(tmp_path, SEVERAL, spec, TWO).values.tolist() == [[2], [1]]


def test_columns_named_otherwise_leave_one_of_values(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.FLOAT, others=frozenset({"note", "p_b"}))

    assert read(tmp_path, SEVERAL, spec, TWO).values.tolist() == [2, 1]


def test_a_table_without_any_column_of_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArrayInvalid, match="must have one column of values"):
        read(tmp_path, "id\nx\n", ColumnSpec(None, "id", DtypeKind.FLOAT, None), TWO)


def test_cells_without_a_value_are_told_for_each_column(tmp_path: Path) -> None:
    spec = ColumnSpec(None, "id", DtypeKind.FLOAT, ("p_a", "p_b"))
    text = "id,p_a,p_b\nx,1,no\n\ny,,never\n"

    faults = read(tmp_path, text, spec, TWO).faults

    assert "\n".join(str(fault) for fault in faults) == (
        "labels.csv has 1 cell in column 'p_a' without a number, the first '' in line 4; "
        "correct them.\n"
        "labels.csv has 2 cells in column 'p_b' without a number, the first 'no' in line 2; "
        "correct them."
    )


def test_more_columns_of_values_than_memory_takes_are_refused(tmp_path: Path) -> None:
    text = ",".join(f"p{number}" for number in range(200)) + "\n"

    with pytest.raises(ArrayInvalid, match="has 200 columns of values; expected at most 134"):
        read(tmp_path, text, ColumnSpec(None, None, DtypeKind.FLOAT, None), Rows(10**6))


KINDS: dict[str, tuple[str, str, list[float]]] = {
    "whole numbers": ("1 -2 3.0", "i", [1, -2, 3]),
    "numbers": ("1 0.5 nan", "f", [1, 0.5, np.nan]),
    "texts": ("b a b", "i", [0, 1, 0]),
    "texts among numbers": ("1 2 2a", "i", [0, 1, 2]),
}


@pytest.mark.parametrize(("cells", "kind", "values"), KINDS.values(), ids=KINDS.keys())
def test_a_column_beside_the_values_is_of_the_kind_of_all_its_cells(
    cells: str, kind: str, values: list[float], tmp_path: Path
) -> None:
    rows = "".join(f"x,{cell}\n" for cell in cells.split())

    found = read_column(stored(tmp_path, f"id,group\n{rows}"), "group")

    assert found.dtype.kind == kind
    assert np.array_equal(found, values, equal_nan=kind == "f")


def test_an_empty_cell_beside_the_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArrayInvalid, match="has empty cells in column 'group'"):
        read_column(stored(tmp_path, "id,group\nx,1\ny, \n"), "group")


@given(st.lists(st.text("0123456789-+._e\u0663 ", max_size=4).map(str.strip), max_size=9))
def test_cells_are_read_alike_alone_and_together(texts: list[str]) -> None:
    for kind in (DtypeKind.INTEGER, DtypeKind.FLOAT, DtypeKind.BOOL):
        together, bad = TextCells(texts).values(kind, Vocabulary())
        alone = [TextCells([text]).values(kind, Vocabulary()) for text in texts]

        assert list(bad) == [place for place, (_, odd) in enumerate(alone) if len(odd)]
        assert np.array_equal(together, [values[0] for values, _ in alone], equal_nan=True)
