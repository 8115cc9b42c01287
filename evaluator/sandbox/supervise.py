"""Waiting for bubblewrap: its output drained, its status read, its time and limits kept."""

import json
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from evaluator.sandbox.base import End
from evaluator.sandbox.capture import CappedLog
from evaluator.sandbox.usage import parent_of, storage_bytes
from evaluator.sandbox.watch import Watch

_TICK_SECONDS = 0.05
_PIECE_BYTES = 256 * 1024
_GRACE_SECONDS = 0.7  # for the first process inside to come up, if need be, and to die
_DRAIN_SECONDS = 2.0  # for what is still in the pipes after the end


@dataclass(frozen=True)
class Ended:
    """How the process ended. `stopped`: why we killed it, None when it ended by itself.

    `exit_code` is the command's own, None when bubblewrap did not say one; the other figures are
    sums over its processes. (The kernel's highest memory mark is no use: it holds the worker's.)
    """

    stopped: End | None
    exit_code: int | None
    wall_seconds: float
    cpu_seconds: float
    read_bytes: int
    written_bytes: int


class Supervision:
    """One bubblewrap process from its start to its end; ends all of its descriptors."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        *,
        log: CappedLog,
        status: int,
        began: Callable[[int], None],
    ) -> None:
        self._process = process
        self._log = log
        self._status = status
        self._status_text = b""
        self._began = began
        self._first: int | None = None  # pidfd of the first process inside
        self._killed_at: float | None = None
        self._started_at = time.monotonic()

    def wait(self, watch: Watch) -> Ended:
        """Drain and watch until the process has ended; then reap it."""
        stopped: End | None = None
        exited = os.pidfd_open(self._process.pid)
        try:
            with selectors.DefaultSelector() as selector:
                for descriptor in (self._output(), self._status, exited):
                    selector.register(descriptor, selectors.EVENT_READ)
                while exited in selector.get_map():
                    self._turn(selector)
                    stopped = stopped or watch.verdict()
                    if stopped is not None:
                        self._kill()
                self._drain(selector)
            return self._reap(stopped)
        finally:
            self._close(exited)

    def _output(self) -> int:
        assert self._process.stdout is not None  # noqa: S101  # it was opened as a pipe
        return self._process.stdout.fileno()

    def _turn(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(_TICK_SECONDS):
            if key.fd == self._output():
                data = os.read(key.fd, _PIECE_BYTES)
                self._log.feed(data)
            elif key.fd == self._status:
                data = os.read(key.fd, _PIECE_BYTES)
                self._note(data)
            else:
                data = b""  # the process has ended
            if not data:
                selector.unregister(key.fd)

    def _note(self, data: bytes) -> None:
        self._status_text += data
        first = self._said().get("child-pid")
        if first is not None and self._first is None:
            self._first = _child(first, self._process.pid)
            self._began(first)

    def _said(self) -> dict[str, int]:
        """What bubblewrap said so far: one JSON object per complete line."""
        said: dict[str, int] = {}
        for line in self._status_text.split(b"\n")[:-1]:
            said |= json.loads(line)
        return said

    def _kill(self) -> None:
        """Kill the first process inside, and all with it; bubblewrap then counts up and ends.

        Bubblewrap itself only when that takes too long: killed while it is starting, it would
        leave a child that does not yet die with it.
        """
        self._killed_at = self._killed_at or time.monotonic()
        if self._first is not None:
            with suppress(ProcessLookupError):  # ended just now
                signal.pidfd_send_signal(self._first, signal.SIGKILL)
        if time.monotonic() > self._killed_at + _GRACE_SECONDS:
            # Not Popen.kill, which reaps the process on the way and takes its usage with it.
            os.kill(self._process.pid, signal.SIGKILL)

    def _drain(self, selector: selectors.BaseSelector) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        while selector.get_map() and time.monotonic() < deadline:
            self._turn(selector)

    def _reap(self, stopped: End | None) -> Ended:
        pid = self._process.pid
        # What the kernel counted for the process and its children goes when it is reaped.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        read_bytes, written_bytes = storage_bytes(pid)
        _, status, used = os.wait4(pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            stopped=stopped,
            exit_code=self._said().get("exit-code"),
            wall_seconds=time.monotonic() - self._started_at,
            cpu_seconds=used.ru_utime + used.ru_stime,
            read_bytes=read_bytes,
            written_bytes=written_bytes,
        )

    def _close(self, exited: int) -> None:
        if self._process.returncode is None:
            self._process.kill()  # an error above: nothing may run on unwatched
            self._process.wait()
        os.close(exited)
        os.close(self._status)
        if self._first is not None:
            os.close(self._first)
        if self._process.stdout is not None:
            self._process.stdout.close()


def _child(pid: int, parent: int) -> int | None:
    """Return a pidfd of `pid` if `parent` is its parent: its number may be another's by now."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return None
    if parent_of(pid) == parent:
        return descriptor
    os.close(descriptor)
    return None
