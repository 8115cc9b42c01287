"""What a host does for the site, and how it answers: by task name, on the queue `site`."""

import logging
from typing import Any
from uuid import UUID

from celery.worker.control import control_command
from kombu.exceptions import OperationalError

from evaluator.app import SITE_QUEUE, app
from evaluator.host.machine import Machine
from evaluator.jobs import Job
from evaluator.outcomes import Outcome

logger = logging.getLogger(__name__)

_machine: list[Machine] = []


def serve(machine: Machine) -> None:
    """Make this process's tasks run on `machine`."""
    _machine[:] = [machine]


@app.task(name="evaluator.evaluate")  # type: ignore[untyped-decorator]  # celery has no types
def evaluate(job: dict[str, Any]) -> None:
    """Run one job; safe to deliver twice."""
    _machine[0].run(Job.model_validate(job))


@control_command(args=[("evaluation_id", str), ("attempt", int)])  # type: ignore[untyped-decorator]  # as above
def end_run(state: object, evaluation_id: str, attempt: int) -> dict[str, str]:  # noqa: ARG001 - celery's signature
    """End a run that is over for the site; broadcast, so that no host need be named."""
    for machine in _machine:
        machine.end_run(UUID(evaluation_id), attempt=attempt)
    return {"ok": "ended"}


class CelerySite:
    """Answers to the site over Celery. What a broken broker swallows, the lease makes good."""

    def hello(self, *, host: str, queue: str, slots: int, runtime: str) -> None:
        """Say that the host is there."""
        self._send("hello", host=host, queue=queue, slots=slots, runtime=runtime)

    def heartbeat(self, *, evaluation_id: UUID, attempt: int, host: str) -> None:
        """Renew the lease of a running attempt."""
        self._send("heartbeat", evaluation_id=str(evaluation_id), attempt=attempt, host=host)

    def finish(self, *, evaluation_id: UUID, attempt: int, outcome: Outcome) -> None:
        """Report how an attempt ended."""
        self._send(
            "finish",
            evaluation_id=str(evaluation_id),
            attempt=attempt,
            outcome=outcome.model_dump(mode="json"),
        )

    def release(self, *, evaluation_id: UUID, attempt: int) -> None:
        """Give an attempt back unharmed: the host is going down."""
        self._send("release", evaluation_id=str(evaluation_id), attempt=attempt)

    def _send(self, name: str, **arguments: object) -> None:
        try:
            app.send_task(
                f"site.{name}", kwargs=arguments, queue=SITE_QUEUE, retry=name == "finish"
            )
        except OperationalError as error:
            logger.warning("site.unreachable message=%s reason=%s", name, error)
