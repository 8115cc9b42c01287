"""A submission as its page shows it: state, scores, plots, place on the boards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from challenges.config import Column
from challenges.models import Artifact, Evaluation, Event, Submission
from challenges.selectors.leaderboard import Row, standing
from challenges.selectors.queue import Turn, turn
from challenges.selectors.submissions import SubmissionResult, TaskResult, result_of
from challenges.visibility import Viewer, visible_splits
from evaluator.codes import Status
from web.artifacts import Picture, pictures_of
from web.histograms import Histogram, histogram
from web.plots import Plot, case_plot

MAX_PLOTS = 6
MAX_CASES = 200  # in the table; the file has all


@dataclass(frozen=True)
class Shown:
    """One score with the column that says how it is read; None for one that no board shows."""

    key: str
    title: str
    value: float
    column: Column | None


@dataclass(frozen=True)
class TaskView:
    """One task of a submission."""

    title: str
    evaluation: Evaluation
    scores: tuple[Shown, ...]
    keys: tuple[Shown, ...]  # columns of the table of cases; the values are the first case's
    cases: tuple[tuple[str, Mapping[str, float]], ...]
    plots: tuple[Plot, ...]
    histograms: tuple[Histogram, ...]
    pictures: tuple[Picture, ...]
    files: tuple[Artifact, ...]  # all but the pictures

    @property
    def shown_cases(self) -> tuple[tuple[str, Mapping[str, float]], ...]:
        """The cases that the page lists."""
        return self.cases[:MAX_CASES]


@dataclass(frozen=True)
class Place:
    """Where the submission's team stands on one board."""

    title: str
    rank: int
    total: int
    is_this: bool  # False when another submission of the team stands there


@dataclass(frozen=True)
class SubmissionView:
    """All that the page shows of results."""

    result: SubmissionResult
    status: Status
    tasks: tuple[TaskView, ...]
    turn: Turn | None
    places: tuple[Place, ...]
    events: tuple[Event, ...]
    can_cancel: bool
    can_choose: bool

    @property
    def is_final(self) -> bool:
        """True when nothing will change any more."""
        return self.status.is_final

    @property
    def has_usage(self) -> bool:
        """True when some run was measured."""
        return any(task.evaluation.wall_seconds is not None for task in self.tasks)


def submission_view(submission: Submission, viewer: Viewer) -> SubmissionView:
    """Return what the viewer sees of a submission that `with_results` has loaded."""
    result = result_of(submission, viewer)
    status = submission.status
    is_own = viewer.team_id == submission.team_id
    return SubmissionView(
        result=result,
        status=status,
        tasks=tuple(_task(submission, task) for task in result.tasks),
        turn=turn(submission) if status is Status.QUEUED else None,
        places=tuple(_places(submission, viewer)) if status is Status.SCORED else (),
        events=tuple(_events(result)),
        can_cancel=not status.is_final,
        can_choose=is_own and may_choose(submission),
    )


def may_choose(submission: Submission) -> bool:
    """True when the team may make this its ranked submission: the board asks, the phase is open."""
    boards = submission.phase.config.all_boards
    return (
        submission.status is Status.SCORED
        and not submission.is_chosen
        and any(board.entry == "chosen" for board in boards)
        # Once private scores are out, choosing would be picking the best of them.
        and timezone.now() < submission.phase.closes_at
    )


