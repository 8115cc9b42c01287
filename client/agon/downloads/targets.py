"""Where files of the site go on this machine, and whether they are there already."""

import hashlib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath, PureWindowsPath

from agon.errors import AnswerUnknown, FilesDiffer, UsageWrong
from agon.models import FileInfo

BLOCK_BYTES = 1024**2
_SHOWN = 5


@dataclass(frozen=True)
class Target:
    """A file of the site and its place here."""

    file: FileInfo
    place: Path

    @property
    def part(self) -> Path:
        """Where it grows."""
        return self.place.with_name(f"{self.place.name}.part")


def chosen_files(files: tuple[FileInfo, ...], patterns: tuple[str, ...]) -> tuple[FileInfo, ...]:
    """Return the files that fit one of the patterns or lie in a folder of that name; all for none.

    Raises: UsageWrong when a pattern fits nothing.
    """
    for pattern in patterns:
        if not any(_fits(file.path, pattern) for file in files):
            raise UsageWrong(f"No file fits '{pattern}'.", hint="See them with --list.")
    return tuple(f for f in files if not patterns or any(_fits(f.path, p) for p in patterns))


def targets_in(folder: Path, files: tuple[FileInfo, ...]) -> list[Target]:
    """Return where the files go. Raises: AnswerUnknown for a path that leads out of the folder."""
    for file in files:
        path, parts = file.path, PurePosixPath(file.path).parts
        is_outside = not parts or ".." in parts or path.startswith("/")
        if is_outside or PureWindowsPath(path).anchor or "\\" in path or not path.isprintable():
            raise AnswerUnknown(f"The site names a file {path!a}, which is not taken.")
    return [Target(file, folder / file.path) for file in files]


def is_there(target: Target) -> bool:
    """Return whether the very file is here. Raises: UsageWrong when a folder has its name."""
    if target.place.is_dir():
        raise UsageWrong(f"'{target.place}' is a folder, and a file of that name is to come.")
    try:
        same_size = target.place.stat().st_size == target.file.size
    except OSError:
        return False
    return same_size and digest_of(target.place) == target.file.sha256


def check_replaceable(targets: list[Target]) -> None:
    """Let targets pass that are not here: nobody's work is lost. Raises: FilesDiffer."""
    there = [target.file.path for target in targets if target.place.exists()]
    if there:
        shown = ", ".join(there[:_SHOWN]) + (" …" if len(there) > _SHOWN else "")
        raise FilesDiffer(
            f"{len(there)} files here differ from those of the site: {shown}.",
            hint="Take the site's with --overwrite, or another folder with --to.",
        )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(BLOCK_BYTES))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
    return digest.hexdigest()


def _fits(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/")
