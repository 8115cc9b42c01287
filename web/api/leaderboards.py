"""Leaderboards, as their pages show them."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from challenges.models import Split
from challenges.selectors.leaderboard import Row, standing
from web.api.access import find_board, visible_split
from web.api.auth import ANYBODY, OPTIONAL
from web.api.challenges import column_info
from web.api.etags import say_state
from web.api.paging import PageQuery, cursor_at, place_of
from web.api.schemas.leaderboards import BoardPage, BoardRow

MAX_ROWS = 2000

router = Router(tags=["leaderboards"])


class BoardQuery(PageQuery):
    """Which board, which side, which rows."""

    board: str | None = None
    split: Split | None = None
    limit: int = Field(default=200, ge=1, le=MAX_ROWS)


@router.get(
    "challenges/{slug}/phases/{phase}/leaderboard",
    auth=ANYBODY,
    response=BoardPage,
    openapi_extra=OPTIONAL,
)
def show_leaderboard(
    request: HttpRequest,
    slug: str,
    phase: str,
    response: HttpResponse,
    query: Annotated[BoardQuery, Query()],
) -> BoardPage:
    """A leaderboard, best first; equal scores share a rank."""
    board = find_board(slug, phase, query.board)
    split = visible_split(board, request, query.split)
    revision = board.phase.challenge.revision
    say_state(
        request, response, board.pk, split, board.version, revision.pk, query.cursor, query.limit
    )
    ranked = standing(board, split)
    name = f"board-{board.pk}"
    place = place_of(name, query.cursor)
    begin = int(place[0]) if place else 0
    end = begin + query.limit
    return BoardPage(
        board=board.slug,
        split=split,
        version=board.version,
        total=len(ranked.rows),
        columns=tuple(column_info(column) for column in ranked.columns),
        rows=tuple(_row(row) for row in ranked.rows[begin:end]),
        next=cursor_at(name, end) if end < len(ranked.rows) else None,
    )


def _row(row: Row) -> BoardRow:
    # The numbers are our own: checking 2,000 rows again would cost more than ranking them.
    return BoardRow.model_construct(
        rank=row.rank,
        team=row.team,
        method=row.method,
        scores=dict(row.scores),
        submission=row.submission_id,
        submitted_at=row.submitted_at,
        entries=row.entries,
        is_baseline=row.is_baseline,
        metadata=dict(row.metadata),
    )
