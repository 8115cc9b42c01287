"""Submissions as pages and the API show them: only what the viewer may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from challenges.config import Column
from challenges.config.boards import Show
from challenges.models import (
    Artifact,
    CaseScore,
    Challenge,
    Evaluation,
    Leaderboard,
    Phase,
    Score,
    Split,
    Submission,
    Team,
    User,
)
from challenges.ranking import shown
from challenges.selectors.artifacts import visible_artifacts
from challenges.selectors.team_scores import improved
from challenges.visibility import Viewer, visible_splits

UNLISTED_DIGITS = 3  # of a score that is on no board


@dataclass(frozen=True)
class TaskResult:
    """One task of a submission."""

    evaluation: Evaluation
    title: str
    scores: Mapping[str, float]  # by key, rounded as its column shows it
    cases: tuple[tuple[str, Mapping[str, float]], ...]  # per case, in the order of the truth
    artifacts: tuple[Artifact, ...] = ()

    @property
    def slug(self) -> str:
        """The task's name in addresses and in keys of columns."""
        return self.evaluation.task.slug


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
    rows = submissions.select_related("phase__challenge__current", "team", "user")
    # Of a store, the list of files is megabytes; nothing that shows results needs it.
    return rows.defer("manifest_json").prefetch_related(
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
    view = _view(submission, viewer, now or timezone.now())
    columns = _columns(submission)
    tasks = tuple(
        TaskResult(
            evaluation=evaluation,
            title=str(evaluation.task),
            scores=_scores(evaluation, view, columns),
            cases=_cases(evaluation, submission, view, viewer) if cases and view.split else (),
            artifacts=_artifacts(evaluation, view, viewer) if cases else (),
        )
        for evaluation in submission.current_evaluations
    )
    return SubmissionResult(submission, tasks, view.split)


def artifacts_of(submission: Submission, viewer: Viewer) -> tuple[Artifact, ...]:
    """Return every picture and file of a submission that the viewer may see now."""
    view = _view(submission, viewer, timezone.now())
    evaluations = submission.current_evaluations
    return tuple(a for e in evaluations for a in _artifacts(e, view, viewer))


@dataclass(frozen=True)
class _View:
    """What of a submission's scores somebody sees: one side of the cases, without some keys."""

    split: Split | None
    hidden: frozenset[str] = frozenset()  # columns of boards that cannot be seen


def _view(submission: Submission, viewer: Viewer, now: datetime) -> _View:
    if viewer.is_organiser:
        return _View(Split.ALL)
    if viewer.team_id != submission.team_id:
        return _View(None)
    seen: dict[str, Split] = {}
    for leaderboard in submission.phase.leaderboards.all():
        split = _own_split(submission, leaderboard, viewer, now)
        if split is not None:
            seen |= dict.fromkeys((c.key for c in leaderboard.config.columns), split)
    if not seen:
        return _View(None)
    return _View(next(iter(seen.values())), frozenset(_columns(submission)) - seen.keys())


def _own_split(
    submission: Submission, leaderboard: Leaderboard, viewer: Viewer, now: datetime
) -> Split | None:
    board = leaderboard.config
    splits = visible_splits(board, closes_at=submission.phase.closes_at, now=now, viewer=viewer)
    if not splits:
        return None
    if board.show is Show.IMPROVEMENTS_ONLY and not improved(submission, leaderboard, splits[0]):
        return None
    return splits[0]


def _columns(submission: Submission) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for board in submission.phase.config.all_boards:
        for column in board.columns:
            columns.setdefault(column.key, column)
    return columns


def _scores(evaluation: Evaluation, view: _View, columns: Mapping[str, Column]) -> dict[str, float]:
    rows: list[Score] = [score for score in evaluation.scores.all() if score.split == view.split]
    return {
        score.key: _shown(score.value, _column(evaluation, score.key, columns))
        for score in sorted(rows, key=lambda score: score.pk)
        if not _is_hidden(evaluation, score.key, view)
    }


def _cases(
    evaluation: Evaluation, submission: Submission, view: _View, viewer: Viewer
) -> tuple[tuple[str, Mapping[str, float]], ...]:
    splits = [board.split for board in submission.phase.config.all_boards if board.split]
    columns = _columns(submission)
    cases: dict[str, dict[str, float]] = {}
    for score in CaseScore.objects.filter(evaluation=evaluation).order_by("case", "pk"):
        is_private = any(not side.is_public(score.case) for side in splits)
        if is_private and view.split is Split.PUBLIC and not viewer.is_organiser:
            continue
        if not _is_hidden(evaluation, score.key, view):
            value = _shown(score.value, _column(evaluation, score.key, columns))
            cases.setdefault(score.case, {})[score.key] = value
    return tuple(cases.items())


def _artifacts(evaluation: Evaluation, view: _View, viewer: Viewer) -> tuple[Artifact, ...]:
    sees_scores = view.split is not None and not view.hidden
    return visible_artifacts(evaluation, viewer, sees_scores=sees_scores)


def _names(evaluation: Evaluation, key: str) -> tuple[str, str]:
    return key, f"{evaluation.task.slug}.{key}"


def _column(evaluation: Evaluation, key: str, columns: Mapping[str, Column]) -> Column | None:
    return next((columns[name] for name in _names(evaluation, key) if name in columns), None)


def _is_hidden(evaluation: Evaluation, key: str, view: _View) -> bool:
    return any(name in view.hidden for name in _names(evaluation, key))


def _shown(value: float, column: Column | None) -> float:
    # Digits that no board shows are nobody's business: they only help to probe the truth.
    return shown(value, column) if column else round(value, UNLISTED_DIGITS)
