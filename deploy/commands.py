"""Starts other programs quietly, and talks to the person in plain sentences."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import CommandFailed

NOT_FOUND = 127
TIMED_OUT = 124


def say(sentence: str) -> None:
    """Print one line of progress on stderr: stdout is kept for results that programs read."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


@contextmanager
def timed(sentence: str) -> Iterator[None]:
    """Say `sentence` and how many seconds the work inside took, once it has ended well."""
    start = time.monotonic()
    yield
    say(f"{sentence} ({time.monotonic() - start:.1f} s)")


def attempt(
    command: Sequence[str], *, timeout: float | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run to the end and return exit code and text (stdout, stderr); never raises for a bad end.

    A program that is not there ends with 127, one that takes more than `timeout` seconds with 124.
    """
    environment = {**os.environ, **(env or {})}
    try:
        return subprocess.run(  # noqa: S603 - always a list, never a shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            env=environment,
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, NOT_FOUND, "", str(error))
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, TIMED_OUT, "", f"no end in {timeout} s")


def run(
    command: Sequence[str],
    *,
    what: str,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run quietly and return stdout.

    Raises: CommandFailed with the last lines of output when the exit code is not 0.
    """
    done = attempt(command, timeout=timeout, env=env)
    if done.returncode:
        output = done.stdout + done.stderr
        raise CommandFailed(what, shlex.join(command), done.returncode, output)
    return done.stdout


def show(command: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: Path) -> int:
    """Run with this terminal as its output and return the exit code."""
    environment = {**os.environ, **(env or {})}
    return subprocess.run(  # noqa: S603 - always a list, never a shell
        command, env=environment, cwd=cwd, check=False
    ).returncode


def start(command: Sequence[str], *, log: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a program that outlives us, in its own session, its output appended to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - always a list, never a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=cwd,
        )
