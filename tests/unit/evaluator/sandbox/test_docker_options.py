import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evaluator.sandbox.base import Limits, Mount, SandboxTask
from evaluator.sandbox.cgroups.base import Caps
from evaluator.sandbox.docker_options import Container, container_options
from evaluator.sandbox.layout import Scratch

MIB = 1024**2
LIMITS = Limits(
    cpus=1.5,
    memory_bytes=256 * MIB,
    wall_seconds=10,
    processes=50,
    output_bytes=8 * MIB,
    log_bytes=64 * 1024,
)
TASK = SandboxTask(
    name="a-1-score",
    command=("python", "score.py"),
    mounts=(Mount(Path("/srv/in"), "/agon/submission"),),
    output=Path("/srv/out"),
    collect=("result.json",),
    limits=LIMITS,
    environment={"AGON_SEED": "1"},
)
CONTAINER = Container(
    name="agon-a-1-score",
    instance="agon",
    image="sha256:1",
    machine="x86_64",
    oci_runtime="runc",
    user="20003:20003",
    output=Path("/srv/bounded"),
    caps=Caps(memory_bytes=300 * MIB, processes=51, cpus=1.5),
    temporary=Scratch("/tmp", 64 * MIB),
    cgroup_parent="/agon/agon.a-1-score",
)


def options(task: SandboxTask = TASK, **changes: Any) -> dict[str, Any]:
    return container_options(task, replace(CONTAINER, **changes))


def test_the_walls_stand() -> None:
    made = options()

    assert made["network_mode"] == "none"
    assert made["cap_drop"] == ["ALL"]
    assert made["read_only"] is True
    assert made["user"] == "20003:20003"
    assert made["ipc_mode"] == "private"
    assert "no-new-privileges" in made["security_opt"]
    assert made["healthcheck"] == {"test": ["NONE"]}


def test_the_filter_is_our_own() -> None:
    (profile,) = [text for text in options()["security_opt"] if text.startswith("seccomp=")]

    assert json.loads(profile.removeprefix("seccomp="))["defaultAction"] == "SCMP_ACT_ERRNO"


def test_every_limit_is_set() -> None:
    made = options()

    assert made["mem_limit"] == made["memswap_limit"] == 300 * MIB
    assert made["nano_cpus"] == 1_500_000_000
    assert made["pids_limit"] == 51
    assert made["oom_score_adj"] == 1000
    assert {limit["Name"]: limit["Hard"] for limit in made["ulimits"]} == {
        "core": 0,
        "fsize": 64 * MIB + 1,
        "nofile": 1024,
    }
    assert made["log_config"]["Config"] == {"max-size": str(MIB), "max-file": "1"}
    assert made["tmpfs"]["/tmp"] == (
        "rw,noexec,nosuid,nodev,size=67108864,nr_inodes=4096,mode=1777"
    )


def test_the_images_own_entry_point_is_replaced() -> None:
    made = options()

    assert made["entrypoint"] == ["python"]
    assert made["command"] == ["score.py"]


def test_inputs_are_read_only_and_only_the_output_is_writable() -> None:
    mounts = {mount["Target"]: mount for mount in options()["mounts"]}

    assert mounts["/agon/submission"]["ReadOnly"] is True
    assert mounts["/agon/output"]["Source"] == "/srv/bounded"
    assert [mount["ReadOnly"] for mount in mounts.values()].count(False) == 1


def test_nothing_dangerous_is_ever_asked_for() -> None:
    never = {
        "privileged",
        "devices",
        "cap_add",
        "volumes",
        "pid_mode",
        "userns_mode",
        "extra_hosts",
    }

    assert not options().keys() & never


def test_gpus_are_passed_on_when_asked_for() -> None:
    made = options(replace(TASK, limits=replace(LIMITS, gpus=2)))

    assert made["device_requests"] == [
        {"Driver": "", "Count": 2, "DeviceIDs": [], "Capabilities": [["gpu"]], "Options": {}}
    ]
    assert "device_requests" not in options()


@pytest.mark.parametrize(("oci_runtime", "pids"), [("runc", 51), ("runsc", 256)])
def test_gvisor_needs_room_for_its_own_threads(oci_runtime: str, pids: int) -> None:
    assert options(oci_runtime=oci_runtime)["pids_limit"] == pids


def test_threads_of_numeric_libraries_match_the_cpus() -> None:
    assert options()["environment"]["OMP_NUM_THREADS"] == "1"
    assert options()["environment"]["AGON_SEED"] == "1"
