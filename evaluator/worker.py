"""Starts an evaluation host: sandbox first, then the consumer of its queue."""

import logging

from celery import signals

from evaluator.app import app, configure
from evaluator.host.machine import Machine, prepare_scratch
from evaluator.sandbox.choose import open_sandbox
from evaluator.settings import HostSettings
from evaluator.tasks import CelerySite, serve

logger = logging.getLogger(__name__)


def build_machine(settings: HostSettings) -> Machine:
    """Return a host with a sandbox that has shown that it works.

    Raises: SandboxUnavailable; nothing ever runs unsandboxed.
    """
    prepare_scratch(settings)
    machine = Machine(settings, open_sandbox(settings), CelerySite())
    serve(machine)
    return machine


def run_worker(settings: HostSettings) -> None:
    """Serve the host's queue until a signal ends it."""
    configure(settings)
    machine = build_machine(settings)
    signals.worker_ready.connect(lambda **_: machine.start(), weak=False)
    signals.worker_shutting_down.connect(lambda **_: machine.stop(), weak=False)
    app.Worker(
        hostname=f"evaluator@{machine.name}",
        pool="threads",
        concurrency=settings.slots,
        queues=[settings.queue],
        loglevel="WARNING",
        without_gossip=True,  # remote control stays on: with both off a worker can wedge
        without_mingle=True,
    ).start()
