"""Which files an upload has, and under which paths the site will know them."""

import os
import re
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from agon.errors import UploadUnfit

MAX_FILES = 200_000  # as the site takes
MAX_PATH_BYTES = 1024  # the same
_FORBIDDEN = r'\x00-\x1f\x7f\\:*?"<>|'
_PLAIN = re.compile(rf"[^{_FORBIDDEN}\x80-\U0010ffff]{{1,{MAX_PATH_BYTES}}}")
_ODD = re.compile(f"[{_FORBIDDEN}]")
_STORE_MARKS = ("zarr.json", ".zgroup", ".zarray")
# What macOS and Windows add by themselves.
_RUBBISH = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


# Of a file: modified and changed at (both in ns), inode.
_STAMP = struct.Struct("<QQQ")
_MASK = 2**64 - 1  # times before 1970


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file to send: its path in the upload, its size, and what changes when it is written to."""

    path: str
    size: int
    stamp: bytes

    @property
    def touched_ns(self) -> int:
        """When it was last written to or changed, in ns since 1970."""
        times: tuple[int, ...] = _STAMP.unpack(self.stamp)
        return max(times[:2])


@dataclass(frozen=True)
class LocalTree:
    """The files of an upload in the order of their paths, folder by folder.

    There can be 200,000, so each holds as little as possible: a file lies at `base` followed by
    its path, unless `elsewhere` says otherwise.
    """

    name: str
    base: str
    files: list[LocalFile]
    elsewhere: dict[str, str]

    def place(self, file: LocalFile) -> str:
        """Return where a file lies."""
        return self.elsewhere.get(file.path) or self.base + file.path

    @property
    def size(self) -> int:
        """Sum of the sizes in bytes."""
        return sum(file.size for file in self.files)


def order_of(path: str) -> str:
    """Return what paths are sorted by: a folder's files stay together."""
    return path.replace("/", "\0")


def find_files(path: Path, *, limit: int = MAX_FILES) -> LocalTree:
    """Return the files at `path`: the file itself, or all below the folder.

    A Zarr store keeps its own name as first part of each path. Links are followed.
    Raises: UploadUnfit, also for more than `limit` files.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    name = _normal(whole.name) or "upload"
    try:
        status = whole.stat()
    except OSError as error:
        raise UploadUnfit(f"{_shown(path)} cannot be read: {error.strerror}.") from error
    is_folder = stat.S_ISDIR(status.st_mode)
    is_named = not is_folder or is_store(whole)
    walk = _Walk(f"{whole.parent if is_named else whole}".rstrip(os.sep) + os.sep, limit)
    if is_folder:
        walk.enter(str(whole), f"{name}/" if is_named else "", frozenset())
    else:
        walk.add(_Entry(str(whole), name, status))
    if not walk.files:
        raise UploadUnfit(f"{_shown(path)} holds no files.")
    return LocalTree(name, walk.base, walk.files, walk.elsewhere)


def is_store(path: Path) -> bool:
    """Return whether a folder is a Zarr store, by its name or its files."""
    return path.name.lower().endswith(".zarr") or any((path / m).is_file() for m in _STORE_MARKS)


@dataclass(frozen=True, slots=True)
class _Entry:
    place: str
    path: str
    status: os.stat_result


class _Walk:
    """Collects the files below a folder."""

    def __init__(self, base: str, limit: int) -> None:
        self.base = base
        self._limit = limit
        self.files: list[LocalFile] = []
        self.elsewhere: dict[str, str] = {}

    def enter(self, folder: str, prefix: str, above: frozenset[tuple[int, int]]) -> None:
        """Add the files below a folder; `above` are the folders that lead here, as links can."""
        try:
            status = os.stat(folder)  # noqa: PTH116 - a path object for each of 200,000 is slow
            identity = status.st_dev, status.st_ino
            if identity in above:
                raise UploadUnfit(
                    f"{_shown(folder)} leads back to a folder above it.", hint="Remove the link."
                )
            with os.scandir(folder) as found:
                named = [(_normal(entry.name), entry) for entry in found]
            for name, entry in sorted(named, key=lambda pair: pair[0]):
                if name in _RUBBISH:
                    continue
                if entry.is_dir():
                    self.enter(entry.path, f"{prefix}{name}/", above | {identity})
                else:
                    self.add(_Entry(entry.path, prefix + name, entry.stat()))
        except OSError as error:
            where = _shown(error.filename or folder)
            raise UploadUnfit(f"{where} cannot be read: {error.strerror}.") from error

    def add(self, entry: _Entry) -> None:
        """Add one file. Raises: UploadUnfit."""
        status, path = entry.status, _checked_path(entry.path)
        if not stat.S_ISREG(status.st_mode):
            raise UploadUnfit(f"{_shown(entry.place)} is no plain file.", hint="Move it away.")
        if len(self.files) == self._limit:
            raise UploadUnfit(
                f"There are more than {self._limit:,} files below {_shown(self.base)}; one upload "
                "may not have more.",
                hint="Use larger chunks or shards, or send one archive.",
            )
        if entry.place != self.base + path:
            self.elsewhere[path] = entry.place
        times = status.st_mtime_ns & _MASK, status.st_ctime_ns & _MASK
        stamp = _STAMP.pack(*times, status.st_ino & _MASK)
        self.files.append(LocalFile(path, status.st_size, stamp))


def _checked_path(path: str) -> str:
    """Return a path that every site takes: told here, before anything is read or sent.

    Raises: UploadUnfit.
    """
    if _PLAIN.fullmatch(path):  # nearly all of them, and there can be 200,000
        return path
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in path):
        raise UploadUnfit(f"The name {_shown(path)} is not UTF-8.", hint="Rename the file.")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise UploadUnfit(
            f"The path {_shown(path[:80])}… has more than {MAX_PATH_BYTES} bytes.",
            hint="Use shorter names.",
        )
    if _ODD.search(path):
        raise UploadUnfit(
            f'The name {_shown(path)} holds a control character or one of \\ : * ? " < > |.',
            hint="Rename the file.",
        )
    return path


def _normal(name: str) -> str:
    """Return a name in the Unicode form that sites take."""
    return name if name.isascii() else normalize("NFC", name)


def _shown(path: object) -> str:
    return ascii(path) if not str(path).isprintable() else f"'{path}'"
