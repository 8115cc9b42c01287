"""Submissions as pages and the API show them: only what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from challenges.config import Column
from challenges.models import (
    CaseScore,
    Challenge,
    Evaluation,
    Phase,
    Score,
    Split,
    Submission,
    Team,
    User,
)
from challenges.ranking import shown
from challenges.visibility import Viewer, visible_splits


@dataclass(frozen=True)
class TaskResult:
    """One task of a submission."""

    evaluation: Evaluation
    title: str
    scores: Mapping[str, float]  # by key, rounded as its column shows it
    cases: tuple[tuple[str, Mapping[str, float]], ...]  # per case, in the order of the truth


@dataclass(frozen=True)
class SubmissionResult:
    """A submission with what the viewer may see of its results."""

    submission: Submission
    tasks: tuple[TaskResult, ...]
    split: Split | None  # which cases the scores are over; None: no score is shown (yet)


def viewer_of(challenge: Challenge, user: object) -> Viewer:
    """Return what decides what `user` (perhaps nobody) sees; two queries at most."""
    if not isinstance(user, User):
        return Viewer(is_organiser=False, team_id=None)
    team_id = challenge.memberships.filter(user=user).values_list("team_id", flat=True).first()
    return Viewer(is_organiser=challenge.is_organiser(user), team_id=team_id)


def with_results(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    """Add everything that lists of submissions show, in three queries more."""
    evaluations = Evaluation.objects.current().select_related("task", "scorer", "truth")
    return submissions.select_related("phase__challenge__current", "team", "user").prefetch_related(
        Prefetch("evaluations", queryset=evaluations.prefetch_related("scores", "task__phase")),
        "phase__leaderboards",
    )


def team_submissions(team: Team, phase: Phase | None = None) -> QuerySet[Submission]:
    """Return a team's submissions, newest first."""
    rows = Submission.objects.filter(team=team).order_by("-submitted_at", "-pk")
    return with_results(rows if phase is None else rows.filter(phase=phase))


def result_of(
    submission: Submission, viewer: Viewer, *, now: datetime | None = None, cases: bool = True
) -> SubmissionResult:
    """Return what the viewer sees of a submission that `with_results` has loaded."""
    split = _shown_split(submission, viewer, now or timezone.now())
    columns = _columns(submission)
    tasks = tuple(
        TaskResult(
            evaluation=evaluation,
            title=str(evaluation.task),
            scores=_scores(evaluation, split, columns),
            cases=_cases(evaluation, submission, split, viewer) if cases and split else (),
        )
        for evaluation in submission.current_evaluations
    )
    return SubmissionResult(submission, tasks, split)


def _shown_split(submission: Submission, viewer: Viewer, now: datetime) -> Split | None:
    if not viewer.is_organiser and viewer.team_id != submission.team_id:
        return None
    closes_at = submission.phase.closes_at
    for board in submission.phase.config.all_boards:
        splits = visible_splits(board, closes_at=closes_at, now=now, viewer=viewer)
        if splits:
            return Split.ALL if viewer.is_organiser else splits[0]
    return None


def _columns(submission: Submission) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for board in submission.phase.config.all_boards:
        for column in board.columns:
            columns.setdefault(column.key, column)
    return columns


def _scores(
    evaluation: Evaluation, split: Split | None, columns: Mapping[str, Column]
) -> dict[str, float]:
    rows: list[Score] = [score for score in evaluation.scores.all() if score.split == split]
    found = {}
    for score in sorted(rows, key=lambda score: score.pk):
        column = columns.get(score.key) or columns.get(f"{evaluation.task.slug}.{score.key}")
        # Digits that no board shows are nobody's business: they only help to probe the truth.
        found[score.key] = shown(score.value, column) if column else round(score.value, 3)
    return found


def _cases(
    evaluation: Evaluation, submission: Submission, split: Split, viewer: Viewer
) -> tuple[tuple[str, Mapping[str, float]], ...]:
    splits = [board.split for board in submission.phase.config.all_boards if board.split]
    columns = _columns(submission)
    cases: dict[str, dict[str, float]] = {}
    for score in CaseScore.objects.filter(evaluation=evaluation).order_by("case", "pk"):
        hidden = any(not side.is_public(score.case) for side in splits)
        if hidden and split is Split.PUBLIC and not viewer.is_organiser:
            continue
        column = columns.get(score.key) or columns.get(f"{evaluation.task.slug}.{score.key}")
        value = shown(score.value, column) if column else round(score.value, 3)
        cases.setdefault(score.case, {})[score.key] = value
    return tuple(cases.items())
