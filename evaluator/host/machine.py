"""One evaluation host: its sandbox, its running attempts, and what it tells the site."""

import contextlib
import logging
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Protocol
from uuid import UUID, uuid4

from evaluator.host.evaluate import evaluate
from evaluator.host.kernels import Kernels
from evaluator.host.trees import TreeCache
from evaluator.jobs import Job
from evaluator.outcomes import Outcome
from evaluator.sandbox.base import Sandbox
from evaluator.settings import HostSettings

logger = logging.getLogger(__name__)

HELLO_SECONDS = 5.0
HEARTBEAT_HELLOS = 2  # a heartbeat with every second hello: a third of the lease of 30 s


class Site(Protocol):
    """What a host can say to the site; nothing is answered, nothing is waited for."""

    def hello(self, *, host: str, queue: str, slots: int, runtime: str) -> None:
        """Say that the host is there."""

    def heartbeat(self, *, evaluation_id: UUID, attempt: int, host: str) -> None:
        """Renew the lease of a running attempt."""

    def finish(self, *, evaluation_id: UUID, attempt: int, outcome: Outcome) -> None:
        """Report how an attempt ended."""

    def release(self, *, evaluation_id: UUID, attempt: int) -> None:
        """Give an attempt back unharmed: the host is going down."""


@dataclass(frozen=True)
class Running:
    """An attempt that runs here now."""

    evaluation_id: UUID
    attempt: int
    cancelled: Event


class Machine:
    """Runs jobs in its sandbox and keeps the site informed."""

    def __init__(self, settings: HostSettings, sandbox: Sandbox, site: Site) -> None:
        self.settings = settings
        self.name = f"{socket.gethostname()}-{uuid4().hex[:8]}"
        self._sandbox = sandbox
        self._site = site
        self._runs = settings.scratch / "runs"
        self._trees = TreeCache(settings.scratch / "trees")
        self._kernels = Kernels(settings.scratch / "kernels", sandbox)
        self._running: dict[UUID, Running] = {}
        self._lock = Lock()
        self._stopping = Event()
        self._idle = Event()
        self._idle.set()

    def start(self) -> None:
        """Clear what a killed predecessor left, say hello, and keep the site informed."""
        removed = self._sandbox.sweep(alive=())
        shutil.rmtree(self._runs, ignore_errors=True)
        self._runs.mkdir(parents=True)
        logger.info(
            "host.started host=%s runtime=%s leftovers=%d",
            self.name,
            self._sandbox.description,
            removed,
        )
        self._hello()
        Thread(target=self._pulse, name="pulse", daemon=True).start()
        if self.settings.compile_ahead:
            compiling = Thread(
                target=self._kernels.prepare, args=(self._stopping,), name="kernels", daemon=True
            )
            compiling.start()

    def stop(self) -> None:
        """End every run and give it back to the queue."""
        self._stopping.set()
        with self._lock:
            for run in self._running.values():
                run.cancelled.set()

    def wait_idle(self, timeout_seconds: float) -> bool:
        """Wait until nothing runs; False when something still does after the time."""
        return self._idle.wait(timeout_seconds)

    def run(self, job: Job) -> None:
        """Run one job and report its outcome."""
        with self._registered(job) as run:
            if run is None:
                return
            outcome = evaluate(
                job,
                sandbox=self._sandbox,
                trees=self._trees,
                kernels=self._kernels,
                scratch=self._runs,
                cancelled=run.cancelled,
            )
            if self._stopping.is_set():
                self._site.release(evaluation_id=job.evaluation_id, attempt=job.attempt)
            elif not run.cancelled.is_set():
                self._site.finish(
                    evaluation_id=job.evaluation_id, attempt=job.attempt, outcome=outcome
                )

    def end_run(self, evaluation_id: UUID, *, attempt: int) -> None:
        """End a run whose attempt, or an earlier one, the site has declared over."""
        with self._lock:
            run = self._running.get(evaluation_id)
            if run is not None and run.attempt <= attempt:
                run.cancelled.set()

    @contextlib.contextmanager
    def _registered(self, job: Job) -> Iterator[Running | None]:
        """Note the job as running; None for a message that came twice or for an old attempt."""
        run = Running(job.evaluation_id, job.attempt, Event())
        with self._lock:
            other = self._running.get(job.evaluation_id)
            if other is not None and other.attempt >= job.attempt:
                yield None
                return
            if other is not None:
                other.cancelled.set()
            self._running[job.evaluation_id] = run
            self._idle.clear()
        self._beat(run)
        try:
            yield run
        finally:
            with self._lock:
                if self._running.get(job.evaluation_id) is run:
                    del self._running[job.evaluation_id]
                if not self._running:
                    self._idle.set()

    def _pulse(self) -> None:
        hellos = 0
        while not self._stopping.wait(HELLO_SECONDS):
            hellos += 1
            self._hello()
            if hellos % HEARTBEAT_HELLOS == 0:
                with self._lock:
                    runs = list(self._running.values())
                for run in runs:
                    self._beat(run)

    def _hello(self) -> None:
        self._site.hello(
            host=self.name,
            queue=self.settings.queue,
            slots=self.settings.slots,
            runtime=self._sandbox.description,
        )

    def _beat(self, run: Running) -> None:
        self._site.heartbeat(evaluation_id=run.evaluation_id, attempt=run.attempt, host=self.name)


def prepare_scratch(settings: HostSettings) -> Path:
    """Return the host's scratch folder, made private to this account."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    settings.scratch.chmod(0o700)
    return settings.scratch
