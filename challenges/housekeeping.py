"""The slow loop beside the scheduler's quick one: now and then, what nobody needs is forgotten."""

import logging
from threading import Event, Thread

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from challenges.services.collecting import CollectingRefused, collect

logger = logging.getLogger(__name__)

FIRST_SECONDS = 600.0  # a start has more urgent things to do
PAUSE_SECONDS = 6 * 3600.0


class Housekeeping:
    """Collects in a thread of its own, so that no submission waits for it; any number may run."""

    def __init__(self, *, first_seconds: float = FIRST_SECONDS) -> None:
        self._first_seconds = first_seconds
        self._stop = Event()
        self._thread = Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, at once unless it is collecting; what it does then may be cut off anywhere."""
        self._stop.set()

    def _run(self) -> None:
        pause = self._first_seconds
        while not self._stop.wait(pause):
            self._collect()
            pause = PAUSE_SECONDS

    def _collect(self) -> None:
        try:
            collect()
        except CollectingRefused as refusal:
            logger.warning("blobs.not_collected reason=%s", refusal)
        except (OperationalError, InterfaceError, OSError) as error:
            logger.warning("blobs.collecting_failed reason=%s", error)
            close_old_connections()
        finally:
            connections.close_all()
