"""The runtime with a Docker engine: one container per run, made, watched, inspected, removed."""

import logging
import os
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from docker import DockerClient
from docker.errors import NotFound
from docker.models.containers import Container as EngineContainer

from evaluator.errors import SandboxUnavailable
from evaluator.outcomes import Usage
from evaluator.sandbox.base import Run, SandboxTask
from evaluator.sandbox.capture import CappedLog
from evaluator.sandbox.cgroups.base import Caps, Cgroups, RunGroup
from evaluator.sandbox.docker_engine import ENGINE_ERRORS, Engine, local_image
from evaluator.sandbox.docker_meter import EngineMeter
from evaluator.sandbox.docker_options import (
    INSTANCE_LABEL,
    RUN_LABEL,
    Container,
    container_options,
    pids_limit,
)
from evaluator.sandbox.docker_wait import Stopped, Waiting
from evaluator.sandbox.layout import scratch_places
from evaluator.sandbox.outputs import Output, open_output, remove_left_output
from evaluator.sandbox.runs import RunFolders
from evaluator.sandbox.slots import claim_uid
from evaluator.sandbox.verdicts import Seen, settle
from evaluator.sandbox.watch import GroupMeter, Meter, Watch

logger = logging.getLogger(__name__)

_OWN_PROCESSES = 1  # the engine's init


@dataclass(frozen=True)
class DockerHost:
    """Which engine runs what here, and how much this worker can do around it.

    `cgroups`: where containers get a parent group that we read and that outlives them; None where
    the engine's groups are not ours to see. `can_mount`: whether the engine sees what we mount.
    `slots` holds the locks of user ids, one folder for all workers of a host.
    """

    client: DockerClient
    engine: Engine
    scorer_image: str
    instance: str
    state: Path
    slots: Path
    cgroups: Cgroups | None
    can_mount: bool
    is_root: bool


@dataclass(frozen=True)
class _Place:
    """What one run holds while it lives."""

    output: Output
    group: RunGroup | None
    container: Container


