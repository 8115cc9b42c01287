"""What happened to evaluations, in order: the trail that explains every score."""

from django.db import models
from django.utils import timezone

from challenges.models.evaluation import Evaluation


class Event(models.Model):
    """One move of an evaluation."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=10)
    attempt = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    happened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.status} (attempt {self.attempt})"
