"""What processes and folders take, read from /proc and the file system where no group counts."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_MAX_DEPTH = 64  # as at the gate
_BLOCK_BYTES = 512  # unit of st_blocks, stat(2)
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_INODE_BYTES = 1024  # about what an empty file in a memory file system costs the kernel


@dataclass(frozen=True)
class Size:
    """How much is below a folder; folders count as files."""

    total_bytes: int
    files: int


def size_on_disk(folder: Path) -> Size | None:
    """Return what a folder that is being written takes on disk; None when that cannot be seen.

    A folder too deep or closed to us would hide any amount of data.
    """
    total = files = 0
    waiting = [(str(folder), 1)]
    while waiting:
        path, depth = waiting.pop()
        try:
            with os.scandir(path) as items:
                for item in items:
                    total += _disk_bytes(item)
                    files += 1
                    if item.is_dir(follow_symlinks=False):
                        waiting.append((item.path, depth + 1))
        except (FileNotFoundError, NotADirectoryError):
            continue  # gone since its parent was read
        except OSError:
            return None  # closed to us, or its path is longer than the kernel takes
        if depth > _MAX_DEPTH:
            return None
    return Size(total, files)


def _disk_bytes(item: "os.DirEntry[str]") -> int:
    try:
        return item.stat(follow_symlinks=False).st_blocks * _BLOCK_BYTES
    except FileNotFoundError:
        return 0


@dataclass(frozen=True)
class Tree:
    """A process and all its descendants at one moment."""

    processes: frozenset[int]
    threads: int
    memory_bytes: int


@dataclass(frozen=True)
class _Process:
    parent: int
    threads: int


def process_tree(root: int) -> Tree:
    """Return the tree of processes below `root`; memory that they share is counted once."""
    alive = dict(_processes())
    found = {root} & alive.keys()
    children = found
    while children:
        children = {pid for pid, process in alive.items() if process.parent in children} - found
        found |= children
    threads = sum(alive[pid].threads for pid in found)
    return Tree(frozenset(found), threads, sum(_memory_bytes(pid) for pid in found))


def parent_of(pid: int) -> int | None:
    """Return the parent of a process, None when it has ended."""
    process = _process(pid)
    return None if process is None else process.parent


def _processes() -> Iterator[tuple[int, _Process]]:
    for folder in Path("/proc").glob("[0-9]*"):
        process = _process(int(folder.name))
        if process is not None:
            yield int(folder.name), process


def _process(pid: int) -> _Process | None:
    """Source: proc_pid_stat(5); the name in brackets may hold anything, brackets too."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return _Process(parent=int(fields[1]), threads=int(fields[17]))


def _memory_bytes(pid: int) -> int:
    """Proportional share of memory; resident memory where the kernel does not tell the share."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in text.splitlines() if "Pss:" in line)
    except (OSError, StopIteration):
        return _resident_bytes(pid)


def _resident_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0


def scratch_bytes(pid: int, places: Mapping[str, int]) -> int:
    """Return what memory file systems hold, as the process `pid` sees them.

    `places` gives the size in bytes that each was made with, by its path.
    """
    total = 0
    for target, size_bytes in places.items():
        try:
            used = os.statvfs(f"/proc/{pid}/root{target}")
        except OSError:
            continue  # the process ended, or is not ours to look into
        if used.f_blocks * used.f_frsize > size_bytes + _PAGE_BYTES:
            continue  # not mounted yet: that is the host's disk
        total += (used.f_blocks - used.f_bfree) * used.f_frsize
        total += (used.f_files - used.f_ffree) * _INODE_BYTES
    return total


def available_bytes() -> int:
    """Return how much memory the whole host could still give out. Source: proc_meminfo(5)."""
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    rows = dict(line.split(":", 1) for line in text.splitlines())
    return int(rows["MemAvailable"].split()[0]) * 1024


def storage_bytes(pid: int) -> tuple[int, int]:
    """Return (read, written) bytes of storage of a process and of its children that ended.

    (0, 0) where the kernel does not let us see them. Source: proc_pid_io(5).
    """
    try:
        lines = Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0, 0
    rows = dict(line.split(": ") for line in lines)
    return int(rows.get("read_bytes", 0)), int(rows.get("write_bytes", 0))


def tasks_of_user(uid: int) -> int:
    """Number of threads that a user has on this host."""
    return sum(process.threads for pid, process in _processes() if _owner(pid) == uid)


def _owner(pid: int) -> int | None:
    try:
        return Path("/proc", str(pid)).stat().st_uid
    except OSError:
        return None
