"""Compiled loops of this host: made once, in a sandbox without a submission, and then shown to all.

Compiling takes a minute; a run that finds nothing compiles what it needs for itself.
"""

import contextlib
import hashlib
import importlib.metadata
import logging
import shutil
from pathlib import Path
from threading import Event

from evaluator.errors import EvaluatorError
from evaluator.jobs import MIB
from evaluator.sandbox.base import Limits, Mount, Sandbox, SandboxTask

logger = logging.getLogger(__name__)

WARMING = ("python", "-I", "/agon/lib/evaluator/inside/warming.py")
SHOWN_AT = "/agon/kernels"
# Where the compiler looks inside a run, and may add to; /tmp is the run's own.
IN_RUN = {"NUMBA_CACHE_DIR": "/tmp/agon-kernels"}  # noqa: S108
_LIMITS = Limits(
    cpus=1,
    memory_bytes=2048 * MIB,
    wall_seconds=900,
    processes=64,
    output_bytes=256 * MIB,
    log_bytes=MIB,
)
_LOOK_SECONDS = 0.2
_CPU_INFO = Path("/proc/cpuinfo")


class Kernels:
    """The folder of compiled loops for one sandbox runtime."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        """Look below `folder`; nothing is compiled before `prepare`."""
        self._sandbox = sandbox
        self._folder = folder
        self._ready = folder / _key(sandbox)
        self._is_settled = Event()
        self._is_settled.set()

    def mounts(self) -> tuple[Mount, ...]:
        """Return what a run is shown; nothing while there is nothing."""
        return (Mount(self._ready, SHOWN_AT),) if self._ready.is_dir() else ()

    def wait(self, cancelled: Event) -> None:
        """Wait while they are being compiled: a run that needs them would do it once more."""
        while not (cancelled.is_set() or self._is_settled.wait(timeout=_LOOK_SECONDS)):
            pass

    def prepare(self, cancelled: Event) -> None:
        """Compile, unless it has been done; a failure is logged and costs only speed."""
        if self._ready.is_dir():
            return
        self._is_settled.clear()
        try:
            self._compile(cancelled)
        finally:
            self._is_settled.set()

    def _compile(self, cancelled: Event) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # made for other code
        output = self._folder / "output"
        output.mkdir(parents=True)
        task = SandboxTask(
            name="kernels-0-warm",
            command=WARMING,
            mounts=(),
            output=output,
            collect=("kernels",),
            limits=_LIMITS,
            environment={"NUMBA_CACHE_DIR": "/agon/output/kernels"},
        )
        try:
            run = self._sandbox.run(task, cancelled=cancelled)
        except EvaluatorError as error:
            logger.warning("kernels.failed reason=%s", error)
            return
        if not (run.is_clean and (output / "kernels").is_dir()):
            if not cancelled.is_set():
                tail = run.log[-2000:].decode("utf-8", "replace")
                logger.warning("kernels.failed end=%s log=%s", run.end, tail)
            return
        _open_up(output / "kernels")
        (output / "kernels").rename(self._ready)
        logger.info("kernels.ready seconds=%.1f", run.usage.wall_seconds)


def _key(sandbox: Sandbox) -> str:
    """Return a name that changes with the code, the compiler, the processor and the runtime."""
    total = hashlib.sha256(sandbox.description.encode())
    sources = Path(__file__).parents[1] / "metrics"
    for path in sorted(sources.rglob("*.py")):
        total.update(path.read_bytes())
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # it is in the image then
        total.update(importlib.metadata.version("numba").encode())
    flags = [line for line in _cpu_lines() if line.startswith(("model name", "flags", "Features"))]
    total.update("\n".join(sorted(set(flags))).encode())
    return total.hexdigest()[:16]


def _cpu_lines() -> list[str]:
    return _CPU_INFO.read_text().splitlines() if _CPU_INFO.is_file() else []


def _open_up(folder: Path) -> None:
    """Let the users of runs read what is in `folder`."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
