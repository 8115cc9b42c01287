"""Which control groups this process may use."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.cgroups.base import Cgroups
from evaluator.sandbox.cgroups.v1 import CgroupsV1
from evaluator.sandbox.cgroups.v2 import WORKER_LEAF, prepare

_NEEDED = {"memory", "pids"}
_CONTROLLERS = {"memory", "pids", "cpu", "cpuacct", "blkio"}


@dataclass(frozen=True)
class _Mounted:
    kind: str  # cgroup or cgroup2
    point: Path
    options: frozenset[str]


def usable_cgroups(instance: str, *, process: Path = Path("/proc/self")) -> Cgroups | None:
    """Return where runs of `instance` get their groups, or None where we may make none."""
    mounts = list(_mounted((process / "mountinfo").read_text(encoding="utf-8")))
    first = [mount for mount in mounts if mount.kind == "cgroup"]
    roots = {name: mount.point for mount in first for name in sorted(mount.options & _CONTROLLERS)}
    if roots.keys() >= _NEEDED:
        writable = all(os.access(root, os.W_OK) for root in roots.values())
        others = {f"mount {mount.point.name}": mount.point for mount in mounts}
        return CgroupsV1(_unique(roots | others), instance) if writable else None
    for mount in mounts:
        if mount.kind == "cgroup2":
            return _second(mount.point, (process / "cgroup").read_text(encoding="utf-8"), instance)
    return None


def _unique(roots: dict[str, Path]) -> dict[str, Path]:
    """All trees, those too in which an engine makes folders for a container of ours."""
    named = {root for name, root in roots.items() if name in _CONTROLLERS}
    return {name: root for name, root in roots.items() if name in _CONTROLLERS or root not in named}


def _second(point: Path, membership: str, instance: str) -> Cgroups | None:
    own = point / membership.split("0::", 1)[-1].split("\n", 1)[0].lstrip("/")
    own = own.parent if own.name == WORKER_LEAF else own  # where an earlier call put us
    base = point if os.access(point, os.W_OK) else own
    if not os.access(base, os.W_OK):
        return None
    try:
        return prepare(point, base, instance)
    except SandboxUnavailable:
        return None  # not delegated to us; limits come from rlimits and the watchdog instead


def _mounted(mountinfo: str) -> Iterator[_Mounted]:
    """Source: proc_pid_mountinfo(5)."""
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in {"cgroup", "cgroup2"}:
            yield _Mounted(kind, Path(before.split(" ")[4]), frozenset(options.split(",")))
