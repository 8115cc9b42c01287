"""The runtime without a container engine: bubblewrap, our filter, control groups or a watchdog."""

import os
import resource
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from evaluator.errors import ImageUnavailable, SandboxUnavailable
from evaluator.outcomes import Usage
from evaluator.sandbox.base import Limits, Run, SandboxTask
from evaluator.sandbox.capture import CappedLog
from evaluator.sandbox.cgroups.base import Caps, Cgroups, RunGroup
from evaluator.sandbox.environment import sandbox_environment
from evaluator.sandbox.layout import OUTPUT, Layout, Scratch, Shown, scratch_places
from evaluator.sandbox.outputs import Output, open_output, remove_left_output
from evaluator.sandbox.runs import RunFolders
from evaluator.sandbox.scorer_tree import ScorerTree, write_etc
from evaluator.sandbox.seccomp.policy import UNCOUNTED
from evaluator.sandbox.slots import claim_uid
from evaluator.sandbox.start import Launch, start
from evaluator.sandbox.supervise import Ended, Supervision
from evaluator.sandbox.usage import tasks_of_user
from evaluator.sandbox.verdicts import KILLED, Seen, settle
from evaluator.sandbox.watch import GroupMeter, Meter, TreeMeter, Watch

_OWN_PROCESSES = 2  # bubblewrap itself and the first process of its process namespace
_OPEN_FILES = 1024
# Walls behind the watchdog, which looks ten times a second. The first is near, for a storm of
# processes would leave the watchdog no time; the second is what a bomb may gain in between.
_SPARE_TASKS = 16
_SPARE_BYTES = 2 * 1024**3
_NICE = 10  # without a quota the run gets what the host's own processes leave


@dataclass(frozen=True)
class BubblewrapHost:
    """Where and as what bubblewrap runs here.

    `slots` holds the locks of user ids and is one folder for all workers of a host. `cgroups` is
    None where we may make no control groups. A worker that is root never starts bubblewrap as
    root: each run has a user id of its own.
    """

    program: Path
    version: str
    state: Path
    slots: Path
    tree: ScorerTree
    cgroups: Cgroups | None
    is_root: bool


@dataclass(frozen=True)
class _Place:
    """What one run holds while it lives."""

    output: Output
    group: RunGroup | None
    uid: int | None


class Bubblewrap:
    """Implements `Sandbox`."""

    def __init__(self, host: BubblewrapHost) -> None:
        self._host = host
        self._runs = RunFolders(host.state)
        self._etc = write_etc(host.tree, host.state)

    @property
    def description(self) -> str:
        """`bubblewrap 0.8.0, cgroup v1`."""
        groups = self._host.cgroups
        how = groups.description if groups else "no control groups: rlimits and a watchdog"
        return f"bubblewrap {self._host.version}, {how}"

    def run(self, task: SandboxTask, *, cancelled: Event) -> Run:
        """Run the command to its end and leave nothing behind but `task.output`.

        Raises: SandboxUnavailable when bubblewrap itself fails, ImageUnavailable for any image
        but `scorer`.
        """
        _check_possible(task)
        log = CappedLog(task.limits.log_bytes)
        scratch = scratch_places(task.limits.temporary_bytes)
        with self._place(task, scratch) as place:
            meter: Meter = (
                GroupMeter(place.group) if place.group else TreeMeter(task.limits, scratch)
            )
            watch = Watch(cancelled, task.limits, meter, place.output)
            started = start(self._launch(task, place, scratch))
            ended = Supervision(
                started.process, log=log, status=started.status, began=meter.began
            ).wait(watch)
            if place.group:
                place.group.kill()
            return settle(task, _seen(ended, meter, log), place.output, log)

    @contextmanager
    def _place(self, task: SandboxTask, scratch: tuple[Scratch, ...]) -> Iterator[_Place]:
        with ExitStack() as stack:
            folder = stack.enter_context(self._runs.open(task.name))
            self._remove_left(task.name, folder)
            uid = stack.enter_context(claim_uid(self._host.slots)) if self._host.is_root else None
            output = stack.enter_context(
                open_output(task, folder, uid=uid, can_mount=self._host.is_root)
            )
            group = None
            if self._host.cgroups:
                caps = _caps(task.limits, output, scratch)
                group = self._host.cgroups.create(task.name, caps)
                stack.callback(_end_group, group)
            yield _Place(output, group, uid)

    def _launch(self, task: SandboxTask, place: _Place, scratch: tuple[Scratch, ...]) -> Launch:
        tree = self._host.tree
        shown = [*tree.shown, Shown(self._etc, "/etc")]
        shown += [Shown(mount.source, mount.target, follow_links=False) for mount in task.mounts]
        shown.append(Shown(place.output.folder, OUTPUT, writable=True, follow_links=False))
        return Launch(
            program=self._host.program,
            command=task.command,
            layout=Layout(tuple(shown), scratch, tree.links),
            environment={"PATH": tree.path, **sandbox_environment(task)},
            workdir=task.workdir,
            join=place.group.join_files if place.group else (),
            rlimits=_rlimits(task.limits, place),
            nice=0 if place.group else _NICE,
            refused_calls=frozenset() if place.group else UNCOUNTED,
            uid=place.uid,
        )

    def sweep(self, alive: Collection[str]) -> int:
        """Remove what dead workers left, but for names in `alive`; returns the number of runs."""
        left = self._runs.names(but=alive)
        if self._host.cgroups:
            left |= self._host.cgroups.names() - set(alive)
        return sum(self._sweep_run(name) for name in left)

    def _sweep_run(self, name: str) -> bool:
        with self._runs.take_abandoned(name) as folder:
            if folder is not None:
                self._remove_left(name, folder)
            return folder is not None

    def _remove_left(self, name: str, folder: Path) -> None:
        """Remove what a run of this name left when its worker was killed."""
        if self._host.cgroups:
            _end_group(self._host.cgroups.find(name))
        remove_left_output(folder)


