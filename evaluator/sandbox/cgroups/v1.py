"""Control groups of version 1: one tree per controller."""

from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.cgroups.base import (
    Caps,
    Reading,
    RunGroup,
    groups_in,
    held_bytes,
    kill_members,
    number,
    remove_folder,
    table,
    write,
)

_PERIOD_MICROSECONDS = 100_000  # the kernel's default


@dataclass(frozen=True)
class GroupV1:
    """The group of one run: a folder of the same name below every controller's tree."""

    roots: dict[str, Path]  # controller → where its tree is mounted
    path: str  # below each root

    def _folder(self, controller: str) -> Path:
        return self.roots[controller] / self.path

    @property
    def join_files(self) -> tuple[Path, ...]:
        """Where a process writes its number to become a member."""
        folders = dict.fromkeys(self._folder(controller) for controller in self.roots)
        return tuple(folder / "cgroup.procs" for folder in folders if folder.is_dir())

    @property
    def docker_parent(self) -> str:
        """The group as the engine's option `cgroup_parent` names it."""
        return f"/{self.path}"

    def read(self) -> Reading:
        """What the members took so far, those included that have ended."""
        memory, pids = self._folder("memory"), self._folder("pids")
        read_bytes, written_bytes = self._storage_bytes()
        return Reading(
            cpu_seconds=number(self._folder("cpuacct") / "cpuacct.usage") / 1e9
            if "cpuacct" in self.roots
            else 0,
            memory_bytes=held_bytes(memory, "memory.usage_in_bytes"),
            memory_most_bytes=number(memory / "memory.max_usage_in_bytes"),
            read_bytes=read_bytes,
            written_bytes=written_bytes,
            kills_for_memory=_sum(memory, "memory.oom_control", "oom_kill"),
            processes_peak=number(pids / "pids.peak"),
            refused_forks=_sum(pids, "pids.events", "max"),
        )

    def _storage_bytes(self) -> tuple[int, int]:
        if "blkio" not in self.roots:
            return 0, 0
        file = self._folder("blkio") / "blkio.throttle.io_service_bytes_recursive"
        try:
            rows = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
        except OSError:
            return 0, 0
        sums = {"Read": 0, "Write": 0}
        for row in rows:
            if len(row) == 3 and row[1] in sums:  # `major:minor Read bytes`
                sums[row[1]] += int(row[2])
        return sums["Read"], sums["Write"]

    def kill(self) -> None:
        """Kill all members and return when they are gone. Raises: SandboxUnavailable if not."""
        pids = self._folder("pids")
        if pids.is_dir():
            write(pids / "pids.max", 0)  # so that nothing forks faster than we kill
            kill_members(pids)

    def remove(self) -> None:
        """Take the empty group away; nothing happens when it is not there."""
        for controller in self.roots:
            remove_folder(self._folder(controller))


def _sum(folder: Path, name: str, key: str) -> int:
    """Add up over the group and those that an engine made below it: events stay where they are."""
    files = (group / name for group in groups_in(folder))
    return sum(table(file).get(key, 0) for file in files)


@dataclass(frozen=True)
class CgroupsV1:
    """Version 1: groups lie directly below the mount of each controller."""

    roots: dict[str, Path]
    instance: str

    @property
    def description(self) -> str:
        """`cgroup v1`."""
        return "cgroup v1"

    def create(self, name: str, caps: Caps) -> RunGroup:
        """Make the group of a run. Raises: SandboxUnavailable when the kernel refuses."""
        group = GroupV1(self.roots, f"agon/{self.instance}.{name}")
        for controller in ("memory", "pids", "cpu", "cpuacct", "blkio"):
            if controller in self.roots:
                self._make(self.roots[controller] / group.path)
        memory = self.roots["memory"] / group.path
        write(memory / "memory.limit_in_bytes", caps.memory_bytes)
        if (memory / "memory.memsw.limit_in_bytes").exists():
            write(memory / "memory.memsw.limit_in_bytes", caps.memory_bytes)
        write(self.roots["pids"] / group.path / "pids.max", caps.processes)
        self._limit_cpus(group.path, caps.cpus)
        return group

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SandboxUnavailable(f"The kernel refused the group {folder}: {error}.") from error

    def _limit_cpus(self, path: str, cpus: float) -> None:
        if "cpu" in self.roots:
            folder = self.roots["cpu"] / path
            write(folder / "cpu.cfs_period_us", _PERIOD_MICROSECONDS)
            write(folder / "cpu.cfs_quota_us", round(cpus * _PERIOD_MICROSECONDS))

    def find(self, name: str) -> RunGroup:
        """The group of a run that may have been left behind."""
        return GroupV1(self.roots, f"agon/{self.instance}.{name}")

    def names(self) -> set[str]:
        """Names of the runs that have a group."""
        own = [(root / "agon").glob(f"{self.instance}.*/") for root in self.roots.values()]
        return {group.name.partition(".")[2] for groups in own for group in groups}
