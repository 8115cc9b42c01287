"""One interface for everything that can run an untrusted command behind walls."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Protocol

from evaluator.outcomes import Usage


@dataclass(frozen=True)
class Mount:
    """A host file or folder shown read-only inside the sandbox at the absolute path `target`."""

    source: Path
    target: str


@dataclass(frozen=True)
class Limits:
    """Hard limits of one run; every one of them is set."""

    cpus: float
    memory_bytes: int
    wall_seconds: float
    processes: int
    output_bytes: int
    log_bytes: int
    temporary_bytes: int = 64 * 1024**2
    output_files: int = 50_000
    gpus: int = 0


@dataclass(frozen=True)
class Listing:
    """A file at the top of the output that names further paths to collect, by `names`.

    `names` gets at most `max_bytes` + 1 of its bytes, which are untrusted.
    """

    path: str
    max_bytes: int
    names: Callable[[bytes], tuple[str, ...]]


@dataclass(frozen=True)
class SandboxTask:
    """One command to run.

    `name` is `{evaluation}-{attempt}-{stage}`, unique among the living and safe as a file name.
    `output` is an empty host folder; after the run it holds what the command wrote below
    `/agon/output` at the paths in `collect` (files or folders) and those that `listing` names, and
    nothing but regular files and folders: whatever else was written made the run end with
    UNSAFE_OUTPUT.
    """

    name: str
    command: tuple[str, ...]
    mounts: tuple[Mount, ...]
    output: Path
    collect: tuple[str, ...]
    limits: Limits
    listing: Listing | None = None
    workdir: str = "/agon/output"
    image: str = "scorer"
    environment: Mapping[str, str] = field(default_factory=dict)


class End(StrEnum):
    """How a run ended. EXITED says nothing about the exit code."""

    EXITED = "exited"
    TIME_LIMIT = "time-limit"
    MEMORY_LIMIT = "memory-limit"
    PROCESS_LIMIT = "process-limit"
    OUTPUT_LIMIT = "output-limit"
    UNSAFE_OUTPUT = "unsafe-output"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Run:
    """What is known after a run; `log` is stdout and stderr together, cut to Limits.log_bytes.

    `exit_code` is 128 + signal for a command that a signal ended. `image` is the SHA-256 of the
    image that ran, where a runtime has images: a name may mean another one tomorrow.
    """

    end: End
    exit_code: int
    log: bytes
    usage: Usage
    image: str = ""

    @property
    def is_clean(self) -> bool:
        """True when the command ended by itself with exit code 0 and kept to every limit."""
        return self.end is End.EXITED and self.exit_code == 0


class Sandbox(Protocol):
    """Runs one untrusted command: no network, read-only inputs, a non-root user, hard limits."""

    @property
    def description(self) -> str:
        """Name and version of the runtime, as shown to people: `bubblewrap 0.8.0`."""

    def run(self, task: SandboxTask, *, cancelled: Event) -> Run:
        """Run the command to its end and leave nothing behind but `task.output`.

        Ends early when `cancelled` is set. Raises: SandboxUnavailable when the runtime itself
        fails, ImageUnavailable when `task.image` is not on this host.
        """

    def sweep(self, alive: Collection[str]) -> int:
        """Remove what earlier runs of this host left (a killed worker), but for names in `alive`.

        Returns the number of runs removed.
        """
