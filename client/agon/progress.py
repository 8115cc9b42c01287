"""How far something long is, told on a terminal and nowhere else."""

import sys
import time
from collections.abc import Callable
from shutil import get_terminal_size
from threading import Lock
from typing import TextIO

from agon.units import duration, size

EVERY_SECONDS = 0.2
_RATE_SECONDS = 10.0  # the rate is that of about so long
_BAR = 24


class Progress:
    """Tells nobody; what everything long is given."""

    def begin(self, title: str, total: int) -> None:
        """Begin something of `total` bytes."""

    def advance(self, count: int) -> None:
        """Note `count` bytes more; fewer than none when some must be done again."""

    def say(self, sentence: str) -> None:
        """Tell what is being waited for."""

    def end(self) -> None:
        """End what was begun."""


class TerminalProgress(Progress):
    """One line that is written over: bar, amount, rate, time left."""

    def __init__(self, out: TextIO = sys.stderr, now: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._now = now
        self._lock = Lock()
        self._title = ""
        self._total = self._done = 0
        self._told_at = 0.0
        self._rate = Rate(now)

    def begin(self, title: str, total: int) -> None:
        """Begin something of `total` bytes."""
        with self._lock:
            self._title, self._total, self._done = title, total, 0
            self._rate = Rate(self._now)
            self._told_at = self._now()

    def advance(self, count: int) -> None:
        """Note `count` bytes more; fewer than none when some must be done again."""
        with self._lock:
            self._done += count
            if self._now() - self._told_at >= EVERY_SECONDS:
                self._told_at = self._now()
                self._show(self._line())

    def say(self, sentence: str) -> None:
        """Tell what is being waited for."""
        with self._lock:
            self._show(sentence)

    def end(self) -> None:
        """Take the line away."""
        with self._lock:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _line(self) -> str:
        part = min(1.0, self._done / self._total) if self._total else 1.0
        full = int(part * _BAR)
        rate = self._rate.at(self._done)
        left = f", {duration((self._total - self._done) / rate)} left" if rate > 0 else ""
        amount = f"{size(self._done)} of {size(self._total)}"
        bar = "#" * full + "." * (_BAR - full)
        return f"{self._title} [{bar}] {amount}, {size(int(rate))}/s{left}"

    def _show(self, text: str) -> None:
        width = get_terminal_size().columns - 1
        self._out.write(f"\r\x1b[K{text[:width]}")
        self._out.flush()


class Rate:
    """Bytes a second over the last while, so that a fast or slow start is soon forgotten."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._points = [(now(), 0)]

    def at(self, done: int) -> float:
        """Return the rate, now that `done` bytes are done."""
        moment = self._now()
        self._points.append((moment, done))
        while len(self._points) > 2 and moment - self._points[1][0] >= _RATE_SECONDS:
            self._points.pop(0)
        began, before = self._points[0]
        return max(0.0, (done - before) / (moment - began)) if moment > began else 0.0
