"""Order and ranks of a leaderboard: plain functions of numbers."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from challenges.config import Board, Column
from challenges.config.boards import Better, OrderBy


@dataclass(frozen=True)
class Candidate:
    """One row to be ranked: the scores by column key, and when it was handed in."""

    identity: int
    scores: Mapping[str, float]
    submitted_at: datetime


@dataclass(frozen=True)
class Ranked:
    """A row's place: the number of strictly better rows, plus one."""

    candidate: Candidate
    rank: int


def shown(value: float, column: Column) -> float:
    """Return a score as the board shows it. A difference that nobody can see is no rank."""
    return round(value, column.digits) + 0.0


def standing(scores: Mapping[str, float], columns: Sequence[Column]) -> tuple[float, ...]:
    """Return a key that sorts better scores first, most important column first."""
    return tuple(
        -shown(scores[c.key], c) if c.better is Better.HIGHER else shown(scores[c.key], c)
        for c in columns
    )


def is_complete(scores: Mapping[str, float], board: Board) -> bool:
    """True when a row has every score that the board ranks by."""
    return all(column.key in scores for column in board.ranking_columns)


def best(candidates: Sequence[Candidate], board: Board) -> Candidate:
    """Return the candidate that leads by the board's columns; the earlier one between equals."""
    columns = board.ranking_columns
    return min(candidates, key=lambda c: (standing(c.scores, columns), c.submitted_at, c.identity))


def rank(candidates: Sequence[Candidate], board: Board) -> list[Ranked]:
    """Return the candidates in order with standard competition ranks ("1224").

    `columns` compares lexicographically; `mean-rank` and `median-rank` rank each column apart and
    order by the mean or median of those ranks. Within a rank the earlier submission stands first.
    """
    return place(candidates, _keys(candidates, board))


def place(candidates: Sequence[Candidate], keys: Mapping[int, tuple[float, ...]]) -> list[Ranked]:
    """Return the candidates in the order of their keys, which are by identity, with their ranks."""
    order = sorted(candidates, key=lambda c: (keys[c.identity], c.submitted_at, c.identity))
    ranked: list[Ranked] = []
    for position, candidate in enumerate(order, start=1):
        ties = ranked and keys[ranked[-1].candidate.identity] == keys[candidate.identity]
        ranked.append(Ranked(candidate, ranked[-1].rank if ties else position))
    return ranked


def _keys(candidates: Sequence[Candidate], board: Board) -> dict[int, tuple[float, ...]]:
    columns = board.ranking_columns
    if board.order.by is OrderBy.COLUMNS:
        return {c.identity: standing(c.scores, columns) for c in candidates}
    per_column = [_competition_ranks(candidates, column) for column in columns]
    middle = statistics.fmean if board.order.by is OrderBy.MEAN_RANK else statistics.median
    return {
        c.identity: (float(middle([ranks[c.identity] for ranks in per_column])),)
        for c in candidates
    }


def _competition_ranks(candidates: Sequence[Candidate], column: Column) -> dict[int, int]:
    keys = {c.identity: standing(c.scores, [column]) for c in candidates}
    first: dict[tuple[float, ...], int] = {}
    for position, key in enumerate(sorted(keys.values()), start=1):
        first.setdefault(key, position)
    return {identity: first[key] for identity, key in keys.items()}
