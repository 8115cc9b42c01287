"""Queues failed evaluations again, once what made them fail is mended."""

from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge, Evaluation, Event
from evaluator.codes import Status


@transaction.atomic
def rerun_failed(challenge: Challenge) -> int:
    """Queue every current failed evaluation of a challenge again and return their number."""
    failed = Evaluation.objects.current().filter(
        task__phase__challenge=challenge, status=Status.FAILED
    )
    rerun = 0
    for evaluation in failed.select_for_update(of=("self",)):
        rows = Evaluation.objects.filter(
            pk=evaluation.pk, attempt=evaluation.attempt, status=Status.FAILED
        )
        rerun += rows.update(
            status=Status.QUEUED,
            code="",
            message="",
            losses=0,
            queued_at=timezone.now(),
            started_at=None,
            ended_at=None,
        )
        Event.objects.create(
            evaluation=evaluation,
            status=Status.QUEUED,
            attempt=evaluation.attempt,
            note="run again by an organiser",
        )
    return rerun
