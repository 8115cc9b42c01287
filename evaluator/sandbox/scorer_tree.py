"""The scorer without an image: the host's system files and one Python environment, no secrets."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from evaluator.sandbox.layout import Shown

LIBRARY = "/agon/lib"
_RUNTIME = "/agon/runtime"
_SYSTEM_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = {
    "passwd": b"root:x:0:0:root:/:/usr/sbin/nologin\nagon:x:20000:20000:agon:/tmp:/bin/sh\n",
    "group": b"root:x:0:\nagon:x:20000:\n",
    "nsswitch.conf": b"passwd: files\ngroup: files\nhosts: files\n",
}
_ETC_COPIED = {"ld.so.cache": "/etc/ld.so.cache", "localtime": "/usr/share/zoneinfo/Etc/UTC"}


@dataclass(frozen=True)
class ScorerTree:
    """The read-only part of the file system that every scorer run sees."""

    shown: tuple[Shown, ...]
    links: tuple[tuple[str, str], ...]
    etc: tuple[tuple[str, bytes], ...]
    path: str  # the variable PATH


def find_scorer_tree(prefix: Path = Path(sys.prefix)) -> ScorerTree:
    """Return the tree around a Python environment, by default the running one.

    A virtual environment appears at `/agon/runtime`, its base where it is (links and built-in
    paths name it), our own package at `/agon/lib/evaluator`.
    """
    package = Path(__file__).parents[1]
    shown = [Shown(Path("/usr"), "/usr", hide=False)]
    shown += [Shown(path, str(path), hide=False) for path in _system() if not path.is_symlink()]
    shown += _python(prefix)
    shown.append(Shown(package, f"{LIBRARY}/{package.name}"))
    links = [(str(path), str(path.readlink())) for path in _system() if path.is_symlink()]
    if not _is_virtual(prefix):
        # Many systems name their own Python `python3` only; scoring programs say `python`.
        links.append((f"{_RUNTIME}/bin/python", f"{prefix}/bin/python3"))
    return ScorerTree(tuple(shown), tuple(links), _etc(), f"{_RUNTIME}/bin:/usr/bin:/bin")


def _system() -> list[Path]:
    places = (Path("/", name) for name in _SYSTEM_FOLDERS)
    return [place for place in places if place.exists()]


def _is_virtual(prefix: Path) -> bool:
    return (prefix / "pyvenv.cfg").is_file()


def _python(prefix: Path) -> list[Shown]:
    """The environment and its base, so far as `/usr` does not hold them already."""
    if not _is_virtual(prefix):
        return _outside_usr(prefix, prefix.resolve())
    base = (prefix / "bin" / "python").resolve().parents[1]
    named = Path(_setting(prefix / "pyvenv.cfg", "home")).parent
    shown = [Shown(prefix.resolve(), _RUNTIME)]
    # The links of the environment may go by another name of the base than its real one.
    for place in dict.fromkeys((base, named)):
        shown += _outside_usr(place, base)
    return shown


def _outside_usr(place: Path, base: Path) -> list[Shown]:
    return [] if place.is_relative_to("/usr") else [Shown(base, str(place), hide=place != base)]


def _setting(file: Path, key: str) -> str:
    lines = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    return next(value.strip() for name, _, value in lines if name.strip() == key)


def _etc() -> tuple[tuple[str, bytes], ...]:
    copied = {name: Path(place) for name, place in _ETC_COPIED.items() if Path(place).exists()}
    files = _ETC | {name: place.read_bytes() for name, place in copied.items()}
    return tuple(files.items())


def write_etc(tree: ScorerTree, state: Path) -> Path:
    """Return a folder in `state` with the tree's /etc; runs of other workers may be reading it."""
    folder = state / "etc"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)  # whatever the umask: runs have other user ids
    for name, content in tree.etc:
        file = folder / name
        if not file.exists() or file.read_bytes() != content:
            fresh = folder / f"{name}.{os.getpid()}"
            fresh.write_bytes(content)
            fresh.chmod(0o644)
            fresh.replace(file)
    return folder
