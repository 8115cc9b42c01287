"""Where a run writes its output, so that it can never fill the host, and how it leaves there."""

import errno
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox import mounts
from evaluator.sandbox.base import End, Limits, SandboxTask
from evaluator.sandbox.gate import Selection, check_tree, copy_tree, keep_in_place, read_file
from evaluator.sandbox.trees import open_folder, remove_contents
from evaluator.sandbox.usage import size_on_disk

_MOST_IN_MEMORY = 64 * 1024**2
_SLACK_BYTES = 1024**2
_PAGE_BYTES = 4096
_SLACK_FILES = 64
_FLOOR_BYTES = 512 * 1024**2  # of free storage that no run may use up


class Output(Protocol):
    """The folder that a command writes to."""

    @property
    def folder(self) -> Path:
        """Where it lies on the host; the run's user may write there."""

    @property
    def memory_bytes(self) -> int:
        """How much memory its contents may take."""

    def overrun(self) -> End | None:
        """How the run ends when its output is at or over a limit now; None when it is not."""

    def release(self, task: SandboxTask) -> None:
        """Leave in `task.output` what the task collects, and nothing else. Raises: gate.Refused."""

    def discard(self) -> None:
        """Throw all of it away."""


@dataclass(frozen=True)
class MemoryOutput:
    """A memory file system of the right size: full is full, at once."""

    folder: Path
    limits: Limits

    @property
    def memory_bytes(self) -> int:
        """How much memory its contents may take: more than the limit, for pages are not all full.

        The gate then counts exactly.
        """
        rounding = min(self.limits.output_files * _PAGE_BYTES, self.limits.output_bytes)
        return self.limits.output_bytes + rounding + _SLACK_BYTES

    def overrun(self) -> End | None:
        """OUTPUT_LIMIT when no more data or files fit."""
        free = os.statvfs(self.folder)
        return End.OUTPUT_LIMIT if free.f_bfree == 0 or free.f_ffree == 0 else None

    def release(self, task: SandboxTask) -> None:
        """Copy what the task collects. Raises: gate.Refused."""
        selection = _selection(self.folder, task)
        copy_tree(self.folder, task.output, selection)

    def discard(self) -> None:
        """Nothing to do: it goes with its mount."""


@dataclass(frozen=True)
class DiskOutput:
    """The caller's own folder, looked at while the command runs: for gigabytes, without a copy."""

    folder: Path
    limits: Limits

    @property
    def memory_bytes(self) -> int:
        """None at all."""
        return 0

    def overrun(self) -> End | None:
        """OUTPUT_LIMIT when it is too large, UNSAFE_OUTPUT when it hides its size."""
        if _free_bytes(self.folder) < _FLOOR_BYTES:
            return End.OUTPUT_LIMIT  # files that were removed but are still open count nowhere else
        size = size_on_disk(self.folder)
        if size is None:
            self.folder.chmod(0o700)  # closed by its writer, who is us when we are not root
            size = size_on_disk(self.folder)
        if size is None:
            return End.UNSAFE_OUTPUT
        limits = self.limits
        is_over = size.total_bytes > limits.output_bytes or size.files > limits.output_files
        return End.OUTPUT_LIMIT if is_over else None

    def release(self, task: SandboxTask) -> None:
        """Keep what the task collects where it is. Raises: gate.Refused."""
        self.folder.chmod(0o700)  # the command may have closed it, to us too when we are not root
        selection = _selection(self.folder, task)
        keep_in_place(self.folder, selection)

    def discard(self) -> None:
        """Empty the folder."""
        self.folder.chmod(0o700)
        with open_folder(self.folder) as folder:
            remove_contents(folder)


def _selection(folder: Path, task: SandboxTask) -> Selection:
    """Return what of a checked tree the task collects. Raises: gate.Refused."""
    selection = Selection.of(task.collect)
    _check(folder, selection, task.limits)
    if task.listing is None:
        return selection
    listed = task.listing.names(read_file(folder, task.listing.path, task.listing.max_bytes + 1))
    if not listed:
        return selection
    wider = Selection.of((*task.collect, *listed))
    _check(folder, wider, task.limits)
    return wider


def _check(folder: Path, selection: Selection, limits: Limits) -> None:
    check_tree(folder, selection, most_bytes=limits.output_bytes, most_files=limits.output_files)


def _free_bytes(folder: Path) -> int:
    free = os.statvfs(folder)
    return free.f_bavail * free.f_frsize


def open_output(
    task: SandboxTask, run_folder: Path, *, uid: int | None, can_mount: bool
) -> AbstractContextManager[Output]:
    """Return the output of a task for the user `uid`: in memory when it is small and we may mount.

    Raises: SandboxUnavailable when storage is short.
    """
    if can_mount and uid is not None and task.limits.output_bytes <= _MOST_IN_MEMORY:
        return _memory_output(run_folder, task.limits, uid)
    return _disk_output(task.output, task.limits, uid)


@contextmanager
def _memory_output(run_folder: Path, limits: Limits, uid: int) -> Iterator[Output]:
    folder = run_folder / "output"
    folder.mkdir(mode=0o700)
    output = MemoryOutput(folder, limits)
    files = limits.output_files + _SLACK_FILES
    mounts.mount_tmpfs(
        str(folder), size_bytes=output.memory_bytes, files=files, mode=0o700, uid=uid
    )
    try:
        yield output
    finally:
        mounts.unmount(str(folder))
        folder.rmdir()


@contextmanager
def _disk_output(folder: Path, limits: Limits, uid: int | None) -> Iterator[Output]:
    """Lend the caller's folder to the user `uid` and take it back."""
    needed = limits.output_bytes + _FLOOR_BYTES
    if _free_bytes(folder) < needed:
        raise SandboxUnavailable(f"{folder} needs {needed // 1024**2} MiB of room. Make it there.")
    own = folder.stat()
    if uid is not None:
        os.chown(folder, uid, uid)
    folder.chmod(0o700)
    try:
        yield DiskOutput(folder, limits)
    finally:
        os.chown(folder, own.st_uid, own.st_gid)
        folder.chmod(own.st_mode & 0o7777)


def remove_left_output(run_folder: Path) -> None:
    """Unmount and remove the output in memory that a dead run may have left."""
    folder = run_folder / "output"
    if folder.exists():
        try:
            mounts.unmount(str(folder))
        except OSError as error:
            if error.errno != errno.EINVAL:  # the worker died before it had mounted
                raise
        folder.rmdir()
