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
from web.cases import CaseTable, case_table
from web.scores import Shown, Titled, leading, others, task_columns, titled

OPEN_SCORES = 6
OPEN_NOTES = 10
MAX_NOTES = 200  # on the page; the API has all


@dataclass(frozen=True)
class Notes:
    """Sentences for the team about its upload, scored or not."""

    first: tuple[str, ...]
    folded: tuple[str, ...]
    left_out: int  # that not even the fold holds


@dataclass(frozen=True)
class TaskView:
    """One task of a submission."""

    title: str
    evaluation: Evaluation
    leading: tuple[Shown, ...]  # scores on a board
    others: tuple[Shown, ...]
    notes: Notes
    keys: tuple[Titled, ...]  # all scores of the cases
    cases: CaseTable | None
    pictures: tuple[Picture, ...]
    files: tuple[Artifact, ...]  # all but the pictures

    @property
    def shows_others(self) -> bool:
        """True when the scores that no board shows need no fold: few, or all that there are."""
        return not self.leading or len(self.others) <= OPEN_SCORES


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


def submission_view(
    submission: Submission, viewer: Viewer, *, pages: Mapping[str, str | None]
) -> SubmissionView:
    """Return what the viewer sees of a submission that `with_results` has loaded.

    `pages` says which page of its cases is asked for, by the slug of the task.
    """
    result = result_of(submission, viewer)
    status = submission.status
    is_own = viewer.team_id == submission.team_id
    return SubmissionView(
        result=result,
        status=status,
        tasks=tuple(_task(submission, task, pages) for task in result.tasks),
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
    ranking = ranking_columns(result.submission)
    found = [
        score
        for task in result.tasks
        for score in leading(task.scores, task_columns(result.submission, task.slug))
    ]
    return [score for score in found if score.column in ranking]


def ranking_columns(submission: Submission) -> list[Column]:
    """Return the columns that some board of the phase ranks by."""
    boards = submission.phase.config.all_boards
    return [column for board in boards for column in board.ranking_columns]


def _task(submission: Submission, task: TaskResult, pages: Mapping[str, str | None]) -> TaskView:
    columns = task_columns(submission, task.slug)
    keys = titled((scores for _, scores in task.cases), columns, like=task.scores)
    return TaskView(
        title=task.title,
        evaluation=task.evaluation,
        leading=leading(task.scores, columns),
        others=others(task.scores, columns),
        notes=_notes(task.evaluation),
        keys=keys,
        cases=case_table(task.cases, keys, pages.get(task.slug)),
        pictures=pictures_of(task.artifacts, task.cases),
        files=tuple(artifact for artifact in task.artifacts if not artifact.is_picture),
    )


def _notes(evaluation: Evaluation) -> Notes:
    notes = tuple(evaluation.notes)
    return Notes(
        first=notes[:OPEN_NOTES],
        folded=notes[OPEN_NOTES:MAX_NOTES],
        left_out=max(0, len(notes) - MAX_NOTES),
    )


def _events(result: SubmissionResult) -> QuerySet[Event]:
    """Return what happened, in order."""
    evaluations = [task.evaluation.pk for task in result.tasks]
    rows = Event.objects.filter(evaluation__in=evaluations)
    return rows.select_related("evaluation__task").order_by("pk")


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
