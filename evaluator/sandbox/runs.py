"""The folders of the runs under way on this host, and which of them a dead worker left."""

import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.errors import SandboxUnavailable
from evaluator.sandbox.slots import try_lock

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class RunFolders:
    """One folder per run below `state`, locked by the worker for as long as the run lives.

    The kernel drops the lock when the worker dies, however it dies: a folder that nobody has
    locked was left behind.
    """

    def __init__(self, state: Path) -> None:
        self._runs = state / "runs"
        self._runs.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def open(self, name: str) -> Iterator[Path]:
        """Yield the run's folder, and remove it at the end; it may hold what a dead run left.

        Raises: ValueError for a name that is no file name, SandboxUnavailable when a run of this
        name is under way.
        """
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!a} cannot name a run: letters, digits and . _ - only.")
        lock = self._lock(name)
        if lock is None:
            raise SandboxUnavailable(f"A run named {name} is under way on this host already.")
        try:
            yield self._runs / name
        finally:
            shutil.rmtree(self._runs / name)
            os.close(lock)

    @contextmanager
    def take_abandoned(self, name: str) -> Iterator[Path | None]:
        """Yield the folder of a dead run and remove it at the end; None when the run lives."""
        lock = self._lock(name)
        try:
            yield None if lock is None else self._runs / name
        finally:
            if lock is not None:
                shutil.rmtree(self._runs / name)
                os.close(lock)

    def names(self, *, but: Collection[str] = ()) -> set[str]:
        """Names of the runs that have a folder, living or dead."""
        return {folder.name for folder in self._runs.iterdir()} - set(but)

    def _lock(self, name: str) -> int | None:
        folder = self._runs / name
        while True:
            folder.mkdir(mode=0o700, exist_ok=True)
            try:
                lock = try_lock(folder / "lock")
            except FileNotFoundError:
                continue  # the run before us ended just now and took the folder away
            if lock is None or _is_at(lock, folder / "lock"):
                return lock
            os.close(lock)


def _is_at(descriptor: int, path: Path) -> bool:
    """True when the open file is the one that `path` names now."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
