"""User ids for runs: two runs that live at the same time on a host never share one."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.errors import SandboxUnavailable

FIRST_UID = 20_000  # above what distributions give to people and services
_SLOTS = 1_000


@contextmanager
def claim_uid(folder: Path) -> Iterator[int]:
    """Yield a user id that no other run on this host has for as long.

    All workers of a host share `folder`; a lock there ends with the process that holds it.
    Raises: SandboxUnavailable when a thousand runs are under way.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for slot in range(_SLOTS):
        lock = try_lock(folder / str(slot))
        if lock is not None:
            try:
                yield FIRST_UID + slot
            finally:
                os.close(lock)
            return
    raise SandboxUnavailable(f"All {_SLOTS} user ids in {folder} are taken by runs.")


def try_lock(file: Path) -> int | None:
    """Return a descriptor that holds the lock of `file` until it is closed; None when taken."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
