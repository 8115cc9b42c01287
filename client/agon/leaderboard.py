"""Leaderboards, as the site shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agon.models import Column, Row, raw_document
from agon.reprs import html_table


@dataclass(frozen=True)
class Leaderboard:
    """Rows of a leaderboard, best first; equal scores share a rank. `split` is its side."""

    board: str
    split: str
    total: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    raw: Mapping[str, Any] = raw_document()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def row_of(self, *, submission: str = "", team: str = "") -> Row | None:
        """Return the row of a submission, else the first of a team; None when there is none."""
        exact = (row for row in self.rows if submission and row.submission == submission)
        loose = (row for row in self.rows if team and row.team == team)
        return next(exact, None) or next(loose, None)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Return titles and cells, scores with the digits that the board gives."""
        titles = ["Rank", "Team", "Method", *(_title(column) for column in self.columns)]
        return [*titles, "Entries"], [self._cells(row) for row in self.rows]

    def _cells(self, row: Row) -> list[str]:
        scores = [_score(row.scores.get(column.key), column) for column in self.columns]
        entries = "baseline" if row.is_baseline else str(row.entries)
        return [str(row.rank), row.team, row.method, *scores, entries]

    def _repr_html_(self) -> str:
        titles, rows = self.table()
        return html_table(f"Leaderboard {self.board}", titles, rows)


def _title(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _score(value: float | None, column: Column) -> str:
    return "" if value is None else f"{value:.{column.digits}f}"
