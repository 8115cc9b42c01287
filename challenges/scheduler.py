"""The loop that moves the queue: send what waits, take back what was lost."""

import logging
import time
from threading import Event

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from kombu.exceptions import OperationalError as BrokerError

from challenges.housekeeping import Housekeeping
from challenges.models import Evaluation
from challenges.services.dispatch import BrokerUnavailable, dispatch
from challenges.services.sweeping import sweep
from challenges.tasks import end_run
from evaluator.app import app
from evaluator.codes import Status
from evaluator.jobs import Job

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # the longest that a queued row waits to be seen
SWEEP_SECONDS = 2.0
TROUBLE_SECONDS = 2.0  # pause after database or broker did not answer


def send(queue: str, job: Job) -> None:
    """Hand a job to the broker. Raises: BrokerUnavailable."""
    try:
        app.send_task(
            "evaluator.evaluate", kwargs={"job": job.model_dump(mode="json")}, queue=queue
        )
    except (BrokerError, OSError) as error:
        raise BrokerUnavailable(f"The broker did not take a job: {error}") from error


class Scheduler:
    """Polls the queue until it is stopped; any number may run, since every move is guarded."""

    def __init__(self) -> None:
        self._stop = Event()
        self._swept_at = 0.0
        self._housekeeping = Housekeeping()

    def stop(self) -> None:
        """End the loop after its present round."""
        self._stop.set()

    def run(self) -> None:
        """Poll until stopped; database and broker may come and go meanwhile."""
        self._housekeeping.start()
        while not self._stop.is_set():
            pause = POLL_SECONDS
            try:
                self._round()
            except BrokerUnavailable as error:
                logger.warning("dispatch.broker_unavailable reason=%s", error)
                pause = TROUBLE_SECONDS
            except (OperationalError, InterfaceError) as error:
                logger.warning("dispatch.database_unavailable reason=%s", error)
                close_old_connections()
                pause = TROUBLE_SECONDS
            self._stop.wait(pause)
        self._housekeeping.stop()
        connections.close_all()

    def _round(self) -> None:
        dispatch(send)
        if time.monotonic() - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = time.monotonic()
            sweep()
            end_cancelled()


def end_cancelled() -> None:
    """Tell hosts to end runs that people have cancelled."""
    cancelled = Evaluation.objects.filter(status=Status.CANCELLED, lease_until__isnull=False)
    for evaluation in cancelled:
        end_run(evaluation.lease)
        Evaluation.objects.filter(pk=evaluation.pk).update(lease_until=None)
