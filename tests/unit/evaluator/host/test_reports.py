"""The check's report, should an upload have written it."""

import json
from pathlib import Path

import pytest

from evaluator.host.reports import MAX_REPORT_BYTES, read_report

PROBLEM = {"code": "format-invalid", "path": "a.csv", "message": "Mend it."}


def written(folder: Path, content: bytes) -> Path:
    path = folder / "report.json"
    path.write_bytes(content)
    return path


def test_a_report_of_ours_is_read(tmp_path: Path) -> None:
    content = json.dumps({"problems": [PROBLEM], "problem_count": 3, "notes": ["Fine."]}).encode()

    report = read_report(written(tmp_path, content))

    assert report is not None
    assert (report.problems[0].message, report.problem_count) == ("Mend it.", 3)
    assert report.notes == ("Fine.",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"5",
        b"[1]",
        b"[" * 100_000,
        b'{"problems": [{"code": "no-such-code", "path": "", "message": ""}]}',
        b'{"problems": [], "more": 1}',
        b'{"notes": ["\\ud800"]}',
        b'{"notes": ["\xff"]}',
        b'{"notes": ["' + b"x" * MAX_REPORT_BYTES + b'"]}',
    ],
    ids=lambda content: content[:30].decode("latin-1"),
)
def test_what_is_no_report_of_ours_is_none(tmp_path: Path, content: bytes) -> None:
    assert read_report(written(tmp_path, content)) is None


def test_control_bytes_do_not_come_through(tmp_path: Path) -> None:
    problem = PROBLEM | {"path": "a\0b", "message": "\x1b[31mred\u202e"}
    content = json.dumps({"problems": [problem], "notes": ["a\0b"]}).encode()

    report = read_report(written(tmp_path, content))

    assert report is not None
    (found,) = report.problems
    assert (found.path, found.message, report.notes) == ("a�b", "�[31mred�", ("a�b",))
