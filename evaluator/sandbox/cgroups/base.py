"""What a run needs of control groups, whichever version the host has."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Protocol

from evaluator.errors import SandboxUnavailable

_DEATH_SECONDS = 5.0  # a killed process leaves as soon as it is scheduled; disk waits take longest


@dataclass(frozen=True)
class Caps:
    """Limits of one group. `memory_bytes` takes in what is written to memory file systems."""

    memory_bytes: int
    processes: int
    cpus: float


@dataclass(frozen=True)
class Reading:
    """What the members of a group took so far.

    `memory_bytes` is what their processes hold now, without the page cache; `memory_most_bytes`
    is the kernel's own highest mark, page cache included: never too low, often too high.
    `read_bytes` and `written_bytes` came from or went to storage.
    """

    cpu_seconds: float = 0
    memory_bytes: int = 0
    memory_most_bytes: int = 0
    read_bytes: int = 0
    written_bytes: int = 0
    kills_for_memory: int = 0
    processes_peak: int = 0
    refused_forks: int = 0


class RunGroup(Protocol):
    """The control group of one run."""

    @property
    def join_files(self) -> tuple[Path, ...]:
        """Where a process writes its number to become a member."""

    @property
    def docker_parent(self) -> str:
        """The group as the engine's option `cgroup_parent` names it."""

    def read(self) -> Reading:
        """What the members took so far, those included that have ended."""

    def kill(self) -> None:
        """Kill all members and return when they are gone. Raises: SandboxUnavailable if not."""

    def remove(self) -> None:
        """Take the empty group away; nothing happens when it is not there."""


class Cgroups(Protocol):
    """The place below which this host's runs have their groups."""

    @property
    def description(self) -> str:
        """`cgroup v1` or `cgroup v2`."""

    def create(self, name: str, caps: Caps) -> RunGroup:
        """Make the group of a run. Raises: SandboxUnavailable when the kernel refuses."""

    def find(self, name: str) -> RunGroup:
        """The group of a run that may have been left behind."""

    def names(self) -> set[str]:
        """Names of the runs that have a group."""


def write(file: Path, value: object) -> None:
    """Write one setting in one call. Raises: SandboxUnavailable naming the file."""
    try:
        file.write_text(str(value), encoding="ascii")
    except OSError as error:
        raise SandboxUnavailable(f"The kernel refused {value} for {file}: {error}.") from error


def number(file: Path) -> int:
    """The number in a file; 0 where the kernel does not have it."""
    try:
        return int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def table(file: Path, *, unit: str = "") -> dict[str, int]:
    """The lines `key number` of a file, with a unit behind if one is given; empty without it."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    rows = [line.removesuffix(unit).split() for line in text.splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}


def groups_in(folder: Path) -> list[Path]:
    """The group and those below it, from the top; an engine may remove some at any moment."""
    return [Path(path) for path, _, _ in os.walk(folder)]


def members(folder: Path) -> list[int]:
    """Process numbers in a group and below it."""
    found: list[int] = []
    for group in groups_in(folder):
        try:
            text = (group / "cgroup.procs").read_text(encoding="ascii")
            found += [int(line) for line in text.split()]
        except OSError:
            continue  # removed while we looked
    return [pid for pid in found if pid > 0]  # 0: a process of an outer process namespace


def held_bytes(folder: Path, usage_file: str) -> int:
    """What the members' processes hold of their own, at most what the group is charged with.

    Pages that processes share are counted for each; the charge bounds that. The group's own
    memory.stat would tell more, but the kernel brings it up to date every two seconds only.
    """
    resident = sum(_resident_bytes(pid) for pid in members(folder))
    return min(resident, number(folder / usage_file))


def _resident_bytes(pid: int) -> int:
    """Source: proc_pid_status(5); files that are mapped are page cache and left out."""
    rows = table(Path(f"/proc/{pid}/status"), unit="kB")
    return 1024 * (rows.get("RssAnon:", 0) + rows.get("RssShmem:", 0))


def kill_members(folder: Path) -> None:
    """Kill until none is left. Raises: SandboxUnavailable when some process does not end."""
    deadline = time.monotonic() + _DEATH_SECONDS
    while alive := members(folder):
        for pid in alive:
            try:
                os.kill(pid, SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > deadline:
            raise SandboxUnavailable(f"Processes {alive} in {folder} do not end when killed.")
        time.sleep(0.005)


def remove_folder(folder: Path) -> None:
    """Remove a group and those below it, waiting out the moment in which members still leave."""
    deadline = time.monotonic() + _DEATH_SECONDS
    while folder.exists():
        try:
            for group in reversed(groups_in(folder)):
                group.rmdir()
        except FileNotFoundError:
            continue
        except OSError as error:
            if time.monotonic() > deadline:
                raise SandboxUnavailable(f"{folder} cannot be removed: {error}.") from error
            time.sleep(0.005)
