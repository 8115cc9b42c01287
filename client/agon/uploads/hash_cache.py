"""Digests of files that were hashed before and have not been written to since."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from agon.config import cache_folder
from agon.uploads.digests import BYTES, Digests
from agon.uploads.walking import LocalFile, LocalTree, order_of

# Some file systems note times to 2 s only: a file may be written again without showing it.
YOUNG_SECONDS = 2.0
_SUFFIX = ".hashes"
_KEPT_DAYS = 60


class HashCache:
    """The digests of one upload's files, in a file of their own; losing it costs only time."""

    def __init__(
        self,
        tree: LocalTree,
        folder: Path | None = None,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tree = tree
        self._now = now
        key = f"{tree.base}\0{tree.name}".encode("utf-8", "surrogateescape")
        name = hashlib.sha256(key).hexdigest()[:32]
        self.path = (folder or cache_folder()) / f"{name}{_SUFFIX}"

    def load(self, digests: Digests) -> list[int]:
        """Fill in the digests that are known; return the numbers of the files without one.

        Both sides are in one order and are read side by side, so that little is held in memory.
        """
        unknown: list[int] = []
        known = self._entries()
        entry = next(known, None)
        for number, file in enumerate(self._tree.files):
            while entry is not None and order_of(entry[0]) < order_of(file.path):
                entry = next(known, None)
            if entry is not None and entry[:2] == (file.path, _state(file)):
                digests[number] = entry[2]
            else:
                unknown.append(number)
        return unknown

    def store(self, digests: Digests) -> None:
        """Write down all digests but those of files that were written to a moment ago."""
        young = int((self._now() - YOUNG_SECONDS) * 1e9)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):  # a full disk: then it is hashed again next time
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8", newline="\n") as out:
                out.writelines(
                    f"{digests[number].hex()} {_state(file)} {file.path}\n"
                    for number, file in enumerate(self._tree.files)
                    if file.touched_ns < young and "\n" not in file.path
                )
            fresh.replace(self.path)
            self._forget_old()

    def drop(self) -> None:
        """Forget everything: something here is not what it was."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield path, state and digest of each file that is known; a damaged line ends it."""
        with (
            suppress(OSError, ValueError),
            self.path.open(encoding="utf-8", newline="\n") as lines,
        ):
            for line in lines:
                digest, state, path = line.rstrip("\n").split(" ", 2)
                if len(digest) == 2 * BYTES:
                    yield path, state, bytes.fromhex(digest)

    def _forget_old(self) -> None:
        limit = self._now() - _KEPT_DAYS * 86_400
        for path in self.path.parent.glob(f"*{_SUFFIX}"):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)


def _state(file: LocalFile) -> str:
    return f"{file.size:x}-{file.stamp.hex()}"
