"""What waits, what runs, and how long it will take."""

import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from django.db.models import Count, F, Sum

from challenges.fairness import Waiting, fair_order
from challenges.models import Evaluation, Host, Phase, Submission
from evaluator.codes import Status

# A longer queue is dealt in several rounds; a position beyond it is shown as "over 5,000".
MAX_WAITING = 5000
RECENT = 20  # evaluations whose median duration is the estimate


@dataclass(frozen=True)
class Turn:
    """Where a submission stands in the queue."""

    position: int  # 1: next
    estimate: timedelta | None  # until its score; None when nothing has been scored yet


def waiting(queue: str | None = None) -> list[Waiting]:
    """Return what is queued, in the order in which it was handed in; one query."""
    rows = Evaluation.objects.filter(status=Status.QUEUED).order_by("queued_at", "pk")
    if queue is not None:
        rows = rows.filter(task__phase__queue=queue)
    values = rows.values_list(
        "pk",
        "attempt",
        "submission_id",
        "submission__phase__challenge_id",
        "submission__team_id",
        "is_rescore",
        "submission__phase__challenge__last_served_at",
        "submission__team__last_served_at",
    )
    return [Waiting(*row) for row in values[:MAX_WAITING]]


def fair_queue(queue: str) -> list[Waiting]:
    """Return what is queued in the order of turns; two queries."""
    running = (
        Evaluation.objects.filter(status=Status.RUNNING)
        .values_list("submission__phase__challenge_id", "submission__team_id")
        .annotate(number=Count("pk"))
    )
    by_challenge: Counter[int] = Counter()
    by_team: Counter[int] = Counter()
    for challenge, team, number in running:
        by_challenge[challenge] += number
        by_team[team] += number
    return list(
        fair_order(waiting(queue), running_by_challenge=by_challenge, running_by_team=by_team)
    )


def free_slots(queue: str) -> int:
    """Return how many more evaluations the live hosts of a queue can take."""
    slots = Host.objects.live().filter(queue=queue).aggregate(slots=Sum("slots"))["slots"] or 0
    running = Evaluation.objects.filter(status=Status.RUNNING, task__phase__queue=queue).count()
    return max(0, slots - running)


def queues_waiting() -> list[str]:
    """Return the queues in which something waits."""
    rows = Evaluation.objects.filter(status=Status.QUEUED)
    return list(rows.values_list("task__phase__queue", flat=True).distinct())


def turn(submission: Submission) -> Turn | None:
    """Return where a queued submission stands; None when nothing of it waits."""
    phase = submission.phase
    numbered = zip(count(1), fair_queue(phase.queue), strict=False)
    positions = [n for n, row in numbered if row.submission_id == submission.pk]
    if not positions:
        return None
    duration = _typical_seconds(phase)
    if duration is None:
        return Turn(positions[0], None)
    slots = Host.objects.live().filter(queue=phase.queue).aggregate(n=Sum("slots"))["n"] or 1
    running = Evaluation.objects.filter(status=Status.RUNNING, task__phase__queue=phase.queue)
    rounds = (positions[-1] + running.count() + slots - 1) // slots
    return Turn(positions[0], timedelta(seconds=rounds * duration))


def _typical_seconds(phase: Phase) -> float | None:
    rows = Evaluation.objects.filter(task__phase=phase, ended_at__isnull=False)
    recent = (
        rows.exclude(status=Status.CANCELLED)
        .annotate(took=F("ended_at") - F("started_at"))
        .order_by("-ended_at")
        .values_list("took", flat=True)[:RECENT]
    )
    seconds = [took.total_seconds() for took in recent if took is not None]
    return statistics.median(seconds) if seconds else None
