"""Version 2 and the choice between versions, on folders that look as the kernel's do."""

import os
from pathlib import Path

import pytest

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.cgroups.base import Caps
from evaluator.sandbox.cgroups.detect import usable_cgroups
from evaluator.sandbox.cgroups.v1 import CgroupsV1, GroupV1
from evaluator.sandbox.cgroups.v2 import CgroupsV2, GroupV2, prepare

CAPS = Caps(memory_bytes=300_000_000, processes=50, cpus=1.5)


@pytest.fixture
def unified(tmp_path: Path) -> Path:
    """The root of a tree of version 2."""
    root = tmp_path / "unified"
    root.mkdir()
    (root / "cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids\n")
    (root / "cgroup.subtree_control").write_text("")
    (root / "cgroup.procs").write_text("")
    return root


def group_v2(root: Path, **files: str) -> GroupV2:
    folder = root / "agon" / "one.a-1-score"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)
    return GroupV2(folder, root)


def test_controllers_are_passed_down_to_the_runs(unified: Path) -> None:
    prepare(unified, unified, "one")

    assert (unified / "cgroup.subtree_control").read_text() == "+memory +pids +cpu +io"
    assert (unified / "agon/cgroup.subtree_control").read_text() == "+memory +pids +cpu +io"


def test_a_tree_without_the_memory_controller_is_no_use(unified: Path) -> None:
    (unified / "cgroup.controllers").write_text("cpu io pids\n")

    with pytest.raises(SandboxUnavailable, match="memory and pids"):
        prepare(unified, unified, "one")


def test_every_limit_is_written(unified: Path) -> None:
    folder = unified / "agon" / "one.a-1-score"
    folder.mkdir(parents=True)
    for name in ("memory.swap.max", "cpu.max"):
        (folder / name).write_text("max")

    group = CgroupsV2(unified, unified / "agon", "one").create("a-1-score", CAPS)

    written = {file.name: file.read_text() for file in folder.iterdir()}
    assert written == {
        "memory.max": "300000000",
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "50",
        "cpu.max": "150000 100000",
    }
    assert group.join_files == (folder / "cgroup.procs",)
    assert group.docker_parent == "/agon/one.a-1-score"


def test_a_group_of_version_2_is_read(unified: Path) -> None:
    group = group_v2(
        unified,
        cpu_stat="usage_usec 1500000\nuser_usec 1\n",
        memory_current="1200\n",
        cgroup_procs=f"{os.getpid()}\n",
        memory_peak="9000\n",
        memory_events="low 0\noom 3\noom_kill 2\n",
        pids_events="max 7\n",
        pids_peak="50\n",
        io_stat="254:0 rbytes=10 wbytes=20 rios=1\n8:0 rbytes=1 wbytes=2 rios=1\n",
    )

    reading = group.read()

    assert reading.cpu_seconds == 1.5
    assert (reading.memory_bytes, reading.memory_most_bytes) == (1200, 9000)
    assert (reading.kills_for_memory, reading.refused_forks, reading.processes_peak) == (2, 7, 50)
    assert (reading.read_bytes, reading.written_bytes) == (11, 22)


def test_a_group_that_is_gone_reads_as_nothing(unified: Path) -> None:
    group = GroupV2(unified / "agon" / "one.gone", unified)

    group.kill()
    group.remove()

    assert group.read().cpu_seconds == 0


def test_only_the_groups_of_the_own_installation_are_named(unified: Path) -> None:
    for name in ("one.a-1-score", "one.b-1-score", "other.c-1-score"):
        (unified / "agon" / name).mkdir(parents=True)

    assert CgroupsV2(unified, unified / "agon", "one").names() == {"a-1-score", "b-1-score"}


def test_events_of_version_1_are_added_up_over_an_engines_groups(tmp_path: Path) -> None:
    roots = {"memory": tmp_path / "memory", "pids": tmp_path / "pids"}
    for folder, count in (
        (tmp_path / "memory/agon/one.a", 0),
        (tmp_path / "memory/agon/one.a/x", 3),
    ):
        folder.mkdir(parents=True)
        (folder / "memory.oom_control").write_text(f"under_oom 0\noom_kill {count}\n")

    reading = GroupV1(roots, "agon/one.a").read()

    assert reading.kills_for_memory == 3


def process(tmp_path: Path, mountinfo: str, membership: str = "0::/\n") -> Path:
    folder = tmp_path / "process"
    folder.mkdir()
    (folder / "mountinfo").write_text(mountinfo)
    (folder / "cgroup").write_text(membership)
    return folder


def test_version_1_is_found_with_every_tree_that_an_engine_uses(tmp_path: Path) -> None:
    for name in ("memory", "pids", "cpu,cpuacct", "devices"):
        (tmp_path / name).mkdir()
    rows = [
        f"1 0 0:1 / {tmp_path}/{name} rw - cgroup cgroup rw,{name}"
        for name in ("memory", "pids", "cpu,cpuacct", "devices")
    ]

    found = usable_cgroups("one", process=process(tmp_path, "\n".join(rows)))

    assert isinstance(found, CgroupsV1)
    assert found.roots["cpu"] == found.roots["cpuacct"] == tmp_path / "cpu,cpuacct"
    assert {root.name for root in found.roots.values()} == {
        "memory",
        "pids",
        "cpu,cpuacct",
        "devices",
    }


def test_version_2_is_found(tmp_path: Path, unified: Path) -> None:
    row = f"1 0 0:1 / {unified} rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"

    found = usable_cgroups("one", process=process(tmp_path, row))

    assert found == CgroupsV2(unified, unified / "agon", "one")


def test_nothing_is_found_where_nothing_is_mounted(tmp_path: Path) -> None:
    assert (
        usable_cgroups("one", process=process(tmp_path, "1 0 0:1 / / rw - ext4 /dev/vda rw"))
        is None
    )
