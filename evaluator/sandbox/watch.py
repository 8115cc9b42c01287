"""Watching a command while it runs: when to stop it, and how much memory it took at most."""

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Protocol

from evaluator.sandbox.base import End, Limits
from evaluator.sandbox.cgroups.base import Reading, RunGroup
from evaluator.sandbox.layout import Scratch
from evaluator.sandbox.outputs import Output
from evaluator.sandbox.usage import available_bytes, process_tree, scratch_bytes

_METER_SECONDS = 0.1
_OUTPUT_SECONDS = 0.5
_FLOOR_BYTES = 256 * 1024**2  # of the host's memory: what no count shows must not take the last
# Between two looks passes at least so many times what one takes. The watchdog is to see a bomb
# before it has gone off; the output only fills as fast as storage takes it.
_METER_PAUSE = 4
_OUTPUT_PAUSE = 20


class Meter(Protocol):
    """Counts what a run takes. `peak_bytes` is the most memory that it was seen with."""

    peak_bytes: int

    def check(self) -> End | None:
        """Count now; the limit that is broken, if one is."""

    def began(self, pid: int) -> None:
        """Take note of the first process inside the sandbox."""

    def reading(self) -> Reading:
        """What was counted in all, as far as this meter can."""


class _Look:
    """One check and when it is due again: seldom, when it is slow."""

    def __init__(self, check: Callable[[], End | None], period: float, pause: int) -> None:
        self._check = check
        self._period = period
        self._pause = pause
        self._due = time.monotonic() + period

    def verdict(self) -> End | None:
        started = time.monotonic()
        if started < self._due:
            return None
        found = self._check()
        took = time.monotonic() - started
        self._due = started + max(self._period, self._pause * took)
        return found


class Watch:
    """Says when a run must be stopped, and why."""

    def __init__(self, cancelled: Event, limits: Limits, meter: Meter, output: Output) -> None:
        self._cancelled = cancelled
        self._deadline = time.monotonic() + limits.wall_seconds
        self._looks: Sequence[_Look] = (
            _Look(meter.check, _METER_SECONDS, _METER_PAUSE),
            _Look(output.overrun, _OUTPUT_SECONDS, _OUTPUT_PAUSE),
        )

    def verdict(self) -> End | None:
        """The reason to stop now, if there is one. Cheap: to be asked many times a second."""
        if self._cancelled.is_set():
            return End.CANCELLED
        if time.monotonic() > self._deadline:
            return End.TIME_LIMIT
        return next(filter(None, (look.verdict() for look in self._looks)), None)


class GroupMeter:
    """Reads the run's control group; the kernel has killed already when a limit is broken."""

    def __init__(self, group: RunGroup) -> None:
        self._group = group
        self.peak_bytes = 0

    def check(self) -> End | None:
        """MEMORY_LIMIT when the kernel killed a member for its memory."""
        reading = self._group.read()
        self.peak_bytes = max(self.peak_bytes, reading.memory_bytes)
        return End.MEMORY_LIMIT if reading.kills_for_memory else None

    def began(self, pid: int) -> None:
        """Nothing to note: the group knows its members."""

    def reading(self) -> Reading:
        """What the group counted, the dead included."""
        return self._group.read()


class TreeMeter:
    """Counts over /proc where there is no control group: a watchdog, slower than the kernel."""

    def __init__(self, limits: Limits, scratch: Sequence[Scratch]) -> None:
        self._scratch = {place.target: place.size_bytes for place in scratch}
        self._most_bytes = limits.memory_bytes + sum(place.size_bytes for place in scratch)
        self._most_tasks = limits.processes
        self._root: int | None = None
        self.peak_bytes = 0

    def began(self, pid: int) -> None:
        """Count the tree below this process from now on."""
        self._root = pid

    def check(self) -> End | None:
        """MEMORY_LIMIT or PROCESS_LIMIT when the processes together take more than allowed."""
        if self._root is None:
            return None
        tree = process_tree(self._root)
        memory = tree.memory_bytes + scratch_bytes(self._root, self._scratch)
        self.peak_bytes = max(self.peak_bytes, memory)
        if memory > self._most_bytes or available_bytes() < _FLOOR_BYTES:
            return End.MEMORY_LIMIT
        return End.PROCESS_LIMIT if tree.threads > self._most_tasks else None

    def reading(self) -> Reading:
        """Nothing: the dead left no counts, but for those that the process itself gathered."""
        return Reading()
