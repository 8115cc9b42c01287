"""A real sandbox with a home of its own on this host, and a look at what it leaves behind."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import docker

from evaluator.sandbox.base import Limits, Mount, Run, Sandbox, SandboxTask
from evaluator.sandbox.choose import instance_name, open_bubblewrap, open_docker
from evaluator.settings import HostSettings

MIB = 1024**2
SMALL = Limits(
    cpus=1,
    memory_bytes=256 * MIB,
    wall_seconds=4,
    processes=48,
    output_bytes=8 * MIB,
    log_bytes=16 * 1024,
    output_files=500,
)


@dataclass(frozen=True)
class SandboxHost:
    """A sandbox and its installation on this host."""

    sandbox: Sandbox
    settings: HostSettings
    folder: Path

    def run(
        self,
        *command: str,
        mounts: tuple[Mount, ...] = (),
        collect: tuple[str, ...] = ("result.json", "predictions"),
        limits: Limits = SMALL,
        cancelled: Event | None = None,
        image: str = "scorer",
        name: str = "",
    ) -> tuple[Run, Path]:
        """Run a command; returns the run and the folder that holds its output."""
        output = self.folder / f"output-{secrets.token_hex(4)}"
        output.mkdir()
        task = SandboxTask(
            name=name or f"test-1-{secrets.token_hex(4)}",
            command=command,
            mounts=mounts,
            output=output,
            collect=collect,
            limits=limits,
            image=image,
        )
        return self.sandbox.run(task, cancelled=cancelled or Event()), output

    def leftovers(self) -> list[str]:
        """What runs left behind on this host: folders, mounts, groups, processes, containers."""
        instance = instance_name(self.settings)
        state = self.settings.scratch / "sandbox"
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        found = [str(path) for path in (state / "runs").iterdir()]
        found += [line for line in mounts if str(state) in line]
        found += [str(path) for path in Path("/sys/fs/cgroup").glob(f"**/{instance}.*")]
        found += _processes_of(instance)
        if "Docker" in self.sandbox.description:
            found += _containers_of(instance)
        return found


def _processes_of(instance: str) -> list[str]:
    found = []
    for file in Path("/proc").glob("[0-9]*/cgroup"):
        with contextlib.suppress(OSError):
            if instance in file.read_text(encoding="utf-8"):
                found.append(f"process {file.parent.name}")
    return found


def _containers_of(instance: str) -> list[str]:
    client = docker.from_env()
    try:
        filters: dict[str, str | list[str] | bool] = {"label": f"agon.instance={instance}"}
        return [
            str(container.name) for container in client.containers.list(all=True, filters=filters)
        ]
    finally:
        client.close()


@contextlib.contextmanager
def open_host(runtime: str, folder: Path, *, scorer_image: str = "") -> Iterator[SandboxHost]:
    """Yield the runtime with an installation of its own below `folder`."""
    settings = HostSettings(home=folder / "home", scorer_image=scorer_image)
    if runtime == "docker":
        sandbox = open_docker(settings)
        try:
            yield SandboxHost(sandbox, settings, folder)
        finally:
            sandbox.close()
    else:
        yield SandboxHost(open_bubblewrap(settings), settings, folder)
