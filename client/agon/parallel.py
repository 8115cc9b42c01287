"""Work that several threads share."""

from collections.abc import Callable, Iterable, Iterator
from threading import Lock, Thread

Job = Callable[[], None]


def run_all(jobs: Iterable[Job], threads: int) -> None:
    """Run every job; each thread takes the next one when it is free.

    The first error ends all of it and is raised here. Ctrl-C ends the wait at once; threads that
    are in the middle of something end with the process.
    """
    line = _Line(iter(jobs))
    workers = [Thread(target=line.work, daemon=True) for _ in range(max(1, threads))]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            while worker.is_alive():
                worker.join(0.2)  # a join without an end could not be interrupted on Windows
    finally:
        line.is_stopped = True
    if line.errors:
        raise line.errors[0]


class _Line:
    """Jobs that wait, and what went wrong with those that did not."""

    def __init__(self, jobs: Iterator[Job]) -> None:
        self._jobs = jobs
        self._lock = Lock()
        self.errors: list[BaseException] = []
        self.is_stopped = False

    def work(self) -> None:
        """Do one job after the other until there are no more, or something went wrong."""
        try:
            while (job := self._next()) is not None:
                job()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.errors.append(error)
            self.is_stopped = True

    def _next(self) -> Job | None:
        with self._lock:
            return None if self.is_stopped else next(self._jobs, None)
