"""Takes back what lost hosts held."""

import logging

from django.db import transaction
from django.db.models.functions import Now

from challenges.models import Evaluation, Event, Host, Lease, StaleAttempt
from challenges.services.notices import tell_organisers
from evaluator.codes import Code, Status
from evaluator.host.verdicts import failed

logger = logging.getLogger(__name__)

MAX_LOSSES = 3


def sweep() -> int:
    """Queue again what runs under a lease that has run out; FAILED at the third loss.

    Returns the number of leases taken back.
    """
    overdue = Evaluation.objects.filter(status=Status.RUNNING, lease_until__lt=Now())
    taken = 0
    for evaluation in overdue.select_related("submission__team", "task__phase__challenge"):
        try:
            _take_back(evaluation)
        except StaleAttempt:  # the host reported between the query and the move
            continue
        taken += 1
    Host.objects.exclude(pk__in=Host.objects.live().values("pk")).delete()
    return taken


@transaction.atomic
def _take_back(evaluation: Evaluation) -> None:
    lease: Lease = evaluation.lease
    losses = evaluation.losses + 1
    if losses < MAX_LOSSES:
        Evaluation.objects.move(
            lease, Status.QUEUED, losses=losses, lease_until=None, started_at=None, host=""
        )
        note, status = "the host was lost", Status.QUEUED
    else:
        outcome = failed(Code.HOST_LOST)
        Evaluation.objects.move(
            lease,
            Status.FAILED,
            losses=losses,
            lease_until=None,
            ended_at=Now(),
            code=Code.HOST_LOST,
            message=outcome.message,
        )
        tell_organisers(evaluation, outcome)
        note, status = Code.HOST_LOST, Status.FAILED
    Event.objects.create(evaluation=evaluation, status=status, attempt=lease.attempt, note=note)
    logger.warning(
        "evaluation.lease_expired evaluation_id=%s attempt=%d losses=%d",
        lease.evaluation_id,
        lease.attempt,
        losses,
    )
