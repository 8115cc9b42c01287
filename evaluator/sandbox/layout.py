"""What a sandboxed command finds in its file system, whatever puts it there."""

from dataclasses import dataclass
from pathlib import Path

OUTPUT = "/agon/output"
TEMPORARY = "/tmp"  # noqa: S108  # inside the sandbox
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # likewise
SHARED_MEMORY_BYTES = 64 * 1024**2  # Docker's default; locks of multiprocessing live there
_BYTES_PER_INODE = 16 * 1024


@dataclass(frozen=True)
class Shown:
    """A host file or folder seen at `target`.

    `follow_links`: whether symbolic links in it work; a Python environment needs them, an input
    never does. `hide`: keep the host path out of the mount table that the command can read.
    """

    source: Path
    target: str
    writable: bool = False
    follow_links: bool = True
    hide: bool = True


@dataclass(frozen=True)
class Scratch:
    """A memory file system at `target`, empty at the start and gone at the end."""

    target: str
    size_bytes: int

    @property
    def files(self) -> int:
        """How many files it takes: without a limit, empty files alone would fill the memory."""
        return max(4096, self.size_bytes // _BYTES_PER_INODE)


@dataclass(frozen=True)
class Layout:
    """All of it; `links` are symbolic links as (where, what they say)."""

    shown: tuple[Shown, ...]
    scratch: tuple[Scratch, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def scratch_places(temporary_bytes: int) -> tuple[Scratch, ...]:
    """The memory file systems of every run."""
    return Scratch(TEMPORARY, temporary_bytes), Scratch(SHARED_MEMORY, SHARED_MEMORY_BYTES)
