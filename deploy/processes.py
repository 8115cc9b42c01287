"""Remembers which servers we started, so that they are found again and only they are stopped."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

STOP_SECONDS = 15.0


@dataclass(frozen=True)
class Server:
    """A server that we started. `folder` holds its data and goes when it is stopped."""

    pid: int
    program: str
    url: str = ""
    folder: str = ""

    @property
    def is_alive(self) -> bool:
        """True when the process still runs this program: numbers are used again."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        except OSError:
            return False
        # "25 (redis-server) S ...": the kernel keeps 15 characters of the name; Z is a dead one.
        name, rest = stat.split("(", 1)[1].rsplit(") ", 1)
        return self.program.startswith(name) and not rest.startswith("Z")


@dataclass(frozen=True)
class Ledger:
    """The folder with one JSON file for each server that we started."""

    folder: Path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let two starts at the same time take turns."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def living(self, name: str) -> Server | None:
        """The server of that name while it runs; what a dead one left is removed."""
        server = self._read(name)
        if server is None or server.is_alive:
            return server
        self._forget(name, server)
        return None

    def remember(self, name: str, server: Server) -> None:
        """Note a server that was just started."""
        self._path(name).write_text(json.dumps(asdict(server)), encoding="utf-8")

    def stop(self, name: str) -> bool:
        """Stop a server that we started; False when there is none."""
        server = self.living(name)
        if server is None:
            return False
        # PostgreSQL ends at once on SIGINT, but waits for its clients on SIGTERM.
        os.kill(server.pid, signal.SIGINT if server.program == "postgres" else signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while server.is_alive and time.monotonic() < deadline:
            time.sleep(0.05)
        if server.is_alive:
            os.kill(server.pid, signal.SIGKILL)
        self._forget(name, server)
        return True

    def write_environment(self, lines: Mapping[str, str]) -> None:
        """Note how to reach the services; `tests/conftest.py` reads it when pytest is run alone."""
        text = "".join(f"{key}={value}\n" for key, value in lines.items())
        (self.folder / "environment").write_text(text, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        """How to reach the services that were started last."""
        try:
            lines = (self.folder / "environment").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in lines)

    def forget_environment(self) -> None:
        """Drop what `write_environment` noted: the services are going away."""
        (self.folder / "environment").unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> Server | None:
        try:
            return Server(**json.loads(self._path(name).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _forget(self, name: str, server: Server) -> None:
        if server.folder:
            shutil.rmtree(server.folder, ignore_errors=True)
        self._path(name).unlink(missing_ok=True)


def comes_up(
    is_ready: Callable[[], bool], *, process: subprocess.Popen[bytes], seconds: float
) -> bool:
    """Wait until a server is ready; False when it ends first or the time is over."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(0.05)
    return False
