"""The gate between sandboxes: what leaves one is regular files and folders, counted and measured.

Nothing here follows a link, opens what is no regular file, or decodes anything. The program that
wrote the tree must be dead: only then does the tree stay as it was looked at.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluator.manifests import checked_path
from evaluator.sandbox.base import End
from evaluator.sandbox.trees import is_folder, open_folder, remove_contents

_MAX_DEPTH = 64  # folders in folders; keeps recursion and open descriptors bounded
_COPY = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Refused(Exception):
    """The tree may not leave: `end` says how the run ends, the text what is wrong and where."""

    def __init__(self, end: End, text: str) -> None:
        self.end = end
        super().__init__(text)


@dataclass(frozen=True)
class Selection:
    """Which paths of a tree are wanted: those in `collect` and all below them."""

    wanted: frozenset[str]
    above: frozenset[str]  # folders that lead to a wanted path

    @classmethod
    def of(cls, collect: Iterable[str]) -> "Selection":
        """The selection of these paths. Raises: ValueError for one that leaves the tree."""
        wanted = frozenset(checked_path(path) for path in collect)
        return cls(wanted, frozenset(part for path in wanted for part in _above(path)))

    def holds(self, path: str) -> bool:
        """True for a wanted path and for what lies below one."""
        return path in self.wanted or any(part in self.wanted for part in _above(path))


def _above(path: str) -> list[str]:
    """The folders that a path lies in: `a/b/c` → `a`, `a/b`."""
    return [path[:at] for at, letter in enumerate(path) if letter == "/"]


def check_tree(folder: Path, selection: Selection, *, most_bytes: int, most_files: int) -> None:
    """Check all below `folder`: kinds of files everywhere, names where they are wanted.

    Raises: Refused with UNSAFE_OUTPUT, or with OUTPUT_LIMIT for more files (folders count) or
    bytes than allowed.
    """
    total = 0
    seen: set[str] = set()
    with open_folder(folder) as root:
        for count, (path, info) in enumerate(_walk(root), start=1):
            _check_kind(path, info)
            if selection.holds(path):
                _check_name(path, seen)
            total += 0 if stat.S_ISDIR(info.st_mode) else info.st_size
            if count > most_files:
                raise Refused(End.OUTPUT_LIMIT, f"More than {most_files} files were written.")
            if total > most_bytes:
                raise Refused(End.OUTPUT_LIMIT, f"More than {most_bytes} bytes were written.")


def _walk(folder: int, above: str = "", depth: int = 1) -> Iterator[tuple[str, os.stat_result]]:
    """Yield (path, lstat) of everything below an open folder, each folder before its contents."""
    if depth > _MAX_DEPTH:
        raise Refused(End.UNSAFE_OUTPUT, f"{above!a}: more than {_MAX_DEPTH} folders deep.")
    with os.scandir(folder) as items:
        for item in items:
            info = os.stat(item.name, dir_fd=folder, follow_symlinks=False)
            path = above + item.name
            yield path, info
            if stat.S_ISDIR(info.st_mode):
                try:
                    with open_folder(item.name, within=folder) as inner:
                        yield from _walk(inner, f"{path}/", depth + 1)
                except PermissionError as error:
                    text = f"{path!a} is a folder without read permission."
                    raise Refused(End.UNSAFE_OUTPUT, text) from error


def _check_kind(path: str, info: os.stat_result) -> None:
    if stat.S_ISDIR(info.st_mode):
        return
    if not stat.S_ISREG(info.st_mode):
        text = f"{path!a} is neither a file nor a folder (links are not taken either)."
        raise Refused(End.UNSAFE_OUTPUT, text)
    if info.st_nlink != 1:
        raise Refused(End.UNSAFE_OUTPUT, f"{path!a} has a second name (a hard link).")


def _check_name(path: str, seen: set[str]) -> None:
    try:
        checked_path(path)
    except ValueError as error:
        raise Refused(End.UNSAFE_OUTPUT, str(error)) from error
    if path.casefold() in seen:
        text = f"{path!a} and another name differ only in upper and lower case."
        raise Refused(End.UNSAFE_OUTPUT, text)
    seen.add(path.casefold())


def read_file(folder: Path, name: str, most_bytes: int) -> bytes:
    """Return the first bytes of a file at the top of a checked tree; nothing when it is not there.

    Raises: Refused when it is no longer what it was checked to be.
    """
    with open_folder(folder) as root:
        try:
            found = os.stat(name, dir_fd=root, follow_symlinks=False)
        except FileNotFoundError:
            return b""
        _check_kind(name, found)
        if stat.S_ISDIR(found.st_mode):
            return b""
        os.chmod(name, 0o600, dir_fd=root)  # its writer, who is dead, may have closed it
        descriptor = os.open(name, _READ, dir_fd=root)
        with os.fdopen(descriptor, "rb") as file:
            _check_kind(name, os.fstat(descriptor))
            return file.read(most_bytes)


def copy_tree(source: Path, target: Path, selection: Selection) -> None:
    """Copy what is wanted from a checked tree to an empty folder.

    Raises: Refused when a file is no longer what it was checked to be.
    """
    with open_folder(source) as old, open_folder(target) as new:
        _copy_folder("", old, new, selection)


def _copy_folder(above: str, old: int, new: int, selection: Selection) -> None:
    for name in os.listdir(old):
        path = above + name
        if is_folder(name, within=old):
            if path in selection.above or selection.holds(path):
                os.mkdir(name, 0o755, dir_fd=new)
                with open_folder(name, within=old) as inner, open_folder(name, within=new) as copy:
                    _copy_folder(f"{path}/", inner, copy, selection)
        elif selection.holds(path):
            _copy_file(
                path, os.open(name, _READ, dir_fd=old), os.open(name, _COPY, 0o644, dir_fd=new)
            )


def _copy_file(path: str, source: int, target: int) -> None:
    """Copy between two open files and close them."""
    with os.fdopen(source, "rb") as reader, os.fdopen(target, "wb") as writer:
        _check_kind(path, os.fstat(source))
        shutil.copyfileobj(reader, writer)


def keep_in_place(folder: Path, selection: Selection) -> None:
    """Remove what is not wanted from a checked tree and give the rest to the calling user."""
    with open_folder(folder) as root:
        _keep_in_folder("", root, selection)


def _keep_in_folder(above: str, folder: int, selection: Selection) -> None:
    for name in os.listdir(folder):
        path = above + name
        if not is_folder(name, within=folder):
            if selection.holds(path):
                _take_over(name, folder, 0o644)
            else:
                os.unlink(name, dir_fd=folder)
            continue
        wanted = path in selection.above or selection.holds(path)
        with open_folder(name, within=folder) as inner:
            if wanted:
                _keep_in_folder(f"{path}/", inner, selection)
            else:
                remove_contents(inner)
        if wanted:
            _take_over(name, folder, 0o755)
        else:
            os.rmdir(name, dir_fd=folder)


def _take_over(name: str, folder: int, mode: int) -> None:
    os.chown(name, os.geteuid(), os.getegid(), dir_fd=folder, follow_symlinks=False)
    os.chmod(name, mode, dir_fd=folder)  # no link: checked, and its writer is dead
