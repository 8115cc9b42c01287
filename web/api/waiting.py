"""Waits for a submission to change, so that nobody has to ask again and again.

A waiting request occupies a thread of the web server. Therefore only some of a process's threads
wait; whoever comes when they are taken is answered at once, as if they had not asked to wait.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from uuid import UUID

from django.conf import settings

from challenges.models import Evaluation
from challenges.models.submission import overall_status
from evaluator.codes import Status

MAX_SECONDS = 25  # proxies give up at 30 s and more
SHARE = 2  # one thread in so many may wait
# Often at first: small submissions are scored within a second.
QUICK_SECONDS, QUICK_PAUSE, PAUSE = 3.0, 0.05, 0.25


@dataclass
class WaitingRoom:
    """The threads of this process that may wait, and who holds them."""

    places: int
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _held: Counter[int] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, person: int, is_there: Callable[[], bool], seconds: float) -> None:
        """Return when `is_there`, after the time, or at once when no place is free.

        One person holds half of the places at most.
        """
        with self._place(person) as has_place:
            begin = self.clock()
            while has_place and not is_there():
                passed = self.clock() - begin
                if passed >= seconds:
                    return
                pause = QUICK_PAUSE if passed < QUICK_SECONDS else PAUSE
                self.sleep(min(pause, seconds - passed))

    @contextmanager
    def _place(self, person: int) -> Iterator[bool]:
        with self._lock:
            own = self._held[person]
            is_free = self._held.total() < self.places and own < max(1, self.places // 2)
            if is_free:
                self._held[person] += 1
        try:
            yield is_free
        finally:
            if is_free:
                with self._lock:
                    self._held[person] -= 1
                    self._held += Counter()  # forgets whoever holds none


@cache
def waiting_room() -> WaitingRoom:
    """Return this process's only one."""
    return WaitingRoom(max(1, settings.AGON.web_threads // SHARE))


def status_now(submission_id: UUID) -> Status:
    """Return where a submission is, in one query."""
    rows = Evaluation.objects.current().filter(submission=submission_id)
    return overall_status(list(rows.values_list("status", flat=True)))
