"""A worker that is killed: what it leaves is found and removed, what lives is left alone."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.integration.evaluator.sandboxes import SandboxHost

PATIENCE_SECONDS = 20


def test_what_a_killed_worker_left_is_swept(host: SandboxHost) -> None:
    with _worker(host, "killed-1-score") as worker:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert host.leftovers() != []

    removed = host.sandbox.sweep(alive=())

    assert removed == 1
    assert host.leftovers() == []
    assert host.sandbox.sweep(alive=()) == 0


def test_a_name_that_is_alive_elsewhere_is_not_swept(host: SandboxHost) -> None:
    with _worker(host, "kept-1-score") as worker:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    removed = host.sandbox.sweep(alive={"kept-1-score"})

    assert removed == 0
    assert host.leftovers() != []
    assert host.sandbox.sweep(alive=()) == 1


def test_a_run_of_a_living_worker_is_not_swept(host: SandboxHost) -> None:
    with _worker(host, "living-1-score") as worker:
        removed = host.sandbox.sweep(alive=())

        assert removed == 0
        assert worker.poll() is None
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert host.sandbox.sweep(alive=()) == 1


def test_a_run_of_the_same_name_clears_the_way_for_itself(host: SandboxHost) -> None:
    with _worker(host, "again-1-score") as worker:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    run, _ = host.run("true", name="again-1-score")

    assert run.is_clean


def test_processes_do_not_outlive_their_worker_by_a_sweep(host: SandboxHost) -> None:
    with _worker(host, "orphan-1-score") as worker:
        worker.send_signal(signal.SIGKILL)
        worker.wait()

    host.sandbox.sweep(alive=())

    assert _wait_until(lambda: not _sleepers("orphan-1-score"))


@contextmanager
def _worker(host: SandboxHost, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of its own that runs a command named `name` in the same installation."""
    runtime = "docker" if "Docker" in host.sandbox.description else "bubblewrap"
    arguments = [runtime, str(host.folder), host.settings.scorer_image, name]
    command = [sys.executable, "-m", "tests.integration.evaluator.worker", *arguments]
    worker = subprocess.Popen(command)
    try:
        assert _wait_until(lambda: worker.poll() is not None or bool(_sleepers(name)))
        assert worker.poll() is None
        yield worker
    finally:
        worker.kill()
        worker.wait()


def _sleepers(name: str) -> list[int]:
    """Processes of the command that runs under this name."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:1] == [b"python"] and f"print('{name}')".encode() in b" ".join(words):
            found.append(int(file.parent.name))
    return found


def _wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
