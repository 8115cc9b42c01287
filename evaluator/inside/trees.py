"""The files of a submission, by the paths that the challenge knows them by."""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from evaluator.codes import Code
from evaluator.inside.errors import UploadRefused
from evaluator.inside.names import folders_above


@dataclass(frozen=True)
class Tree:
    """Files below `root`; `names` gives those (path to path below `root`) that lie elsewhere."""

    root: Path
    files: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth."""
        found: set[str] = set()
        for path in self.files:
            above = path.rpartition("/")[0]
            if above not in found:
                found.update(folders_above(path))
        return frozenset(found)

    def path(self, name: str) -> Path:
        """Return where the file or folder called `name` lies."""
        return self.root / self.names.get(name, name)


def walk(root: Path) -> Iterable[str]:
    """Yield the path of each file below `root`.

    Raises: UploadRefused for anything that is neither a regular file nor a folder.
    """
    for folder, folders, names in os.walk(root):
        below = Path(folder).relative_to(root)
        for name in names:
            _check_regular(Path(folder, name), (below / name).as_posix())
            yield (below / name).as_posix()
        for name in folders:  # os.walk takes a link to a folder for a folder
            _check_folder(Path(folder, name), (below / name).as_posix())


def _check_regular(path: Path, name: str) -> None:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _unsafe(name)


def _check_folder(path: Path, name: str) -> None:
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise _unsafe(name)


def _unsafe(name: str) -> UploadRefused:
    return UploadRefused(
        Code.ARCHIVE_UNSAFE,
        name[:200],
        f"The upload holds {name[:100]!a}, which is a link or a device; upload plain files only.",
    )
