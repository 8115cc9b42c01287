"""Leaderboards over the wire."""

from datetime import datetime
from uuid import UUID

from challenges.models import Split
from web.api.schemas.base import Frozen
from web.api.schemas.challenges import ColumnInfo


class BoardRow(Frozen):
    """One place on a leaderboard; scores are rounded as the board shows them."""

    rank: int
    team: str
    method: str
    scores: dict[str, float]
    submission: UUID
    submitted_at: datetime
    entries: int
    is_baseline: bool
    metadata: dict[str, object]


class BoardPage(Frozen):
    """Some rows of a leaderboard, best first.

    `next` is the cursor of the following rows. `version` changes with the board: pages that were
    read under two versions may not fit together.
    """

    board: str
    split: Split
    version: int
    total: int
    columns: tuple[ColumnInfo, ...]
    rows: tuple[BoardRow, ...]
    next: str | None
