"""How long drawing may take: pictures must never cost a score."""

import time
from collections.abc import Callable


class OutOfTime(Exception):
    """The time for drawing is over; what is not drawn yet is left out."""


class Deadline:
    """Ends the drawing between two reads."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def check(self) -> None:
        """Do nothing while there is time left. Raises: OutOfTime."""
        if self._clock() >= self._end:
            raise OutOfTime
