"""Waiting for a container although connections break and engines restart."""

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from typing import Any

from docker.errors import NotFound
from docker.models.containers import Container

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.base import End
from evaluator.sandbox.docker_engine import ENGINE_ERRORS
from evaluator.sandbox.watch import Watch

_TICK_SECONDS = 0.05
_PATIENCE_SECONDS = 30.0  # an engine that restarts is back by then; so long is a lease, too
_RETRY_SECONDS = 0.5
_MARGIN_SECONDS = 60.0


@dataclass(frozen=True)
class Stopped:
    """How a container ended. `reason`: why we killed it, None when it ended by itself."""

    reason: End | None
    exit_code: int
    killed_for_memory: bool
    wall_seconds: float


class Waiting:
    """One started container until its end."""

    def __init__(self, container: Container, *, wall_seconds: float) -> None:
        self._container = container
        self._longest = wall_seconds + _MARGIN_SECONDS
        self._lost_sight = False  # a connection broke while the command ran
        self._reason: End | None = None
        self._first_kill: float | None = None
        self._next_kill = 0.0

    def wait(self, watch: Watch) -> Stopped:
        """Return how the container ended.

        Raises: SandboxUnavailable when the engine lost it, or is away for too long.
        """
        while True:
            ended = Event()
            Thread(target=self._listen, args=(ended,), daemon=True).start()
            while not ended.wait(_TICK_SECONDS):
                self._check(watch)
            state = self._state()
            if state["Status"] in {"exited", "dead"}:
                return self._stopped(state)
            self._check(watch)
            time.sleep(_RETRY_SECONDS)  # the connection broke, the command runs on

    def _listen(self, ended: Event) -> None:
        try:
            self._container.wait(timeout=self._longest)
        except ENGINE_ERRORS:
            self._lost_sight = True
        finally:
            ended.set()

    def _check(self, watch: Watch) -> None:
        self._reason = self._reason or watch.verdict()
        now = time.monotonic()
        if self._reason is None or now < self._next_kill:
            return
        self._first_kill = self._first_kill or now
        if now > self._first_kill + _PATIENCE_SECONDS:
            raise SandboxUnavailable(f"The engine does not kill {self._container.name}.")
        self._next_kill = now + _RETRY_SECONDS
        try:
            self._container.kill()
        except ENGINE_ERRORS:
            return  # ended just now, or the engine is away: seen at the next turn

    def _state(self) -> dict[str, Any]:
        """The engine's own record, waited for while the engine is away."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                self._container.reload()
            except NotFound as error:
                text = f"The engine lost the container {self._container.name}."
                raise SandboxUnavailable(text) from error
            except ENGINE_ERRORS as error:
                self._lost_sight = True
                if time.monotonic() > deadline:
                    raise SandboxUnavailable(f"The Docker engine went away: {error}.") from error
                time.sleep(_RETRY_SECONDS)
            else:
                state: dict[str, Any] = self._container.attrs["State"]
                return state

    def _stopped(self, state: dict[str, Any]) -> Stopped:
        exit_code = int(state["ExitCode"])
        if self._lost_sight and self._reason is None and exit_code != 0:
            # An engine that restarts kills what ran; the command must not be blamed for that.
            raise SandboxUnavailable("The Docker engine restarted during the run.")
        began, ended = (datetime.fromisoformat(state[key]) for key in ("StartedAt", "FinishedAt"))
        return Stopped(
            reason=self._reason,
            exit_code=exit_code,
            killed_for_memory=bool(state["OOMKilled"]),
            wall_seconds=max(0.0, (ended - began).total_seconds()),
        )