def _check_possible(task: SandboxTask) -> None:
    if task.image != "scorer":
        raise ImageUnavailable(
            f"This host has no container engine and so no image '{task.image}'; "
            "only the built-in 'scorer' runs here. Install Docker on it, or change the image."
        )
    if task.limits.gpus:
        raise SandboxUnavailable("A run with GPUs needs a host with Docker; this one has none.")


def _caps(limits: Limits, output: Output, scratch: tuple[Scratch, ...]) -> Caps:
    """The kernel counts what lies in memory file systems as memory: it comes on top."""
    files = output.memory_bytes + sum(place.size_bytes for place in scratch)
    return Caps(limits.memory_bytes + files, limits.processes + _OWN_PROCESSES, limits.cpus)


def _end_group(group: RunGroup) -> None:
    group.kill()
    group.remove()


def _rlimits(limits: Limits, place: _Place) -> tuple[tuple[int, int], ...]:
    largest = max(limits.output_bytes, limits.temporary_bytes) + 1  # one over, so that it shows
    always = (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, largest),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    )
    if place.group:
        return always
    # RLIMIT_AS would count mapped files and reserved addresses, and stop programs that take little.
    user = os.getuid() if place.uid is None else place.uid
    tasks = tasks_of_user(user) + limits.processes + _SPARE_TASKS
    return (
        *always,
        (resource.RLIMIT_DATA, limits.memory_bytes + _SPARE_BYTES),
        (resource.RLIMIT_NPROC, tasks),
    )


def _seen(ended: Ended, meter: Meter, log: CappedLog) -> Seen:
    reading = meter.reading()
    killed = reading.kills_for_memory > 0
    return Seen(
        stopped=ended.stopped,
        exit_code=_exit_code(ended, log, killed=killed or ended.stopped is not None),
        killed_for_memory=killed,
        forks_refused=reading.refused_forks > 0,
        usage=Usage(
            wall_seconds=ended.wall_seconds,
            cpu_seconds=reading.cpu_seconds or ended.cpu_seconds,
            memory_peak_bytes=meter.peak_bytes or reading.memory_most_bytes,
            read_bytes=ended.read_bytes,
            written_bytes=ended.written_bytes,
        ),
    )


def _exit_code(ended: Ended, log: CappedLog, *, killed: bool) -> int:
    """The command's exit code, or the shell's for a command that cannot be executed."""
    if ended.exit_code is not None:
        return ended.exit_code
    if killed:
        return KILLED
    said = log.value()
    if said.startswith(b"bwrap: execvp "):
        return 126 if b"Permission denied" in said else 127
    text = said[-500:].decode("utf-8", "replace").strip()
    raise SandboxUnavailable(f"bubblewrap could not start the run: {text or 'it said nothing'}.")
