"""The files of a Zarr store in one ZIP file, read where they lie: nothing is unpacked to disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.zarr.files import Buffer, ChunkCorrupt, too_long
from evaluator.codes import Code
from evaluator.zips.directory import STORED, Entry, read_directory
from evaluator.zips.entries import data_start, plain_pieces
from evaluator.zips.errors import ZipInvalid

MAX_SHARD_BYTES = 128 * 1024**2  # of a deflated one, which is unpacked whole
_KEPT_SHARDS = 2
_METADATA = ("zarr.json", ".zgroup", ".zarray")


@dataclass(frozen=True)
class Archive:
    """The entries of a ZIP file by path; `contents` has the names of what lies in each folder."""

    path: Path
    entries: Mapping[str, Entry]
    contents: Mapping[str, frozenset[str]]

    def root(self, inner: str) -> str:
        """Return the folder where the store begins that holds `inner`.

        That is the top, or the one folder in it which somebody packed the store with.
        """
        if self._is_store("", inner):
            return ""
        found = [name for name in self.contents.get("", ()) if self._is_store(f"{name}/", inner)]
        return found[0] if len(found) == 1 else ""

    def _is_store(self, prefix: str, inner: str) -> bool:
        if inner:
            return prefix + inner in self.contents
        return any(prefix + name in self.entries for name in _METADATA)


def open_archive(path: Path, name: str, inner: str) -> "ZippedFiles":
    """Return the files below `inner` in the store at `path`, which its owner calls `name`.

    Raises: ArrayInvalid when the archive is damaged, or holds a name twice.
    """
    try:
        archive = _archive(path)
    except ZipInvalid as error:
        raise ArrayInvalid(error.code, f"{name}: the archive {error}") from error
    return ZippedFiles(archive, "/".join(part for part in (archive.root(inner), inner) if part))


def holds(path: Path, inner: str) -> bool:
    """True when the store at `path` has the folder `inner`, or is too damaged to tell."""
    try:
        archive = _archive(path)
    except ZipInvalid:
        return True
    root = archive.root(inner)
    return not inner or (f"{root}/{inner}" if root else inner) in archive.contents


def top_names(path: Path) -> frozenset[str]:
    """Return what lies at the top of the store at `path`, nothing when it is damaged."""
    try:
        contents = _archive(path).contents
    except ZipInvalid:
        return frozenset()
    top = contents.get("", frozenset())
    wrappers = [name for name in top if name.lower().endswith(".zarr") and name in contents]
    return contents[wrappers[0]] if len(wrappers) == 1 else top


def _archive(path: Path) -> Archive:
    status = path.stat()
    return _listed(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=8)
def _listed(path: Path, _size: int, _changed: int) -> Archive:
    """Return the archive as it is; a changed one is another."""
    with path.open("rb") as file:
        listed = read_directory(file).entries
    entries = {entry.name: entry for entry in listed if not entry.name.endswith("/")}
    if len(entries) != sum(not entry.name.endswith("/") for entry in listed):
        raise ZipInvalid(Code.ARCHIVE_UNSAFE, "holds a name twice; pack it anew.")
    contents: dict[str, set[str]] = {}
    for name in entries:
        _add(contents, name)
    return Archive(path, entries, {name: frozenset(held) for name, held in contents.items()})


def _add(contents: dict[str, set[str]], name: str) -> None:
    """Add a file, and the folders that nobody has seen yet, to what their folders hold."""
    while name:
        folder, _, last = name.rpartition("/")
        is_known = folder in contents
        contents.setdefault(folder, set()).add(last)
        name = "" if is_known else folder


class ZippedFiles:
    """Files of a ZIP file below one folder."""

    def __init__(self, archive: Archive, root: str) -> None:
        self._archive = archive
        self._root = root
        self._shards: dict[str, Buffer] = {}
        self._lock = Lock()

    def read(self, path: str, max_bytes: int) -> Buffer | None:
        """Return the bytes of an entry, its checksum tested."""
        entry = self._archive.entries.get(self._full(path))
        if entry is None:
            return None
        if entry.plain_bytes > max_bytes:
            raise too_long(max_bytes)
        return self._plain(entry)

    def part(self, path: str, start: int, length: int) -> Buffer:
        """Return a part of an entry: read alone when it is stored, of the whole otherwise."""
        entry = self._archive.entries[self._full(path)]
        if entry.method == STORED and not entry.is_encrypted:
            return self._stored_part(entry, start, length)
        if entry.plain_bytes > MAX_SHARD_BYTES:
            raise ChunkCorrupt(
                f"takes {entry.plain_bytes} bytes and is compressed once more by the archive; pack "
                "shards without compression (zip -0)"
            )
        with self._lock:
            if path not in self._shards:
                while len(self._shards) >= _KEPT_SHARDS:
                    self._shards.pop(next(iter(self._shards)))
                self._shards[path] = self._plain(entry)
            return self._shards[path][start : start + length]

    def size(self, path: str) -> int | None:
        """Return the size of an entry when it is unpacked."""
        entry = self._archive.entries.get(self._full(path))
        return None if entry is None else entry.plain_bytes

    def names(self, folder: str) -> frozenset[str]:
        """Return the names of the entries in `folder`."""
        full = self._full(folder)
        held = self._archive.contents.get(full, frozenset())
        prefix = f"{full}/" if full else ""
        return frozenset(name for name in held if prefix + name in self._archive.entries)

    def folders(self, folder: str) -> frozenset[str]:
        """Return the names of the folders in `folder`."""
        full = self._full(folder)
        held = self._archive.contents.get(full, frozenset())
        prefix = f"{full}/" if full else ""
        return frozenset(name for name in held if prefix + name in self._archive.contents)

    def below(self, folder: str) -> "ZippedFiles":
        """Return the files of a folder in this one."""
        return ZippedFiles(self._archive, self._full(folder))

    def parent(self) -> tuple["ZippedFiles", str] | None:
        """Return the folder above, as far as the archive goes."""
        above, _, name = self._root.rpartition("/")
        return (ZippedFiles(self._archive, above), name) if name else None

    def release(self) -> None:
        """Let go of shards that were unpacked."""
        with self._lock:
            self._shards.clear()

    def _full(self, path: str) -> str:
        return f"{self._root}/{path}" if self._root and path else self._root or path

    def _plain(self, entry: Entry) -> Buffer:
        if entry.is_encrypted:
            raise ChunkCorrupt("is encrypted; pack the archive without a password")
        try:
            with self._archive.path.open("rb", buffering=0) as file:
                pieces = list(plain_pieces(file, entry, data_start(file, entry)))
        except ZipInvalid as error:
            raise ChunkCorrupt("cannot be unpacked from its archive") from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _stored_part(self, entry: Entry, start: int, length: int) -> bytes:
        try:
            with self._archive.path.open("rb", buffering=0) as file:
                if start + length > min(entry.plain_bytes, entry.packed_bytes):
                    raise ChunkCorrupt("lies beyond the end of its shard")
                file.seek(data_start(file, entry) + start)
                found = file.read(length)
        except ZipInvalid as error:
            raise ChunkCorrupt("cannot be read from its archive") from error
        if len(found) != length:
            raise ChunkCorrupt("is cut off")
        return found
