"""Boards as files."""

import csv
import io
from datetime import UTC, datetime
from uuid import UUID

import pytest

from challenges.config import Column
from challenges.config.boards import Better
from challenges.selectors.leaderboard import Row, Standing
from web.exports import board_csv, csv_text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_a_spreadsheet_would_run_is_made_plain(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(csv_text([text], []), newline=""))

    assert cell == f"'{text}"


def test_negative_numbers_stay_numbers() -> None:
    assert csv_text(["x"], [[-1.5], [0], [0.0]]) == "x\r\n-1.5\r\n0\r\n0.0\r\n"


def test_a_board_has_every_column_and_zero_is_no_gap() -> None:
    column = Column(key="f1", title="F1", better=Better.HIGHER)
    row = Row(
        rank=1,
        team_id=1,
        team='=cmd|"x", Owls',
        is_baseline=False,
        method="trees",
        scores={"f1": 0.0},
        submission_id=UUID(int=1),
        submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
        entries=3,
        metadata={"code": "https://example.org"},
    )

    [header, line] = csv.reader(io.StringIO(board_csv(Standing((column,), (row,)))))

    assert dict(zip(header, line, strict=True)) == {
        "rank": "1",
        "team": '\'=cmd|"x", Owls',
        "method": "trees",
        "f1": "0.0",
        "entries": "3",
        "submitted_at": "2026-01-01T00:00:00+00:00",
        "baseline": "no",
        "code": "https://example.org",
    }