class Docker:
    """Implements `Sandbox`."""

    def __init__(self, host: DockerHost) -> None:
        self._host = host
        self._runs = RunFolders(host.state)

    @property
    def description(self) -> str:
        """`Docker 28.2 (runc)`."""
        return f"Docker {self._host.engine.version} ({self._host.engine.oci_runtime})"

    def close(self) -> None:
        """Close the connections to the engine."""
        self._host.client.close()

    def run(self, task: SandboxTask, *, cancelled: Event) -> Run:
        """Run the command to its end and leave nothing behind but `task.output`.

        Raises: SandboxUnavailable when the engine fails, ImageUnavailable when the image is not on
        this host.
        """
        reference = self._host.scorer_image if task.image == "scorer" else task.image
        image = local_image(self._host.client, reference)
        log = CappedLog(task.limits.log_bytes)
        with self._place(task, image) as place, self._created(task, place.container) as container:
            meter: Meter = GroupMeter(place.group) if place.group else EngineMeter(container)
            watch = Watch(cancelled, task.limits, meter, place.output)
            _start(container)
            stopped = Waiting(container, wall_seconds=task.limits.wall_seconds).wait(watch)
            _read_log(container, log)
            run = settle(task, _seen(stopped, meter, place.container), place.output, log)
            return replace(run, image=image.removeprefix("sha256:"))

    @contextmanager
    def _place(self, task: SandboxTask, image: str) -> Iterator[_Place]:
        host = self._host
        with ExitStack() as stack:
            folder = stack.enter_context(self._runs.open(task.name))
            self._remove_left(task.name, folder)
            uid = stack.enter_context(claim_uid(host.slots)) if host.is_root else None
            output = stack.enter_context(
                open_output(task, folder, uid=uid, can_mount=host.can_mount)
            )
            container = self._container(task, image, uid, output)
            group = None
            if host.cgroups:
                group = host.cgroups.create(task.name, container.caps)
                stack.callback(_end_group, group)
                container = replace(container, cgroup_parent=group.docker_parent)
            yield _Place(output, group, container)

    def _container(
        self, task: SandboxTask, image: str, uid: int | None, output: Output
    ) -> Container:
        temporary, shared = scratch_places(task.limits.temporary_bytes)
        in_memory = output.memory_bytes + temporary.size_bytes + shared.size_bytes
        return Container(
            name=f"{self._host.instance}-{task.name}",
            instance=self._host.instance,
            image=image,
            machine=self._host.engine.machine,
            oci_runtime=self._host.engine.oci_runtime,
            user=f"{os.getuid()}:{os.getgid()}" if uid is None else f"{uid}:{uid}",
            output=output.folder,
            caps=Caps(
                memory_bytes=task.limits.memory_bytes + in_memory,
                processes=task.limits.processes + _OWN_PROCESSES,
                cpus=task.limits.cpus,
            ),
            temporary=temporary,
            cgroup_parent=None,
        )

    @contextmanager
    def _created(self, task: SandboxTask, container: Container) -> Iterator[EngineContainer]:
        """Create the container, and remove it at the end."""
        try:
            created = self._host.client.containers.create(**container_options(task, container))
        except ENGINE_ERRORS as error:
            self._remove(container.name)  # the answer may have been lost, not the request
            raise SandboxUnavailable(f"The engine made no container: {error}.") from error
        try:
            yield created
        finally:
            self._remove(container.name)

    def sweep(self, alive: Collection[str]) -> int:
        """Remove what dead workers left, but for names in `alive`; returns the number of runs."""
        left = self._runs.names() | self._labelled()
        if self._host.cgroups:
            left |= self._host.cgroups.names()
        return sum(self._sweep_run(name) for name in left - set(alive))

    def _labelled(self) -> set[str]:
        label = f"{INSTANCE_LABEL}={self._host.instance}"
        try:
            found = self._host.client.api.containers(all=True, filters={"label": label})
        except ENGINE_ERRORS as error:
            raise SandboxUnavailable(f"The engine lists no containers: {error}.") from error
        return {str(container["Labels"][RUN_LABEL]) for container in found}

    def _sweep_run(self, name: str) -> bool:
        with self._runs.take_abandoned(name) as folder:
            if folder is not None:
                self._remove_left(name, folder)
            return folder is not None

    def _remove_left(self, name: str, folder: Path) -> None:
        """Remove what a run of this name left when its worker was killed."""
        self._remove(f"{self._host.instance}-{name}")
        if self._host.cgroups:
            _end_group(self._host.cgroups.find(name))
        remove_left_output(folder)

    def _remove(self, name: str) -> None:
        try:
            self._host.client.api.remove_container(name, v=True, force=True)
        except NotFound:
            return
        except ENGINE_ERRORS as error:
            # Its processes die with the group below; the next sweep finds it by its label.
            logger.warning("container.left name=%s reason=%s", name, error)


def _end_group(group: RunGroup) -> None:
    group.kill()
    group.remove()


def _start(container: EngineContainer) -> None:
    try:
        container.start()
    except ENGINE_ERRORS as error:
        raise SandboxUnavailable(f"The engine did not start the container: {error}.") from error


def _read_log(container: EngineContainer, log: CappedLog) -> None:
    try:
        for piece in container.logs(stdout=True, stderr=True, stream=True):
            log.feed(piece)
    except ENGINE_ERRORS as error:
        raise SandboxUnavailable(f"The engine did not hand out the log: {error}.") from error


def _seen(stopped: Stopped, meter: Meter, container: Container) -> Seen:
    reading = meter.reading()
    return Seen(
        stopped=stopped.reason,
        exit_code=stopped.exit_code,
        killed_for_memory=stopped.killed_for_memory or reading.kills_for_memory > 0,
        forks_refused=reading.processes_peak >= pids_limit(container),
        usage=Usage(
            wall_seconds=stopped.wall_seconds,
            cpu_seconds=reading.cpu_seconds,
            memory_peak_bytes=meter.peak_bytes or reading.memory_most_bytes,
            read_bytes=reading.read_bytes,
            written_bytes=reading.written_bytes,
        ),
    )
