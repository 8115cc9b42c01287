"""One leaderboard, ranked, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import F

from challenges.config import Board, Column
from challenges.models import Entry, Leaderboard, Score, Split
from challenges.ranking import Candidate, rank, shown
from evaluator.codes import Status

# Entries change only together with the board's version, which is part of the key.
CACHE_SECONDS = 3600


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


def standing(leaderboard: Leaderboard, split: Split) -> Standing:
    """Return the board's rows, best first; no query when the board has not changed, else two.

    `leaderboard` comes with its phase and challenge.
    """
    key = f"board-{leaderboard.pk}-{split}-{leaderboard.version}-{_revision(leaderboard)}"
    found: Standing | None = cache.get(key)
    if found is None:
        found = _standing(leaderboard, split)
        cache.set(key, found, CACHE_SECONDS)
    return found


def _revision(leaderboard: Leaderboard) -> int | None:
    return leaderboard.phase.challenge.current_id


def _standing(leaderboard: Leaderboard, split: Split) -> Standing:
    board = leaderboard.config
    entries = {
        entry.pk: entry
        for entry in Entry.objects.filter(leaderboard=leaderboard, split=split)
        .select_related("team", "submission")
        .defer("submission__manifest_json", "submission__description")
    }
    scores = _scores(leaderboard, split, board)
    candidates = [
        Candidate(pk, scores[entry.submission_id], entry.improved_at)
        for pk, entry in entries.items()
    ]
    shown_fields = _shown_fields(leaderboard)
    rows = tuple(
        _row(ranked.rank, entries[ranked.candidate.identity], ranked.candidate, board, shown_fields)
        for ranked in rank(candidates, board)
    )
    return Standing(board.columns, rows)


def _scores(leaderboard: Leaderboard, split: Split, board: Board) -> dict[UUID, dict[str, float]]:
    wanted = {column.key for column in board.columns}
    rows = Score.objects.filter(
        split=split,
        evaluation__status=Status.SCORED,
        evaluation__task__phase=leaderboard.phase_id,
        evaluation__submission__in=Entry.objects.filter(
            leaderboard=leaderboard, split=split
        ).values("submission"),
        evaluation__scorer=F("evaluation__task__scorer"),
        evaluation__truth=F("evaluation__task__truth"),
    ).values_list("evaluation__submission_id", "evaluation__task__slug", "key", "value")
    scores: dict[UUID, dict[str, float]] = defaultdict(dict)
    for submission, task, key, value in rows:
        for name in (key, f"{task}.{key}"):
            if name in wanted:
                scores[submission][name] = value
    return scores


def _row(
    place: int, entry: Entry, candidate: Candidate, board: Board, shown_fields: tuple[str, ...]
) -> Row:
    submission = entry.submission
    return Row(
        rank=place,
        team_id=entry.team_id,
        team=entry.team.name,
        is_baseline=entry.team.is_baseline,
        method=submission.method,
        scores={
            column.key: shown(candidate.scores[column.key], column)
            for column in board.columns
            if column.key in candidate.scores
        },
        submission_id=entry.submission_id,
        submitted_at=entry.improved_at,
        entries=entry.submissions,
        metadata={f: submission.metadata[f] for f in shown_fields if f in submission.metadata},
    )


def _shown_fields(leaderboard: Leaderboard) -> tuple[str, ...]:
    return shown_metadata(leaderboard.phase.challenge.revision.config.metadata_schema)


def shown_metadata(schema: Mapping[str, object]) -> tuple[str, ...]:
    """Return the metadata fields that a challenge shows on its boards."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return ()
    return tuple(
        name
        for name, field in properties.items()
        if isinstance(field, Mapping) and field.get("x-leaderboard") is True
    )
