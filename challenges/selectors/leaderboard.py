"""One leaderboard, ranked, in a fixed number of queries."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from challenges.config import Board, Column
from challenges.config.boards import OrderBy
from challenges.models import Leaderboard, Split
from challenges.ranking import Ranked, place, rank
from challenges.selectors.board_entries import BoardEntry, read_entries

# Boards that a process keeps; 2,000 rows take about 3 MB.
MAX_BOARDS = 64


@dataclass(frozen=True)
class Row:
    """One place on a board."""

    rank: int
    team_id: int
    team: str
    is_baseline: bool
    method: str
    scores: Mapping[str, float]  # by column key, rounded as shown
    submission_id: UUID
    submitted_at: datetime  # of the submission that stands here: the last improvement
    entries: int  # scored submissions of the team (or method)
    metadata: Mapping[str, object]  # only fields with x-leaderboard


@dataclass(frozen=True)
class Standing:
    """A ranked board."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Known:
    """A board as this process last read it.

    Entries change only together with the board's version, and what an entry shows only with the
    entry or with the challenge's revision.
    """

    revision: tuple[int, datetime]
    version: int
    entries: Mapping[int, BoardEntry]
    rows: Mapping[int, Row]  # by the entry's primary key, best first
    standing: Standing


class _Memory:
    """The boards that were read last; shared by the process's threads, so all values are frozen."""

    def __init__(self) -> None:
        self._boards: OrderedDict[tuple[int, Split], _Known] = OrderedDict()
        # One thread reads a board that has changed; the others wait instead of doing the same.
        self.reading = Lock()

    def get(self, key: tuple[int, Split]) -> _Known | None:
        return self._boards.get(key)

    def put(self, key: tuple[int, Split], known: _Known) -> None:
        self._boards[key] = known
        self._boards.move_to_end(key)
        while len(self._boards) > MAX_BOARDS:
            self._boards.popitem(last=False)


_memory = _Memory()


def standing(leaderboard: Leaderboard, split: Split) -> Standing:
    """Return the board's rows, best first; no query when the board has not changed, else three.

    `leaderboard` comes with its phase, challenge and current revision.
    """
    key = (leaderboard.pk, split)
    known = _memory.get(key)
    if known is None or not _is_fresh(known, leaderboard):
        with _memory.reading:
            known = _memory.get(key)
            if known is None or not _is_fresh(known, leaderboard):
                known = _read(leaderboard, split, known)
                _memory.put(key, known)
    return known.standing


def _is_fresh(known: _Known, leaderboard: Leaderboard) -> bool:
    # Another thread may have read the board after this request did: newer is as good.
    return known.revision == _revision(leaderboard) and known.version >= leaderboard.version


def _revision(leaderboard: Leaderboard) -> tuple[int, datetime]:
    revision = leaderboard.phase.challenge.revision
    return revision.pk, revision.loaded_at


def _read(leaderboard: Leaderboard, split: Split, before: _Known | None) -> _Known:
    revision, board = _revision(leaderboard), leaderboard.config
    if before is None or before.revision != revision:
        before = _Known(revision, -1, {}, {}, Standing(board.columns, ()))
    entries = read_entries(leaderboard, split, before.entries)
    rows = {
        ranked.candidate.identity: _row(ranked.rank, entries[ranked.candidate.identity], before)
        for ranked in _ranked(entries, board)
    }
    found = Standing(board.columns, tuple(rows.values()))
    return _Known(revision, leaderboard.version, entries, rows, found)


def _ranked(entries: Mapping[int, BoardEntry], board: Board) -> list[Ranked]:
    candidates = [entry.candidate for entry in entries.values()]
    if board.order.by is not OrderBy.COLUMNS:
        return rank(candidates, board)
    return place(candidates, {pk: entry.standing for pk, entry in entries.items()})


def _row(position: int, entry: BoardEntry, before: _Known) -> Row:
    pk = entry.candidate.identity
    if before.entries.get(pk) is entry and before.rows[pk].rank == position:
        return before.rows[pk]
    return Row(
        rank=position,
        team_id=entry.team_id,
        team=entry.mark.team,
        is_baseline=entry.is_baseline,
        method=entry.method,
        scores=entry.candidate.scores,
        submission_id=entry.submission_id,
        submitted_at=entry.candidate.submitted_at,
        entries=entry.mark.submissions,
        metadata=entry.metadata,
    )
