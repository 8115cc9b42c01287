"""What a team hands in."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from challenges.models.challenge import Phase
from challenges.models.team import Team
from evaluator.codes import Status
from evaluator.manifests import Manifest

if TYPE_CHECKING:
    from challenges.models.evaluation import Evaluation


class Submission(models.Model):
    """One upload of a team to a phase."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, related_name="submissions")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="submissions")
    # Accounts can be closed; scores stay.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="submissions"
    )
    method = models.CharField(max_length=80, blank=True)
    description = models.TextField(max_length=4000, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    filename = models.CharField(max_length=255)
    size_bytes = models.PositiveBigIntegerField()
    manifest_json = models.TextField()
    submitted_at = models.DateTimeField(default=timezone.now, editable=False)
    is_chosen = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["team", "phase", "-submitted_at"], name="submission_of_team"),
            models.Index(fields=["phase", "-submitted_at"], name="submission_of_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.method or self.filename} by {self.team}"

    def get_absolute_url(self) -> str:
        """Return the address of the submission's page."""
        return reverse("submission", args=[self.pk])

    @property
    def manifest(self) -> Manifest:
        """The uploaded files."""
        return Manifest.model_validate_json(self.manifest_json)

    @property
    def current_evaluations(self) -> list["Evaluation"]:
        """The evaluations under each task's current scorer and truth, in the order of the tasks.

        Sorts in memory: selectors prefetch `evaluations__task`.
        """
        current = [e for e in self.evaluations.all() if e.is_current]
        return sorted(current, key=lambda e: e.task.position)

    @property
    def status(self) -> Status:
        """Where the submission is: final only when every task is."""
        return overall_status([e.status for e in self.current_evaluations])


# The first of these that any task has is the submission's own status.
PRECEDENCE = (
    Status.RUNNING,
    Status.QUEUED,
    Status.REJECTED,
    Status.FAILED,
    Status.CANCELLED,
    Status.SCORED,
)


def overall_status(statuses: list[str]) -> Status:
    """Return the status of a submission from those of its tasks; QUEUED when there are none yet."""
    if Status.RUNNING not in statuses and Status.QUEUED in statuses:
        return Status.QUEUED if len(set(statuses)) == 1 else Status.RUNNING
    return next((status for status in PRECEDENCE if status in statuses), Status.QUEUED)
