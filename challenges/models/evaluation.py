"""One scoring of one submission by one scorer version against one truth version."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from challenges.errors import ChallengeError
from challenges.models.challenge import Phase, ScorerVersion, Task, TruthVersion
from challenges.models.submission import Submission
from evaluator.codes import Code, Status

# DESIGN: claimed for 30 s, renewed by each heartbeat; a lost host's run is free again after it.
LEASE = timedelta(seconds=30)

ALLOWED_FROM: dict[Status, tuple[Status, ...]] = {
    Status.QUEUED: (Status.RUNNING,),
    Status.RUNNING: (Status.QUEUED,),
    Status.SCORED: (Status.RUNNING,),
    Status.REJECTED: (Status.RUNNING,),
    Status.FAILED: (Status.RUNNING,),
    Status.CANCELLED: (Status.QUEUED, Status.RUNNING),
}


@dataclass(frozen=True)
class Lease:
    """The right to report on one attempt at one evaluation."""

    evaluation_id: uuid.UUID
    attempt: int


class StaleAttempt(ChallengeError):
    """A report came from an attempt that no longer holds the evaluation; it changes nothing."""

    code = "stale-attempt"

    def __init__(self, lease: Lease, to: Status) -> None:
        super().__init__(
            f"Attempt {lease.attempt} of evaluation {lease.evaluation_id} is over; "
            f"it cannot become {to}."
        )


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    """Names filters and the guarded moves of one row."""

    def current(self) -> "EvaluationQuerySet":
        """Those under their task's current scorer and truth."""
        return self.filter(scorer=models.F("task__scorer"), truth=models.F("task__truth"))

    def counting(self, phase: Phase) -> "EvaluationQuerySet":
        """Those whose scores count on the boards of `phase`."""
        return self.current().filter(task__phase=phase, status=Status.SCORED)

    def move(self, lease: Lease, to: Status, **changes: object) -> None:
        """One UPDATE guarded by old status and attempt: a host that lost its lease cannot move it.

        Raises: StaleAttempt.
        """
        rows = self.filter(
            pk=lease.evaluation_id, attempt=lease.attempt, status__in=ALLOWED_FROM[to]
        )
        if rows.update(status=to, **changes) != 1:
            raise StaleAttempt(lease, to)

    def claim(self, lease: Lease) -> bool:
        """Move a queued row to RUNNING under the next attempt; False when another was quicker.

        `lease.attempt` is the attempt that the claim makes, one more than the row has.
        """
        rows = self.filter(pk=lease.evaluation_id, attempt=lease.attempt - 1, status=Status.QUEUED)
        claimed = rows.update(
            status=Status.RUNNING,
            attempt=lease.attempt,
            started_at=Now(),
            lease_until=Now() + LEASE,
        )
        return claimed == 1

    def renew(self, lease: Lease) -> bool:
        """Renew a running attempt's lease; False when the attempt is over."""
        rows = self.filter(pk=lease.evaluation_id, attempt=lease.attempt, status=Status.RUNNING)
        return rows.update(lease_until=Now() + LEASE) == 1


class Evaluation(models.Model):
    """Where one scoring is and how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evaluations")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="evaluations")
    scorer = models.ForeignKey(ScorerVersion, on_delete=models.PROTECT, related_name="evaluations")
    truth = models.ForeignKey(TruthVersion, on_delete=models.PROTECT, related_name="evaluations")
    status = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in Status], default=Status.QUEUED
    )
    code = models.CharField(max_length=30, choices=[(c.value, c.value) for c in Code], blank=True)
    message = models.TextField(blank=True)
    problems = models.JSONField(default=list, blank=True)
    notes = models.JSONField(default=list, blank=True)  # sentences for the team, also when scored

    attempt = models.PositiveIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)  # attempts whose host was lost
    lease_until = models.DateTimeField(null=True)
    host = models.CharField(max_length=120, blank=True)
    is_rescore = models.BooleanField(default=False)  # yields to live submissions in the queue

    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    wall_seconds = models.FloatField(null=True)
    cpu_seconds = models.FloatField(null=True)
    memory_peak_bytes = models.PositiveBigIntegerField(null=True)
    read_bytes = models.PositiveBigIntegerField(null=True)
    written_bytes = models.PositiveBigIntegerField(null=True)
    runtime = models.CharField(max_length=120, blank=True)
    digests = models.JSONField(default=dict, blank=True)
    log_sha256 = models.CharField(max_length=64, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        constraints = [
            # An identical (submission, scorer, truth) is never scored twice.
            models.UniqueConstraint(
                fields=["submission", "scorer", "truth"], name="evaluation_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in Status]), name="evaluation_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=Status.RUNNING) | models.Q(lease_until__isnull=False),
                name="evaluation_running_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="evaluation_queue",
                condition=models.Q(status=Status.QUEUED),
            ),
            models.Index(
                fields=["lease_until"],
                name="evaluation_leases",
                condition=models.Q(status=Status.RUNNING),
            ),
            models.Index(fields=["task", "status", "-ended_at"], name="evaluation_of_task"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} ({self.status})"

    @property
    def is_current(self) -> bool:
        """True under the task's current scorer and truth."""
        return (self.scorer_id, self.truth_id) == (self.task.scorer_id, self.task.truth_id)

    @property
    def is_final(self) -> bool:
        """True when nothing moves it any more."""
        return Status(self.status).is_final

    @property
    def lease(self) -> Lease:
        """The present attempt."""
        return Lease(self.pk, self.attempt)


class Split(models.TextChoices):
    """Which cases a score is over."""

    ALL = "all"
    PUBLIC = "public"
    PRIVATE = "private"


class Score(models.Model):
    """One aggregate score of an evaluation, as a number that databases can order."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="scores")
    split = models.CharField(max_length=10, choices=Split, default=Split.ALL)
    key = models.CharField(max_length=40)
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "split", "key"], name="score_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class CaseScore(models.Model):
    """One score of one case."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="case_scores")
    case = models.CharField(max_length=255)
    key = models.CharField(max_length=40)
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "case", "key"], name="case_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.key}={self.value}"
