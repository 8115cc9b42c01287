"""A leaderboard as its page shows it: one side, filtered, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.crypto import salted_hmac

from challenges.config import Board, Column
from challenges.config.boards import Better, OrderBy, Show
from challenges.models import Leaderboard, Split
from challenges.selectors.leaderboard import Row, Standing, standing
from challenges.visibility import visible_splits
from web.forms.schema import Asked, asked_fields
from web.frame import Frame

PAGE_ROWS = 50
LEADERS = 5
ENTRY_RULES = {
    "best": "with its best submission",
    "latest": "with its latest scored submission",
    "chosen": "with the submission that it has chosen, or else its best",
}
COMPARED = (
    "Scores are compared as they are shown; a difference beyond the last digit is no difference. "
    "Equal ones share a rank, and the earlier submission stands first."
)
SIDES = {Split.ALL: "All cases", Split.PUBLIC: "Public cases", Split.PRIVATE: "Private cases"}


@dataclass(frozen=True)
class BoardView:
    """What the page shows of a board."""

    columns: tuple[Column, ...]
    said: tuple[Asked, ...]  # fields of the submissions' metadata that the board shows
    page: Page[Row]
    total: int  # rows before the filter
    own: Row | None
    own_page: int  # number of the page that the own row stands on
    shows_methods: bool


def board_view(
    leaderboard: Leaderboard, split: Split, *, team_id: int | None, query: str, page: int
) -> BoardView:
    """Return one page of a board."""
    ranked = standing(leaderboard, split)
    rows = _matching(ranked, query)
    place = next((n for n, row in enumerate(rows) if row.team_id == team_id), None)
    return BoardView(
        columns=ranked.columns,
        said=_shown_fields(leaderboard, ranked),
        page=Paginator(rows, PAGE_ROWS).get_page(page),
        total=len(ranked.rows),
        own=None if place is None else rows[place],
        own_page=1 if place is None else place // PAGE_ROWS + 1,
        shows_methods=any(row.method and not row.is_baseline for row in ranked.rows),
    )


@dataclass(frozen=True)
class Leaders:
    """The top of a board."""

    board: Leaderboard
    column: Column  # the one that ranks first
    rows: tuple[Row, ...]


def splits_of(frame: Frame, board: Leaderboard) -> tuple[Split, ...]:
    """Return the sides of a board that the person sees now, the one to show first in front."""
    return visible_splits(
        board.config, closes_at=board.phase.closes_at, now=timezone.now(), viewer=frame.viewer
    )


def present_board(frame: Frame) -> Leaderboard:
    """Return the board that matters now: of the open phase, else the last that can be seen."""
    ordered = [frame.phase, *[row for row in frame.phases if row.state == "closed"][::-1]]
    boards = [board for row in ordered for board in row.phase.leaderboards.all()]
    return next((board for board in boards if splits_of(frame, board)), boards[0])


def leaders(frame: Frame) -> Leaders | None:
    """Return the top of the present board; None when the person may not see it or it is empty."""
    board = present_board(frame)
    splits = splits_of(frame, board)
    rows = standing(board, splits[0]).rows[:LEADERS] if splits else ()
    return Leaders(board, board.config.ranking_columns[0], tuple(rows)) if rows else None


def _matching(ranked: Standing, query: str) -> Sequence[Row]:
    """Return the rows whose team's name holds the words; ranks stay those of the whole board."""
    words = query.casefold().split()
    if not words:
        return ranked.rows
    return [row for row in ranked.rows if all(word in row.team.casefold() for word in words)]


def _shown_fields(leaderboard: Leaderboard, ranked: Standing) -> tuple[Asked, ...]:
    """Return the fields that somebody on the board has filled in."""
    schema = leaderboard.phase.challenge.revision.config.metadata_schema
    return tuple(
        field
        for field in asked_fields(schema)
        if any(row.metadata.get(field.name, "") != "" for row in ranked.rows)
    )


def state_token(leaderboard: Leaderboard, split: Split) -> str:
    """Return a word for the present state of a board that only those know who have seen it."""
    parts = f"{leaderboard.pk}-{split}-{leaderboard.version}"
    return salted_hmac("web.boards", parts, algorithm="sha256").hexdigest()[:24]


def explanation(board: Board, split: Split) -> list[str]:
    """Return in sentences how the board ranks: nobody should have to guess."""
    who = "Each method of a team" if board.per == "method" else "Each team"
    sentences = [
        _order(board),
        COMPARED,
        f"{who} stands here {ENTRY_RULES[board.entry]}.",
    ]
    if split is Split.PUBLIC:
        sentences.append(
            "These scores are over the public cases only; the other cases decide when the phase "
            "has closed."
        )
    if split is Split.PRIVATE:
        sentences.append("These scores are over the private cases, which decide.")
    if board.show is Show.IMPROVEMENTS_ONLY:
        sentences.append("A team is told its score only when it is better than all before.")
    return sentences


def _order(board: Board) -> str:
    names = [
        f"{column.title} ({'higher' if column.better is Better.HIGHER else 'lower'} is better)"
        for column in board.ranking_columns
    ]
    if board.order.by is OrderBy.COLUMNS or len(names) == 1:
        rest = "".join(f", then by {name}" for name in names[1:])
        return f"Ranked by {names[0]}{rest}."
    middle = "mean" if board.order.by is OrderBy.MEAN_RANK else "median"
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Ranked by the {middle} of the ranks in {listed}."
