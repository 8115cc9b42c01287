"""The entries of a leaderboard with what they show; only those that have changed are read whole."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, QuerySet, TextField
from django.db.models.functions import Cast

from challenges.models import Entry, Leaderboard, Score, Split
from challenges.ranking import Candidate, is_complete, shown, standing
from evaluator.codes import Status

MARK = ("submission_text", "submissions", "team__name")
DETAILS = (
    "team_id",
    "team__is_baseline",
    "submission__method",
    "submission__metadata",
    "improved_at",
    "submission_id",
)
# With more changed entries than this, reading all of them costs less than naming each.
MAX_NAMED = 200


class Mark(NamedTuple):
    """What differs when an entry has changed: a submission's own scores and details never do."""

    submission: str  # as the database writes it: 2,000 UUIDs take longer to make than to read
    submissions: int
    team: str


@dataclass(frozen=True)
class BoardEntry:
    """One entry and all that its row shows but the rank; scores are rounded as shown."""

    mark: Mark
    submission_id: UUID
    team_id: int
    is_baseline: bool
    method: str
    metadata: Mapping[str, object]
    candidate: Candidate
    standing: tuple[float, ...]  # sorts better ones first, where the board compares columns


def read_entries(
    leaderboard: Leaderboard, split: Split, known: Mapping[int, BoardEntry]
) -> dict[int, BoardEntry]:
    """Return the board's entries by primary key; two queries, or three where some are `known`.

    `known` are entries as they were read before, under the same revision of the challenge.
    """
    rows = Entry.objects.filter(leaderboard=leaderboard, split=split).annotate(
        submission_text=Cast("submission_id", TextField())
    )
    if not known:
        return _read_whole(leaderboard, split, rows)
    present = list(rows.values_list("pk", *MARK))
    changed = [pk for pk, *mark in present if pk not in known or known[pk].mark != tuple(mark)]
    if not changed:
        return {pk: known[pk] for pk, *_ in present}
    if len(changed) <= MAX_NAMED:
        rows = rows.filter(pk__in=changed)
    found = {**known, **_read_whole(leaderboard, split, rows)}
    return {pk: found[pk] for pk, *_ in present if pk in found}


def _read_whole(
    leaderboard: Leaderboard,
    split: Split,
    rows: Any,  # entries with the annotation that MARK names
) -> dict[int, BoardEntry]:
    # Plain values: making 2,000 objects of three models each would take longer than the query.
    values = list(rows.values_list("pk", *MARK, *DETAILS))
    scores = _scores(leaderboard, split, [submission for *_, submission in values])
    board = leaderboard.config
    fields = shown_metadata(leaderboard.phase.challenge.revision.config.metadata_schema)
    return {
        pk: BoardEntry(
            mark=Mark(text, number, team),
            submission_id=submission,
            team_id=team_id,
            is_baseline=is_baseline,
            method=method,
            metadata=_fields(said, fields),
            candidate=Candidate(pk, scores[submission], improved_at),
            standing=standing(scores[submission], board.ranking_columns),
        )
        for pk, text, number, team, team_id, is_baseline, method, said, improved_at, submission in (
            values
        )
        if is_complete(scores[submission], board)
    }


def _fields(said: object, fields: Sequence[str]) -> dict[str, object]:
    """Return what is shown of a submission's metadata; what is no object shows nothing."""
    if not isinstance(said, dict):
        return {}
    return {field: said[field] for field in fields if field in said}


def _scores(
    leaderboard: Leaderboard, split: Split, submissions: Sequence[UUID]
) -> Mapping[UUID, dict[str, float]]:
    """Return what the columns show of each submission; two queries at most, mostly one."""
    counting = Score.objects.filter(
        split=split,
        evaluation__status=Status.SCORED,
        evaluation__scorer=F("evaluation__task__scorer"),
        evaluation__truth=F("evaluation__task__truth"),
    )
    found: dict[UUID, dict[str, float]] = defaultdict(dict)
    if len(submissions) > MAX_NAMED:
        on_board = counting.filter(
            evaluation__submission__entries__leaderboard=leaderboard,
            evaluation__submission__entries__split=split,
        )
        _add_shown(found, on_board, leaderboard)
    # Entries may have changed since they were read; scores of a submission never do.
    lacking = [pk for pk in submissions if pk not in found][:MAX_NAMED]
    if lacking:
        _add_shown(found, counting.filter(evaluation__submission__in=lacking), leaderboard)
    return found


def _add_shown(
    found: dict[UUID, dict[str, float]], scores: QuerySet[Score], leaderboard: Leaderboard
) -> None:
    columns = {column.key: column for column in leaderboard.config.columns}
    rows = scores.values_list("evaluation__submission_id", "evaluation__task__slug", "key", "value")
    for submission, task, key, value in rows:
        for name in (key, f"{task}.{key}"):
            if name in columns:
                found[submission][name] = shown(value, columns[name])


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
