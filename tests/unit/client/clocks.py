"""A clock that a test moves, so that nobody waits."""

from dataclasses import dataclass, field

from agon.patience import Clock, Patience


@dataclass
class Moved:
    """Time that passes only by sleeping."""

    at: float = 1000.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        """Return it as what the client takes."""
        return Clock(now=lambda: self.at, sleep=self._sleep)

    def patience(self, seconds: float = 60.0) -> Patience:
        """Return patience that costs no time."""
        return Patience(seconds=seconds, clock=self.clock())

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.at += seconds
