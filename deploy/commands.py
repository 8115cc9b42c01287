"""Starts other programs quietly, and talks to the person in plain sentences."""

from __future__ import annotations

import atexit
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import CommandFailed, SetupError

NOT_FOUND = 127
TIMED_OUT = 124
INTERRUPTED = 130  # what shells report after Ctrl-C
INTERRUPT_SECONDS = 30.0
# Python warns when the handle of a running program is dropped; these are meant to run on.
_OUTLIVING: list[subprocess.Popen[bytes]] = []


@atexit.register
def _let_them_run_on() -> None:
    for process in _OUTLIVING:
        process.returncode = 0


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


def exit_code_of(action: Callable[[], int]) -> int:
    """Run a script's work and return its exit code; expected trouble becomes one sentence."""
    try:
        return action()
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped. What was half done is done again next time.")
        return INTERRUPTED


def attempt(
    command: Sequence[str],
    *,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run to the end and return exit code and text (stdout, stderr); never raises for a bad end.

    A program that is not there ends with 127, one that takes more than `timeout` seconds with 124.
    """
    try:
        with subprocess.Popen(  # noqa: S603 - always a list, never a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, **(env or {})},
            cwd=cwd,
        ) as process:
            output, trouble = _read_to_the_end(process, timeout)
            return subprocess.CompletedProcess(command, process.returncode, output, trouble)
    except OSError as error:
        return subprocess.CompletedProcess(command, NOT_FOUND, "", str(error))
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, TIMED_OUT, "", f"no end in {timeout} s")


def _read_to_the_end(process: subprocess.Popen[str], timeout: float | None) -> tuple[str, str]:
    try:
        return process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    except KeyboardInterrupt:
        # Ctrl-C reached the program too; apt, killed at once, would leave its database broken.
        try:
            process.wait(INTERRUPT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def run(
    command: Sequence[str],
    *,
    what: str,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> str:
    """Run quietly and return stdout.

    Raises: CommandFailed with the last lines of output when the exit code is not 0.
    """
    done = attempt(command, timeout=timeout, env=env, cwd=cwd)
    if done.returncode:
        output = done.stdout + done.stderr
        raise CommandFailed(what, shlex.join(command), done.returncode, output)
    return done.stdout


def show(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> int:
    """Run with this terminal as its output and return the exit code.

    Ctrl-C reaches the program too; it is given all the time it needs to clean up.
    """
    environment = {**os.environ, **(env or {})}
    process = subprocess.Popen(command, env=environment, cwd=cwd)  # noqa: S603 - always a list
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def ask(command: Sequence[str], *, what: str) -> str:
    """Run with its progress (stderr) shown here, and return stdout.

    Raises: CommandFailed when the exit code is not 0.
    """
    done = subprocess.run(  # noqa: S603 - always a list, never a shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise CommandFailed(what, shlex.join(command), done.returncode, done.stdout)
    return done.stdout


def start(command: Sequence[str], *, log: Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a program that outlives us, in its own session, its output appended to `log`."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - always a list, never a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd=cwd,
        )
    _OUTLIVING.append(process)
    return process
