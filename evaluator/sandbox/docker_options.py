"""Everything that a container is created with: one place to read what holds a command in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, LogConfig, Mount, Ulimit

from evaluator.sandbox.base import SandboxTask
from evaluator.sandbox.cgroups.base import Caps
from evaluator.sandbox.environment import sandbox_environment
from evaluator.sandbox.layout import OUTPUT, SHARED_MEMORY_BYTES, Scratch
from evaluator.sandbox.seccomp.docker_profile import docker_profile

INSTANCE_LABEL = "agon.instance"
RUN_LABEL = "agon.run"
_OPEN_FILES = 1024
_LEAST_LOG_BYTES = 1024**2
_LEAST_PIDS_OF_GVISOR = 256  # with 64 its kernel dies before the command starts


@dataclass(frozen=True)
class Container:
    """What is particular to one container."""

    name: str
    instance: str
    image: str  # id
    machine: str
    oci_runtime: str
    user: str  # `uid:gid`
    output: Path
    caps: Caps
    temporary: Scratch
    cgroup_parent: str | None


def pids_limit(container: Container) -> int:
    """How many processes and threads the container holds at most."""
    if container.oci_runtime == "runsc":
        return max(container.caps.processes, _LEAST_PIDS_OF_GVISOR)
    return container.caps.processes


def container_options(task: SandboxTask, container: Container) -> dict[str, Any]:
    """Return the keyword arguments of `client.containers.create`."""
    return {
        **_command(task, container),
        **_limits(task, container),
        **_walls(container),
        **_files(task, container),
    }


def _command(task: SandboxTask, container: Container) -> dict[str, Any]:
    return {
        "image": container.image,
        "name": container.name,
        "labels": {INSTANCE_LABEL: container.instance, RUN_LABEL: task.name},
        "entrypoint": [task.command[0]],  # in place of the image's own
        "command": list(task.command[1:]),
        "environment": sandbox_environment(task),
        "working_dir": task.workdir,
        "user": container.user,
        "hostname": "sandbox",
        "healthcheck": {"test": ["NONE"]},  # the image's own would run beside the command
        "init": True,
        "detach": True,
        "runtime": container.oci_runtime,
    }


def _limits(task: SandboxTask, container: Container) -> dict[str, Any]:
    limits = task.limits
    largest = max(limits.output_bytes, limits.temporary_bytes) + 1  # one over, so that it shows
    log_bytes = max(_LEAST_LOG_BYTES, 2 * limits.log_bytes)
    options: dict[str, Any] = {
        "mem_limit": container.caps.memory_bytes,
        "memswap_limit": container.caps.memory_bytes,
        "nano_cpus": round(limits.cpus * 1e9),
        "pids_limit": pids_limit(container),
        "ulimits": [
            Ulimit(name="core", soft=0, hard=0),
            Ulimit(name="fsize", soft=largest, hard=largest),
            Ulimit(name="nofile", soft=_OPEN_FILES, hard=_OPEN_FILES),
        ],
        "oom_score_adj": 1000,  # a run dies before its worker
        "log_config": LogConfig(
            type=LogConfig.types.JSON, config={"max-size": str(log_bytes), "max-file": "1"}
        ),
    }
    if container.cgroup_parent is not None:
        options["cgroup_parent"] = container.cgroup_parent
    if limits.gpus:
        options["device_requests"] = [DeviceRequest(count=limits.gpus, capabilities=[["gpu"]])]
    return options


def _walls(container: Container) -> dict[str, Any]:
    return {
        "network_mode": "none",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={docker_profile(container.machine)}"],
        "ipc_mode": "private",
        "shm_size": SHARED_MEMORY_BYTES,
        "read_only": True,
    }


def _files(task: SandboxTask, container: Container) -> dict[str, Any]:
    place = container.temporary
    options = f"size={place.size_bytes},nr_inodes={place.files},mode=1777"
    shown = [
        Mount(target=mount.target, source=str(mount.source), type="bind", read_only=True)
        for mount in task.mounts
    ]
    output = Mount(target=OUTPUT, source=str(container.output), type="bind", read_only=False)
    return {
        "tmpfs": {place.target: f"rw,noexec,nosuid,nodev,{options}"},
        "mounts": [*shown, output],
    }
