"""How long to try again, and how long to wait between."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from agon.errors import SiteUnreachable


@dataclass(frozen=True)
class Clock:
    """Time as this process sees it; the site's clock plays no part anywhere."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Patience:
    """Waits twice as long each time, up to a bound, until nothing came of it for `seconds`."""

    seconds: float = 120.0  # a site that is started anew is back in less
    first: float = 0.2
    largest: float = 10.0
    clock: Clock = field(default_factory=Clock)


class Attempts:
    """The tries at one thing; progress in between starts the count anew."""

    def __init__(
        self, patience: Patience, tell: Callable[[SiteUnreachable], None] | None = None
    ) -> None:
        self._patience = patience
        self._tell = tell
        self._since = patience.clock.now()
        self._failures = 0

    def progress(self) -> None:
        """Note that something has been achieved: the line is not dead."""
        self._since = self._patience.clock.now()
        self._failures = 0

    def wait_after(self, error: SiteUnreachable) -> None:
        """Wait after a failure, as long as the site asked for; raise it when patience has ended.

        A part of the wait is random, so that many who failed together do not return together.
        """
        patience = self._patience
        pause = min(patience.largest, patience.first * 2.0**self._failures)
        pause *= 0.5 + os.urandom(1)[0] / 512
        if error.retry_after is not None:
            pause = max(pause, error.retry_after)
        if patience.clock.now() + pause - self._since > patience.seconds:
            raise error
        if self._tell is not None:
            self._tell(error)
        self._failures += 1
        patience.clock.sleep(pause)
