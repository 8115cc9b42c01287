"""Sends what waits to the hosts that can take it."""

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from challenges.errors import ChallengeError
from challenges.fairness import Waiting
from challenges.models import Challenge, Evaluation, Event, Lease, StaleAttempt, Team
from challenges.pictures import cases_to_draw
from challenges.selectors.queue import fair_queue, free_slots, queues_waiting
from evaluator.codes import Status
from evaluator.jobs import Job, Resources

logger = logging.getLogger(__name__)

Send = Callable[[str, Job], None]  # queue, job


class BrokerUnavailable(ChallengeError):
    """A job could not be handed to the broker; its row goes back to the queue."""

    code = "broker-unavailable"


def dispatch(send: Send) -> int:
    """Claim as many waiting evaluations as the live hosts can take and send them.

    Returns their number. Raises: BrokerUnavailable when `send` does; what was claimed but not sent
    is queued again.
    """
    sent = 0
    for queue in queues_waiting():
        slots = free_slots(queue)
        for row in fair_queue(queue)[:slots] if slots else []:
            sent += _send(row, queue, send)
    return sent


def _send(row: Waiting, queue: str, send: Send) -> int:
    lease = Lease(row.evaluation_id, row.attempt + 1)
    if not _claim(row, lease):
        return 0
    evaluation = Evaluation.objects.select_related(
        "submission", "task__phase", "scorer", "truth"
    ).get(pk=row.evaluation_id)
    try:
        send(queue, build_job(evaluation))
    except BrokerUnavailable:
        release(lease, note="the broker did not answer")
        raise
    logger.info(
        "evaluation.sent evaluation_id=%s attempt=%d queue=%s",
        lease.evaluation_id,
        lease.attempt,
        queue,
    )
    return 1


@transaction.atomic
def _claim(row: Waiting, lease: Lease) -> bool:
    if not Evaluation.objects.claim(lease):
        return False
    Challenge.objects.filter(pk=row.challenge_id).update(last_served_at=Now())
    Team.objects.filter(pk=row.team_id).update(last_served_at=Now())
    Event.objects.create(
        evaluation_id=lease.evaluation_id, status=Status.RUNNING, attempt=lease.attempt
    )
    return True


@transaction.atomic
def release(lease: Lease, *, note: str) -> None:
    """Put a running attempt back into the queue; it does not count as a loss.

    Raises: StaleAttempt.
    """
    Evaluation.objects.move(lease, Status.QUEUED, lease_until=None, started_at=None, host="")
    Event.objects.create(
        evaluation_id=lease.evaluation_id,
        status=Status.QUEUED,
        attempt=lease.attempt,
        note=note,
    )


def release_all(*, note: str) -> int:
    """Put everything that runs back into the queue and return how much that was.

    For the embedded site at its start only: its one host is this process, so nothing runs yet.
    """
    running = Evaluation.objects.filter(status=Status.RUNNING)
    leases = [evaluation.lease for evaluation in running]
    released = 0
    for lease in leases:
        try:
            release(lease, note=note)
        except StaleAttempt:
            continue
        released += 1
    return released


def build_job(evaluation: Evaluation) -> Job:
    """Return what a host needs to run the evaluation's present attempt."""
    seed = hashlib.sha256(evaluation.truth.digest.encode()).digest()
    plan, phase = evaluation.scorer.plan, evaluation.task.phase.config
    return Job(
        evaluation_id=evaluation.pk,
        attempt=evaluation.attempt,
        submission=evaluation.submission.manifest,
        truth=evaluation.truth.manifest,
        program=evaluation.scorer.program,
        plan=plan,
        resources=Resources.model_validate_json(evaluation.task.resources_json),
        blobs=settings.AGON_BLOBS,
        # The same for every submission to one truth, so that resampled scores can be compared.
        seed=int.from_bytes(seed[:4], "big"),
        # Not part of the plan: who turns pictures on or off changes no score.
        pictures=cases_to_draw(plan.cases, phase=phase, task=evaluation.task.config),
    )
