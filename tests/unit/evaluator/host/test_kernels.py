"""Runs that need compiled loops wait while these are being made, and for nothing else."""

from collections.abc import Collection
from pathlib import Path
from threading import Event, Thread

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.host.kernels import Kernels
from evaluator.outcomes import Usage
from evaluator.sandbox.base import End, Run, SandboxTask


class Compiler:
    """A sandbox in which compiling takes until it is let go."""

    description = "compiler"

    def __init__(self, exit_code: int = 0) -> None:
        self.has_begun, self.may_end = Event(), Event()
        self._exit_code = exit_code

    def run(self, task: SandboxTask, *, cancelled: Event) -> Run:  # noqa: ARG002 - the interface
        self.has_begun.set()
        assert self.may_end.wait(10)
        if self._exit_code < 0:
            raise SandboxUnavailable("no engine answers")
        (task.output / "kernels").mkdir()
        (task.output / "kernels" / "loop.nbc").write_bytes(b"code")
        return Run(End.EXITED, self._exit_code, b"", Usage())

    def sweep(self, alive: Collection[str]) -> int:
        return len(alive)


def compiling(kernels: Kernels, compiler: Compiler) -> Thread:
    thread = Thread(target=kernels.prepare, args=(Event(),))
    thread.start()
    assert compiler.has_begun.wait(10)
    return thread


def test_a_run_waits_until_they_are_compiled(tmp_path: Path) -> None:
    compiler = Compiler()
    kernels = Kernels(tmp_path / "kernels", compiler)
    thread = compiling(kernels, compiler)
    waiting = Thread(target=kernels.wait, args=(Event(),))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    assert kernels.mounts() == ()

    compiler.may_end.set()

    waiting.join(10)
    thread.join(10)
    assert not waiting.is_alive()
    (mount,) = kernels.mounts()
    assert [path.name for path in mount.source.iterdir()] == ["loop.nbc"]


def test_a_run_that_is_cancelled_waits_no_longer(tmp_path: Path) -> None:
    compiler = Compiler()
    kernels = Kernels(tmp_path / "kernels", compiler)
    thread = compiling(kernels, compiler)
    cancelled = Event()
    cancelled.set()

    kernels.wait(cancelled)

    compiler.may_end.set()
    thread.join(10)


@pytest.mark.parametrize("exit_code", [1, -1])
def test_a_failure_leaves_runs_to_compile_for_themselves(exit_code: int, tmp_path: Path) -> None:
    compiler = Compiler(exit_code)
    compiler.may_end.set()
    kernels = Kernels(tmp_path / "kernels", compiler)

    kernels.prepare(Event())
    kernels.wait(Event())

    assert kernels.mounts() == ()


def test_what_was_compiled_before_is_not_compiled_again(tmp_path: Path) -> None:
    compiler = Compiler()
    compiler.may_end.set()
    Kernels(tmp_path / "kernels", compiler).prepare(Event())
    again = Compiler()

    kernels = Kernels(tmp_path / "kernels", again)
    kernels.prepare(Event())

    assert not again.has_begun.is_set()
    assert kernels.mounts()
