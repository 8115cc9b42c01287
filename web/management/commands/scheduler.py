"""`agon-site scheduler`: moves the queue of a site with a real broker."""

import signal
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

import challenges.tasks  # noqa: F401 - registers what hosts call
from challenges.scheduler import Scheduler
from evaluator.app import SITE_QUEUE
from evaluator.consumers import Consumer, stop_consumers
from evaluator.settings import HostSettings

THREADS = 4
STOP_SECONDS = 10.0


class Command(BaseCommand):
    """Dispatches what waits and takes in what hosts report; any number may run."""

    help = "Send queued evaluations to the hosts and take in their reports."

    def handle(self, *_: Any, **__: Any) -> None:  # Django's signature
        """Run until a signal ends it."""
        if HostSettings.read().broker.startswith("memory:"):
            raise CommandError("Set AGON_BROKER, or run 'agon-site up', which needs no broker.")
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        consumer = Consumer(f"site@{settings.SITE_NAME}", queue=SITE_QUEUE, threads=THREADS)
        scheduler = Scheduler()
        loop = Thread(target=scheduler.run, name="scheduler", daemon=True)
        consumer.start()
        loop.start()
        while not stop.wait(1.0):
            if not (loop.is_alive() and consumer.is_alive):
                raise CommandError("A part of the scheduler has ended; see the log above.")
        scheduler.stop()
        loop.join(STOP_SECONDS)
        stop_consumers()
        consumer.join(STOP_SECONDS)
