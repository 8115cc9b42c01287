"""Tables of many rows, which are taken from their file in pieces."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from evaluator.arrays.cells import Vocabulary
from evaluator.arrays.csv_rows import MAX_LINE_BYTES
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


def read(folder: Path, text: str | bytes, like: Rows | None, spec: ColumnSpec = LABELS) -> Reading:
    path = folder / "x"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    file = TableFile(path, "labels.csv", Format.CSV)
    if like is None:
        return read_all_rows(file, spec, Vocabulary())
    return read_rows(file, spec, Vocabulary(), like=like)


def long_table(count: int) -> tuple[str, list[list[str]]]:
    """Return a table of some MiB with everything that moves lines apart, and its rows."""
    random = np.random.default_rng(3)
    rows = [
        [f"row {number}", str(number), ["", "note", "two\nlines", "a,b"][random.integers(4)] * 30]
        for number in range(count)
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["id", "label", "note"])
    for number, row in enumerate(rows):
        if number % 1000 == 500:
            text.write("\r\n")
        writer.writerow(row)
    return text.getvalue(), rows


def test_a_long_table_is_read_like_a_short_one(tmp_path: Path) -> None:
    text, rows = long_table(40_000)
    like = Rows(len(rows), {name: place for place, (name, _, _) in enumerate(rows)})

    reading = read(tmp_path, text, like)

    assert len(text) > 3 * MAX_LINE_BYTES
    assert reading.faults == ()
    assert np.array_equal(reading.values, np.arange(len(rows)))


@pytest.mark.parametrize("row", [0, 499, 500, 12_345, 39_999])
def test_a_bad_cell_of_a_long_table_is_told_with_its_line(row: int, tmp_path: Path) -> None:
    text, _ = long_table(40_000)
    start = text.index(f"row {row},") + len(f"row {row},")
    spoilt = text[:start] + "oops" + text[text.index(",", start) :]
    end = text.index("\r\n", start)
    line = text.count("\n", 0, end) + 1

    (fault,) = read(tmp_path, spoilt, None, ColumnSpec("label", None, DtypeKind.INTEGER)).faults

    assert f"the first 'oops' in line {line};" in str(fault)


BEHIND: dict[str, tuple[bytes, str]] = {
    "Latin-1": (b"x,1,\xe9\n", "is not UTF-8 in line"),
    "NUL": (b"x,1,\0\n", "has a NUL byte in line"),
    "a long line": (b"x,1," + b"a" * MAX_LINE_BYTES + b"\n", "bytes in line"),
    "a long line at the end": (b"x,1," + b"a" * MAX_LINE_BYTES, "bytes in line"),
}


@pytest.mark.parametrize(("line", "told"), BEHIND.values(), ids=BEHIND.keys())
@pytest.mark.parametrize("count", [0, 1, 30_000])
def test_a_bad_line_is_told_with_its_number_wherever_it_is(
    count: int, line: bytes, told: str, tmp_path: Path
) -> None:
    before = "id,label,note\n" + "".join(f"row {n},{n},{'a' * 40}\n" for n in range(count))

    with pytest.raises(ArrayInvalid, match=rf"^labels\.csv .*{told} {count + 2};") as caught:
        read(tmp_path, before.encode() + line + b"y,2,\n", Rows(1, {}))

    assert caught.value.code is Code.FORMAT_INVALID


def test_rows_that_come_twice_are_counted_across_a_long_table(tmp_path: Path) -> None:
    names = [f"r{number}" for number in [*range(3000), 7, 5, 7, 2999]]
    text = "id,label\n" + "".join(f"{name},{place}\n" for place, name in enumerate(names))
    like = Rows(3000, {f"r{number}": number for number in range(3000)})

    predicted, truth = read(tmp_path, text, like), read(tmp_path, text, None)

    assert predicted.values.tolist() == list(range(3000))
    for reading in (predicted, truth):
        assert [str(fault) for fault in reading.faults] == [
            "labels.csv has 4 rows that came before, the first with 'id' 'r7'; keep one of each."
        ]
