"""Who may see which scores: plain rules."""

from dataclasses import dataclass
from datetime import datetime

from challenges.config import Board
from challenges.config.boards import Show
from challenges.models import Split


@dataclass(frozen=True)
class Viewer:
    """What about a person decides what they see of a phase."""

    is_organiser: bool
    team_id: int | None


def visible_splits(
    board: Board, *, closes_at: datetime, now: datetime, viewer: Viewer
) -> tuple[Split, ...]:
    """Return the sides of a board that the viewer may see now, the one to show first in front."""
    has_closed = now >= closes_at
    sides: tuple[Split, ...] = (Split.ALL,)
    if board.split is not None:
        sees_private = viewer.is_organiser or has_closed
        sides = (Split.PUBLIC, Split.PRIVATE) if sees_private else (Split.PUBLIC,)
        if has_closed:
            sides = sides[::-1]
    if viewer.is_organiser or board.show in {Show.LIVE, Show.IMPROVEMENTS_ONLY}:
        return sides
    return sides if board.show is Show.AT_CLOSE and has_closed else ()
