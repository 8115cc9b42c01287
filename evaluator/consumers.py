"""Celery consumers inside a process that does other things too."""

from threading import Event, Thread

from celery.worker import WorkController, state

from evaluator.app import app

START_SECONDS = 20.0


class ConsumerNotStarted(RuntimeError):
    """A consumer did not come up; the broker is probably not there."""


class Consumer:
    """Serves one queue with threads of this process."""

    def __init__(self, name: str, *, queue: str, threads: int) -> None:
        self._name = name
        self._queue = queue
        self._threads = threads
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to serve. Raises: ConsumerNotStarted."""
        app.finalize()
        app.set_current()
        app.set_default()
        ready = Event()
        # Made only now: which queues are served is a property of the whole application, read when
        # a consumer starts. Consumers of one process must therefore start one after the other.
        controller = WorkController(
            app=app,
            hostname=self._name,
            pool="threads",
            concurrency=self._threads,
            queues=[self._queue],
            loglevel="WARNING",
            without_heartbeat=True,
            without_gossip=True,  # remote control stays on: with both off a worker can wedge
            without_mingle=True,
            ready_callback=lambda _: ready.set(),
        )
        self._thread = Thread(target=controller.start, name=self._name, daemon=True)
        self._thread.start()
        if not ready.wait(START_SECONDS):
            raise ConsumerNotStarted(f"The consumer {self._name} did not start.")

    def join(self, timeout_seconds: float) -> None:
        """Wait until the consumer has ended after `stop_consumers`."""
        if self._thread is not None:
            self._thread.join(timeout_seconds)

    @property
    def is_alive(self) -> bool:
        """True while the consumer serves."""
        return self._thread is not None and self._thread.is_alive()


def stop_consumers() -> None:
    """Let every consumer of the process end after its present tasks."""
    state.should_stop = 0
