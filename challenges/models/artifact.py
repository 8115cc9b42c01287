"""What an evaluation left beside its scores: pictures, files, resampled scores."""

import uuid

from django.db import models

from challenges.models.evaluation import Evaluation
from evaluator.manifests import MAX_PATH_BYTES
from evaluator.outcomes import ArtifactKind
from evaluator.plans import MAX_CASE_NAME


class Artifact(models.Model):
    """A file in the blob store; `case` when it is our own picture of one, which `words` describe.

    What these rows name is not collected: see `challenges/selectors/references.py`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="artifacts")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=MAX_PATH_BYTES)
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ArtifactKind])
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    case = models.CharField(max_length=MAX_CASE_NAME, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "position"], name="artifact_position")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        """True for what a page shows."""
        return ArtifactKind(self.kind).is_picture

    @property
    def is_of_case(self) -> bool:
        """True for a picture of a case, which shows the ground truth."""
        return bool(self.case)


class Replicates(models.Model):
    """One score as resampling has spread it; a row of its own, for it may be long."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="replicates")
    key = models.CharField(max_length=40)
    numbers = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "key"], name="replicates_once")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {len(self.numbers)} numbers"
