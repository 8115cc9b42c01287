"""Folders that an untrusted program wrote: opened without following, removed at any depth."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path


@contextmanager
def open_folder(folder: Path | str, *, within: int | None = None) -> Iterator[int]:
    """Yield a descriptor of the folder; a link in its place raises OSError (ELOOP or ENOTDIR)."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(folder, flags, dir_fd=within)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def is_folder(name: str, *, within: int) -> bool:
    """True for a folder, false for anything else, links to folders included."""
    return stat.S_ISDIR(os.stat(name, dir_fd=within, follow_symlinks=False).st_mode)


def remove_contents(folder: int) -> None:
    """Empty the folder that the descriptor `folder` stands for; nobody may be writing there.

    Folders are moved up to the top before they are emptied, so that neither the depth of the tree
    nor the length of its paths matters.
    """
    numbers = count()
    waiting = [name for name in _names(folder) if not _unlink(name, folder)]
    while waiting:
        name = waiting.pop()
        with open_folder(name, within=folder) as inner:
            for child in _names(inner):
                if not _unlink(child, inner):
                    moved = _free_name(folder, numbers)
                    os.rename(child, moved, src_dir_fd=inner, dst_dir_fd=folder)
                    waiting.append(moved)
        os.rmdir(name, dir_fd=folder)


def _names(folder: int) -> list[str]:
    return os.listdir(folder)


def _unlink(name: str, folder: int) -> bool:
    """Remove what is no folder; False for a folder, which then can be read and moved."""
    if is_folder(name, within=folder):
        os.chmod(name, 0o700, dir_fd=folder)  # its writer is dead: nobody swaps it for a link
        return False
    os.unlink(name, dir_fd=folder)
    return True


def _free_name(folder: int, numbers: "count[int]") -> str:
    while True:
        name = f"removing-{next(numbers)}"
        try:
            os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return name
