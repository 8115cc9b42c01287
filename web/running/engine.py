"""The embedded engine: scheduler, site queue and evaluation host in one process."""

import fcntl
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from django.core.management.base import CommandError

import challenges.tasks  # noqa: F401 - registers what hosts call
from challenges.scheduler import Scheduler
from challenges.services.dispatch import release_all
from evaluator.app import SITE_QUEUE
from evaluator.consumers import Consumer, stop_consumers
from evaluator.settings import HostSettings
from evaluator.worker import build_machine

logger = logging.getLogger(__name__)

SITE_THREADS = 2
STOP_SECONDS = 10.0


def run_engine(settings: HostSettings) -> None:
    """Run until SIGTERM or SIGINT.

    Raises: SandboxUnavailable; CommandError when another engine uses the same home.
    """
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with _only_one(settings.home):
        machine = build_machine(settings)
        # The broker is this process's memory: what ran under an earlier one runs no more.
        released = release_all(note="the site was started again")
        consumers = [
            Consumer("site", queue=SITE_QUEUE, threads=SITE_THREADS),
            Consumer("evaluator", queue=settings.queue, threads=settings.slots),
        ]
        for consumer in consumers:
            consumer.start()
        machine.start()
        scheduler = Scheduler()
        loop = Thread(target=scheduler.run, name="scheduler", daemon=True)
        loop.start()
        logger.info("engine.started slots=%d released=%d", settings.slots, released)
        while not stop.wait(1.0):
            if not loop.is_alive() or not all(consumer.is_alive for consumer in consumers):
                # Whoever supervises starts a fresh engine; a half-dead one would only look alive.
                raise CommandError("A part of the engine has ended; see the log above.")
        scheduler.stop()
        loop.join(STOP_SECONDS)
        machine.stop()
        machine.wait_idle(STOP_SECONDS)
        stop_consumers()
        for consumer in reversed(consumers):
            consumer.join(STOP_SECONDS)


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / "engine.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"Another site is running from {home.absolute()}. Stop it, or set AGON_HOME."
            ) from error
        yield
