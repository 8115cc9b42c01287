"""A whole site in processes of its own, as `make run` starts it: parts of it can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[3]
START_SECONDS = 180.0  # with the gallery computed for the first time


def free_port() -> int:
    """Return a port of the loopback address that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], *, seconds: float, what: str) -> None:
    """Return as soon as `condition` is true; AssertionError with `what` after the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)


@dataclass
class Site:
    """One site below a home folder; can be killed and started again on the same data."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    token: str = ""

    @property
    def url(self) -> str:
        """Address of the site."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the site's processes are told."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AGON_", "DJANGO_"))}
        own = {"AGON_HOME": str(self.home), "AGON_PORT": str(self.port), "AGON_WEB_WORKERS": "1"}
        own["AGON_COMPILE_AHEAD"] = "false"  # a minute of both cores for each site
        return {**kept, **own, **self.settings}

    def command(self, *words: str) -> str:
        """Run a command of `agon-site` and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "web", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *options: str) -> None:
        """Start everything and wait until the site is ready to score."""
        with (self.home / "up.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "web", "up", *(options or ("--no-gallery",))],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(self.is_ready, seconds=START_SECONDS, what=f"a ready site ({self.home}/up.log)")
        wait_for(self.has_said_welcome, seconds=START_SECONDS, what="the end of the start")

    def timed_start(self, *options: str) -> float:
        """Start everything and return how many seconds it took until the site was ready."""
        began = time.monotonic()
        self.start(*options)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        """True when database, blobs and a live host are there."""
        assert self.process is not None
        assert self.process.poll() is None, (self.home / "up.log").read_text()
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def has_said_welcome(self) -> bool:
        """True when the start has come to its end: baselines scored, address printed."""
        return "Ctrl-C ends it." in (self.home / "up.log").read_text()

    def stop(self) -> None:
        """End everything in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(40)

    def kill_everything(self) -> None:
        """Kill every process of the site at once, as a power cut would."""
        assert self.process is not None
        for pid in (self.process.pid, *children_of(self.process.pid)):
            kill(pid)
        self.process.wait(10)

    def pid_of(self, name: str) -> int:
        """Return the process that runs `agon-site NAME`."""
        assert self.process is not None
        for pid in children_of(self.process.pid):
            if command_line(pid)[-1:] == [name]:
                return pid
        raise AssertionError(f"no process '{name}' below {self.process.pid}")

    def sign_in(self, email: str, name: str) -> None:
        """Make an account and use its token from now on."""
        self.command("person", "add", email, "--name", name)
        self.token = self.command("person", "token", email).splitlines()[-1]

    def call(self, method: str, path: str, **arguments: Any) -> Any:
        """Return the API's answer; AssertionError for one that is no success."""
        answer = requests.request(
            method,
            f"{self.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            timeout=30,
            **arguments,
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def join(self, challenge: str, team: str) -> None:
        """Take part in a challenge."""
        body = {"accepts_rules": True, "team_name": team}
        self.call("POST", f"challenges/{challenge}/join", json=body)

    def submit(self, challenge: str, content: bytes, filename: str, phase: str = "main") -> str:
        """Hand a file in and return the submission's id."""
        path = f"challenges/{challenge}/phases/{phase}/submissions"
        return str(self.call("POST", path, files={"file": (filename, content)})["id"])

    def submission(self, submission: str) -> dict[str, Any]:
        """Return what the API says of a submission."""
        answer: dict[str, Any] = self.call("GET", f"submissions/{submission}")
        return answer

    def wait_until(self, submission: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
        """Return the submission as soon as it has one of the statuses."""
        wait_for(
            lambda: self.submission(submission)["status"] in statuses,
            seconds=seconds,
            what=f"{submission} being {' or '.join(statuses)}",
        )
        return self.submission(submission)


def children_of(pid: int) -> list[int]:
    """Return the processes below a process, nearest first."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def command_line(pid: int) -> list[str]:
    """Return the words of a process's command line; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
    except FileNotFoundError:
        return []


def kill(pid: int) -> None:
    """Kill a process that may be gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
