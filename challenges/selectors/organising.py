"""What the organisers of a challenge see of its submissions."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from challenges.models import Challenge, Evaluation, Submission, Task
from challenges.selectors.submissions import with_results
from evaluator.codes import Status


@dataclass(frozen=True)
class Wanted:
    """Which submissions; empty: all."""

    status: str = ""
    code: str = ""
    team: str = ""


@dataclass(frozen=True)
class CodeCount:
    """How many evaluations ended with a code."""

    status: str
    code: str
    number: int


def submissions_of(challenge: Challenge, wanted: Wanted) -> QuerySet[Submission]:
    """Return the submissions of a challenge that have an evaluation as wanted, newest first."""
    rows = Submission.objects.filter(phase__challenge=challenge)
    if wanted.team:
        rows = rows.filter(team__name__icontains=wanted.team)
    if wanted.status or wanted.code:
        current = Evaluation.objects.current().filter(
            Q(status=wanted.status) if wanted.status else Q(),
            Q(code=wanted.code) if wanted.code else Q(),
            task__phase__challenge=challenge,
        )
        rows = rows.filter(pk__in=current.values("submission"))
    return with_results(rows.order_by("-submitted_at", "-pk"))


def code_counts(challenge: Challenge) -> list[CodeCount]:
    """Return how current evaluations ended that were not scored, the most frequent first."""
    rows = (
        Evaluation.objects.current()
        .filter(
            task__phase__challenge=challenge,
            status__in=(Status.REJECTED, Status.FAILED, Status.CANCELLED),
        )
        .values_list("status", "code")
        .annotate(number=Count("pk"))
        .order_by("-number", "status", "code")
    )
    return [CodeCount(status, code, number) for status, code, number in rows]


def tasks_of(challenge: Challenge) -> QuerySet[Task]:
    """Return the tasks of a challenge with their current scorer and truth."""
    return (
        Task.objects.filter(phase__challenge=challenge)
        .select_related("phase", "scorer", "truth")
        .order_by("phase__position", "position")
    )