def state_token(view: SubmissionView) -> str:
    """Return a word that changes with everything that the live part of the page shows."""
    place = view.turn.position if view.turn else 0
    estimate = (
        int(view.turn.estimate.total_seconds() // 5) if view.turn and view.turn.estimate else 0
    )
    states = [(str(t.evaluation.pk), t.evaluation.status, t.evaluation.attempt) for t in view.tasks]
    parts = f"{states}-{place}-{estimate}-{view.result.submission.is_chosen}"
    return salted_hmac("web.results", parts, algorithm="sha256").hexdigest()[:24]


def scores_in_short(result: SubmissionResult) -> list[Shown]:
    """Return the scores that boards rank by, for a line of a list."""
    columns = ranking_columns(result.submission)
    found = [shown for task in result.tasks for shown in _scores(result.submission, task)]
    return [shown for shown in found if shown.column is not None and shown.column in columns]


def ranking_columns(submission: Submission) -> list[Column]:
    """Return the columns that some board of the phase ranks by."""
    boards = submission.phase.config.all_boards
    return [column for board in boards for column in board.ranking_columns]


def _task(submission: Submission, task: TaskResult) -> TaskView:
    keys = list(dict.fromkeys(key for _, scores in task.cases for key in scores))
    columns = {key: _column(submission, task, key) for key in keys}
    return TaskView(
        title=task.title,
        evaluation=task.evaluation,
        scores=tuple(_scores(submission, task)),
        keys=tuple(Shown(key, _title(key, columns[key]), 0.0, columns[key]) for key in keys),
        cases=task.cases,
        plots=tuple(_plots(task.cases, columns)),
        histograms=tuple(_histograms(task.cases, columns)),
        pictures=pictures_of(task.artifacts, task.cases),
        files=tuple(artifact for artifact in task.artifacts if not artifact.is_picture),
    )


def _events(result: SubmissionResult) -> QuerySet[Event]:
    """Return what happened, in order."""
    evaluations = [task.evaluation.pk for task in result.tasks]
    rows = Event.objects.filter(evaluation__in=evaluations)
    return rows.select_related("evaluation__task").order_by("pk")


def _scores(submission: Submission, task: TaskResult) -> list[Shown]:
    found = []
    for key, value in task.scores.items():
        column = _column(submission, task, key)
        found.append(Shown(key, _title(key, column), value, column))
    return found


def _title(key: str, column: Column | None) -> str:
    return column.title if column else key.replace("_", " ")


def _column(submission: Submission, task: TaskResult, key: str) -> Column | None:
    names = {key, f"{task.evaluation.task.slug}.{key}"}
    columns = [c for board in submission.phase.config.all_boards for c in board.columns]
    return next((column for column in columns if column.key in names), None)


def _plots(
    cases: Sequence[tuple[str, Mapping[str, float]]], columns: Mapping[str, Column | None]
) -> list[Plot]:
    plots = []
    for key, column in list(columns.items())[:MAX_PLOTS]:
        values = [(case, scores[key]) for case, scores in cases if key in scores]
        if len(values) > 1:  # one dot alone says no more than its number
            plots.append(case_plot(key, values, column, _title(key, column)))
    return plots


def _histograms(
    cases: Sequence[tuple[str, Mapping[str, float]]], columns: Mapping[str, Column | None]
) -> list[Histogram]:
    drawn = []
    for key, column in list(columns.items())[:MAX_PLOTS]:
        values = [scores[key] for _, scores in cases if key in scores]
        drawn.append(histogram(key, values, _title(key, column)))
    return [found for found in drawn if found is not None]


def _places(submission: Submission, viewer: Viewer) -> list[Place]:
    phase, now = submission.phase, timezone.now()
    places = []
    for leaderboard in phase.leaderboards.all():
        splits = visible_splits(
            leaderboard.config, closes_at=phase.closes_at, now=now, viewer=viewer
        )
        if not splits:
            continue
        rows = standing(leaderboard, splits[0]).rows
        row = _own_row(rows, submission)
        if row is not None:
            is_this = row.submission_id == submission.pk
            places.append(Place(leaderboard.title, row.rank, len(rows), is_this))
    return places


def _own_row(rows: Sequence[Row], submission: Submission) -> Row | None:
    """Return the row where the submission stands, else the team's best."""
    mine = [row for row in rows if row.team_id == submission.team_id]
    this = [row for row in mine if row.submission_id == submission.pk]
    return next(iter([*this, *mine]), None)
