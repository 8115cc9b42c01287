"""Asks the Docker engine through its own command, so that contexts and DOCKER_HOST are honoured."""

from __future__ import annotations

import selectors
import shutil
import subprocess
from pathlib import Path

from deploy.commands import attempt, run, start
from deploy.errors import EngineMissing
from deploy.processes import comes_up

SYSTEMD = Path("/run/systemd/system")
ANSWER_SECONDS = 5.0
START_SECONDS = 60.0
PULL_SECONDS = 600.0


def engine_version() -> str | None:
    """Version of the engine that answers, None when there is none."""
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    done = attempt(command, timeout=ANSWER_SECONDS)
    return done.stdout.strip() or None if done.returncode == 0 else None


def start_engine(log: Path) -> int | None:
    """Start the installed engine and wait for it; returns its process id when it is our child.

    Raises: EngineMissing when it does not answer in time.
    """
    if SYSTEMD.is_dir():
        run(["systemctl", "start", "docker"], what="Starting the Docker engine")
        return None
    process = start([shutil.which("dockerd") or "/usr/sbin/dockerd"], log=log)
    answers = comes_up(lambda: engine_version() is not None, process=process, seconds=START_SECONDS)
    if not answers:
        raise EngineMissing(f"The Docker engine does not start; its log is {log}.")
    return process.pid


def has_image(reference: str) -> bool:
    """True when the image is on this machine."""
    return attempt(["docker", "image", "inspect", "--format", "-", reference]).returncode == 0


def pull(reference: str, *, first_answer_seconds: float) -> bool:
    """Pull an image; False when its registry refuses, or says nothing in the given time."""
    with subprocess.Popen(  # noqa: S603 - always a list, never a shell
        [shutil.which("docker") or "docker", "pull", reference],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        # The first line of output comes once the registry has sent the image's manifest.
        if not _speaks(process, first_answer_seconds):
            process.kill()
            return False
        try:
            process.communicate(timeout=PULL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait() == 0


def _speaks(process: subprocess.Popen[bytes], seconds: float) -> bool:
    if process.stdout is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return bool(selector.select(seconds))
