"""Turns what a viewer may see of a submission into what goes over the wire."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from challenges.models import Artifact, Evaluation, Submission
from challenges.selectors.queue import turn
from challenges.selectors.submissions import SubmissionResult, TaskResult, result_of
from challenges.visibility import Viewer, visible_splits
from evaluator.codes import Status
from evaluator.outcomes import ArtifactKind
from web.api.schemas.submissions import (
    ArtifactInfo,
    ProblemInfo,
    QueueInfo,
    SubmissionInfo,
    SubmissionSummary,
    TaskResultInfo,
    UsageInfo,
)

# For participants: exact times and sizes would tell about the hidden truth.
COARSE_SECONDS = 5


def summary(submission: Submission, viewer: Viewer) -> SubmissionSummary:
    """Return a submission as lists show it."""
    result = result_of(submission, viewer, cases=False)
    return SubmissionSummary(**_summary(result))


def details(submission: Submission, viewer: Viewer) -> SubmissionInfo:
    """Return a submission with all that the viewer may see of it."""
    result = result_of(submission, viewer)
    tasks = tuple(_task(task, viewer) for task in result.tasks)
    return SubmissionInfo(
        **_summary(result),
        description=submission.description,
        metadata=submission.metadata,
        sha256=_digest(submission.pk),
        problems=tuple(problem for task in tasks for problem in task.problems),
        cases={
            _prefix(result, task, "/") + name: dict(scores)
            for task in result.tasks
            for name, scores in task.cases
        },
        usage=_total([task.usage for task in tasks if task.usage]),
        queue=_queue(submission),
        tasks=tasks,
    )


def state_of_result(submission: Submission, viewer: Viewer) -> tuple[object, ...]:
    """Return what decides the answer about a submission that has ended, all of it together."""
    phase, now = submission.phase, timezone.now()
    boards = [
        (
            board.slug,
            board.version,
            visible_splits(board.config, closes_at=phase.closes_at, now=now, viewer=viewer),
        )
        for board in phase.leaderboards.all()
    ]
    evaluations = [
        (row.pk, row.status, row.attempt, row.ended_at) for row in submission.current_evaluations
    ]
    is_own = viewer.team_id == submission.team_id
    seen_as = (viewer.is_organiser, is_own, submission.team.name, submission.is_chosen)
    return (submission.pk, phase.challenge.current_id, seen_as, boards, evaluations)


def _summary(result: SubmissionResult) -> dict[str, object]:
    submission, evaluation = result.submission, _deciding(result)
    return {
        "id": submission.pk,
        "challenge": submission.phase.challenge.slug,
        "phase": submission.phase.slug,
        "team": submission.team.name,
        "method": submission.method,
        "filename": submission.filename,
        "size": submission.size_bytes,
        "submitted_at": submission.submitted_at,
        "is_chosen": submission.is_chosen,
        "status": submission.status,
        "code": (evaluation.code or None) if evaluation else None,
        "message": evaluation.message if evaluation else "",
        "split": result.split,
        "scores": {
            _prefix(result, task, ".") + name: value
            for task in result.tasks
            for name, value in task.scores.items()
        },
    }


def _deciding(result: SubmissionResult) -> Evaluation | None:
    """Return the evaluation that gives the submission its status."""
    status = result.submission.status
    evaluations = [task.evaluation for task in result.tasks]
    return next((e for e in evaluations if e.status == status), None)


def _prefix(result: SubmissionResult, task: TaskResult, mark: str) -> str:
    """Return what keeps the names of several tasks apart; nothing for the only one."""
    return f"{task.evaluation.task.slug}{mark}" if len(result.tasks) > 1 else ""


def _task(result: TaskResult, viewer: Viewer) -> TaskResultInfo:
    evaluation = result.evaluation
    return TaskResultInfo(
        task=evaluation.task.slug,
        title=result.title,
        status=Status(evaluation.status),
        code=evaluation.code or None,
        message=evaluation.message,
        problems=tuple(ProblemInfo(**problem) for problem in evaluation.problems),
        notes=tuple(evaluation.notes),
        scores=dict(result.scores),
        cases={name: dict(scores) for name, scores in result.cases},
        artifacts=tuple(_artifact(artifact, evaluation) for artifact in result.artifacts),
        usage=_usage(evaluation, viewer),
        started_at=_second(evaluation.started_at),
        ended_at=_second(evaluation.ended_at),
    )


def _artifact(artifact: Artifact, evaluation: Evaluation) -> ArtifactInfo:
    return ArtifactInfo(
        id=artifact.pk,
        name=artifact.name,
        kind=ArtifactKind(artifact.kind),
        case=artifact.case,
        words=artifact.words,
        size=artifact.size_bytes,
        sha256=artifact.sha256,
        url=reverse("api:download_artifact", args=[evaluation.submission_id, artifact.pk]),
    )


def _usage(evaluation: Evaluation, viewer: Viewer) -> UsageInfo | None:
    if evaluation.wall_seconds is None:
        return None
    wall, cpu = evaluation.wall_seconds, evaluation.cpu_seconds or 0.0
    if viewer.is_organiser:
        return UsageInfo(
            wall_seconds=wall,
            cpu_seconds=cpu,
            memory_peak_bytes=evaluation.memory_peak_bytes,
            read_bytes=evaluation.read_bytes,
            written_bytes=evaluation.written_bytes,
        )
    return UsageInfo(
        wall_seconds=_coarse(wall),
        cpu_seconds=_coarse(cpu),
        memory_peak_bytes=None,
        read_bytes=None,
        written_bytes=None,
    )


def _coarse(seconds: float) -> float:
    return float(COARSE_SECONDS * round(seconds / COARSE_SECONDS))


def _second(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None


def _total(usages: list[UsageInfo]) -> UsageInfo | None:
    if not usages:
        return None
    return UsageInfo(
        wall_seconds=sum(usage.wall_seconds for usage in usages),
        cpu_seconds=sum(usage.cpu_seconds for usage in usages),
        memory_peak_bytes=max(
            (usage.memory_peak_bytes for usage in usages if usage.memory_peak_bytes is not None),
            default=None,
        ),
        read_bytes=_sum([usage.read_bytes for usage in usages]),
        written_bytes=_sum([usage.written_bytes for usage in usages]),
    )


def _sum(numbers: list[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


# It never changes, and a manifest of many files takes long to read.
@lru_cache(maxsize=4096)
def _digest(submission_id: UUID) -> str:
    return Submission.objects.only("manifest_json").get(pk=submission_id).manifest.digest


def _queue(submission: Submission) -> QueueInfo | None:
    if submission.status is not Status.QUEUED:
        return None
    place = turn(submission)
    if place is None:
        return None
    estimate = place.estimate.total_seconds() if place.estimate is not None else None
    return QueueInfo(position=place.position, estimate_seconds=estimate)
