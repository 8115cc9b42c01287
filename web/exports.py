"""Leaderboards and cases as files."""

import csv
import io
from collections.abc import Iterable, Sequence

from challenges.config import Board
from challenges.models import Split
from challenges.selectors.leaderboard import Row, Standing

# A cell that begins with one of these is a formula to spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV; text that a spreadsheet would run is made plain by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_cell(cell) for cell in header])
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def board_csv(ranked: Standing) -> str:
    """Return a board as CSV."""
    keys = [column.key for column in ranked.columns]
    said = sorted({name for row in ranked.rows for name in row.metadata})
    header = ["rank", "team", "method", *keys, "entries", "submitted_at", "baseline", *said]
    return csv_text(header, (_csv_row(row, keys, said) for row in ranked.rows))


def board_json(board: Board, split: Split, version: int, ranked: Standing) -> dict[str, object]:
    """Return a board as the API does, whole."""
    return {
        "board": board.slug,
        "split": split,
        "version": version,
        "columns": [column.model_dump(mode="json") for column in ranked.columns],
        "rows": [_json_row(row) for row in ranked.rows],
    }


def _csv_row(row: Row, keys: Sequence[str], said: Sequence[str]) -> list[object]:
    return [
        row.rank,
        row.team,
        row.method,
        *(row.scores.get(key, "") for key in keys),
        row.entries,
        row.submitted_at.isoformat(),
        "yes" if row.is_baseline else "no",
        *(row.metadata.get(name, "") for name in said),
    ]


def _json_row(row: Row) -> dict[str, object]:
    return {
        "rank": row.rank,
        "team": row.team,
        "method": row.method,
        "scores": dict(row.scores),
        "submission": str(row.submission_id),
        "submitted_at": row.submitted_at.isoformat(),
        "entries": row.entries,
        "is_baseline": row.is_baseline,
        "metadata": dict(row.metadata),
    }


def _cell(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value  # a minus before a number of ours is no formula
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
