"""What hosts call by name on the queue `site`."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.db import OperationalError

from challenges.models import Lease, StaleAttempt
from challenges.services import dispatch, reports
from evaluator.app import app
from evaluator.outcomes import Outcome

# The database may be restarting; past this the lease runs out and the run is repeated.
RETRY = {
    "autoretry_for": (OperationalError,),
    "retry_backoff": 1,
    "retry_backoff_max": 10,
    "max_retries": 8,
}


def end_run(lease: Lease) -> None:
    """Tell whichever host it is to end an attempt that is over."""
    app.control.broadcast(
        "end_run",
        arguments={"evaluation_id": str(lease.evaluation_id), "attempt": lease.attempt},
    )


@shared_task(name="site.hello", **RETRY)  # type: ignore[untyped-decorator]  # celery has no types
def hello(host: str, queue: str, slots: int, runtime: str) -> None:
    """Note that a host is there."""
    reports.hello(host=host, queue=queue, slots=slots, runtime=runtime)


@shared_task(name="site.heartbeat")  # type: ignore[untyped-decorator]  # as above
def heartbeat(evaluation_id: str, attempt: int, host: str) -> None:
    """Renew a lease, or end the run of an attempt that is over."""
    lease = Lease(UUID(evaluation_id), attempt)
    if not reports.heartbeat(lease, host=host):
        end_run(lease)


@shared_task(name="site.finish", **RETRY)  # type: ignore[untyped-decorator]  # as above
def finish(evaluation_id: str, attempt: int, outcome: dict[str, Any]) -> None:
    """Store how an attempt ended; a result that came too late or twice changes nothing."""
    lease = Lease(UUID(evaluation_id), attempt)
    try:
        reports.finish(lease, Outcome.model_validate(outcome))
    except StaleAttempt:
        reports.note_stale(lease)


@shared_task(name="site.release", **RETRY)  # type: ignore[untyped-decorator]  # as above
def release(evaluation_id: str, attempt: int) -> None:
    """Queue again what a host that goes down gives back."""
    lease = Lease(UUID(evaluation_id), attempt)
    try:
        dispatch.release(lease, note="the host went down in good order")
    except StaleAttempt:
        reports.note_stale(lease)
