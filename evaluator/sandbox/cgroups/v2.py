"""Control groups of version 2: one tree, controllers switched on from parent to child."""

import errno
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.cgroups.base import (
    Caps,
    Reading,
    RunGroup,
    held_bytes,
    kill_members,
    number,
    remove_folder,
    table,
    write,
)

_PERIOD_MICROSECONDS = 100_000  # the kernel's default
_CONTROLLERS = ("memory", "pids", "cpu", "io")
_NEEDED = {"memory", "pids"}
WORKER_LEAF = "agon-worker"


@dataclass(frozen=True)
class GroupV2:
    """The group of one run."""

    folder: Path
    root: Path  # where the tree is mounted

    @property
    def join_files(self) -> tuple[Path, ...]:
        """Where a process writes its number to become a member."""
        return (self.folder / "cgroup.procs",)

    @property
    def docker_parent(self) -> str:
        """The group as the engine's option `cgroup_parent` names it."""
        return f"/{self.folder.relative_to(self.root)}"

    def read(self) -> Reading:
        """What the members took so far, those included that have ended."""
        read_bytes, written_bytes = self._storage_bytes()
        return Reading(
            cpu_seconds=table(self.folder / "cpu.stat").get("usage_usec", 0) / 1e6,
            memory_bytes=held_bytes(self.folder, "memory.current"),
            memory_most_bytes=number(self.folder / "memory.peak"),
            read_bytes=read_bytes,
            written_bytes=written_bytes,
            kills_for_memory=table(self.folder / "memory.events").get("oom_kill", 0),
            processes_peak=number(self.folder / "pids.peak"),
            refused_forks=table(self.folder / "pids.events").get("max", 0),
        )

    def _storage_bytes(self) -> tuple[int, int]:
        try:
            words = (self.folder / "io.stat").read_text(encoding="ascii").split()
        except OSError:
            return 0, 0
        pairs = [word.split("=") for word in words if "=" in word]  # `rbytes=1 wbytes=2 …`
        return (
            sum(int(value) for key, value in pairs if key == "rbytes"),
            sum(int(value) for key, value in pairs if key == "wbytes"),
        )

    def kill(self) -> None:
        """Kill all members and return when they are gone. Raises: SandboxUnavailable if not."""
        if not self.folder.is_dir():
            return
        if (self.folder / "cgroup.kill").exists():  # Linux 5.14
            write(self.folder / "cgroup.kill", 1)
        kill_members(self.folder)

    def remove(self) -> None:
        """Take the empty group away; nothing happens when it is not there."""
        remove_folder(self.folder)


@dataclass(frozen=True)
class CgroupsV2:
    """Version 2: groups lie in `parent`, whose ancestors pass the controllers down."""

    root: Path
    parent: Path  # `…/agon`
    instance: str

    @property
    def description(self) -> str:
        """`cgroup v2`."""
        return "cgroup v2"

    def create(self, name: str, caps: Caps) -> RunGroup:
        """Make the group of a run. Raises: SandboxUnavailable when the kernel refuses."""
        group = GroupV2(self.parent / f"{self.instance}.{name}", self.root)
        try:
            group.folder.mkdir(exist_ok=True)
        except OSError as error:
            text = f"The kernel refused the group {group.folder}: {error}."
            raise SandboxUnavailable(text) from error
        write(group.folder / "memory.max", caps.memory_bytes)
        if (group.folder / "memory.swap.max").exists():
            write(group.folder / "memory.swap.max", 0)
        write(group.folder / "memory.oom.group", 1)
        write(group.folder / "pids.max", caps.processes)
        if (group.folder / "cpu.max").exists():
            quota = round(caps.cpus * _PERIOD_MICROSECONDS)
            write(group.folder / "cpu.max", f"{quota} {_PERIOD_MICROSECONDS}")
        return group

    def find(self, name: str) -> RunGroup:
        """The group of a run that may have been left behind."""
        return GroupV2(self.parent / f"{self.instance}.{name}", self.root)

    def names(self) -> set[str]:
        """Names of the runs that have a group."""
        own = self.parent.glob(f"{self.instance}.*/")
        return {group.name.partition(".")[2] for group in own}


def prepare(root: Path, base: Path, instance: str) -> CgroupsV2:
    """Return the groups below `base`, with the controllers passed down to them.

    `base` is the root of the tree, or a group that was delegated to us and in which only we are:
    its processes (this worker) move into a leaf, for a group with members cannot pass controllers.
    Raises: SandboxUnavailable when memory or process counts cannot be limited there.
    """
    offered = set((base / "cgroup.controllers").read_text(encoding="ascii").split())
    if not offered >= _NEEDED:
        raise SandboxUnavailable(f"{base} offers no memory and pids controllers.")
    wanted = " ".join(f"+{name}" for name in _CONTROLLERS if name in offered)
    parent = base / "agon"
    try:
        parent.mkdir(exist_ok=True)
        _pass_down(base, wanted)
        (parent / "cgroup.subtree_control").write_text(wanted, encoding="ascii")
    except OSError as error:
        raise SandboxUnavailable(f"{base} is not ours to divide: {error}.") from error
    return CgroupsV2(root, parent, instance)


def _pass_down(base: Path, wanted: str) -> None:
    control = base / "cgroup.subtree_control"
    try:
        control.write_text(wanted, encoding="ascii")
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        leaf = base / WORKER_LEAF
        leaf.mkdir(exist_ok=True)
        for pid in (base / "cgroup.procs").read_text(encoding="ascii").split():
            (leaf / "cgroup.procs").write_text(pid, encoding="ascii")
        control.write_text(wanted, encoding="ascii")
