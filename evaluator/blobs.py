"""Bytes named by their SHA-256, stored once."""

import ctypes
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self
from urllib.parse import unquote, urlsplit

from evaluator.errors import InputUnavailable

COPY_BYTES = 1024**2
# Sandboxes read blobs under other uids; the store's own folder keeps people out.
BLOB_MODE = 0o444
_BLOB = re.compile(r"[0-9a-f]{64}")
_LETTERS = re.compile(r"[0-9a-f]{2}")
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class StoredBlob:
    """One blob as it lies in the store."""

    digest: str
    size: int
    stored_at: float  # seconds since 1970, by the clock of the store's file system


class BlobWriter:
    """Takes bytes, hashes them while they pass, and names the file by its digest at the end.

    Left without `commit`, nothing stays behind.
    """

    def __init__(self, store: "LocalBlobs") -> None:
        self._store = store
        self._path = store.temporary / secrets.token_hex(16)
        self._hash = hashlib.sha256()
        self._file = self._path.open("xb")
        self.size_bytes = 0

    def write(self, chunk: bytes) -> None:
        """Append bytes. Raises: OSError when the disk is full."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size_bytes += len(chunk)

    def commit(self) -> str:
        """Make the blob durable and return its digest."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        digest = self._hash.hexdigest()
        self._path.chmod(BLOB_MODE)
        self._store.adopt(self._path, digest)
        return digest

    def discard(self) -> None:
        """Forget what was written; without effect after `commit`."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()


class BlobStore(Protocol):
    """What every store of blobs can do."""

    @property
    def uri(self) -> str:
        """Where hosts find the store."""

    def writer(self) -> BlobWriter:
        """Return a writer for one new blob."""

    def contains(self, digest: str) -> bool:
        """True when the blob is there."""

    def open(self, digest: str) -> BinaryIO:
        """Return the blob for reading. Raises: InputUnavailable."""

    def local_path(self, digest: str) -> Path:
        """Return a local file with the blob's bytes. Raises: InputUnavailable."""


class LocalBlobs:
    """Blobs as read-only files below a folder, in 256 folders by the first two letters.

    Stores of the first release have a second level of folders: blobs there are found, too. Making
    one of 65,536 folders for nearly each of an upload's files took a quarter of the time.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._folder = str(self.root)
        self.temporary = self.root / "incoming"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)

    @property
    def uri(self) -> str:
        """Where hosts find the store: a `file:` address."""
        return self.root.as_uri()

    @property
    def partials(self) -> Path:
        """Where blobs lie of which only a part has come; need not be there."""
        return self.temporary / "partial"

    def writer(self) -> BlobWriter:
        """Return a writer for one new blob."""
        return BlobWriter(self)

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Store bytes and return their digest and number."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
            return writer.commit(), writer.size_bytes

    def put_file(self, path: Path) -> tuple[str, int]:
        """Store a file's bytes and return their digest and number."""
        with path.open("rb") as file:
            return self.put(iter(lambda: file.read(COPY_BYTES), b""))

    def adopt(self, path: Path, digest: str) -> None:
        """Take over a finished temporary file under its digest, durably."""
        self.rename(path, digest)
        _sync_folder(self._path(digest).parent)

    def rename(self, path: Path | str, digest: str) -> None:
        """Take over a finished temporary file under its digest; it is durable after a sync.

        A blob that is there already is replaced: it gets the age of the new one, so that it is not
        collected before whoever stored it has noted it.
        """
        final = f"{self._folder}/{digest[:2]}/{digest}"
        with self._locked(fcntl.LOCK_SH):
            try:
                os.replace(path, final)  # noqa: PTH105 - a Path for each of thousands takes longer
            except FileNotFoundError:
                self._path(digest).parent.mkdir(exist_ok=True)
                os.replace(path, final)  # noqa: PTH105

    def sync(self) -> None:
        """Make durable all that was renamed: one sync for many blobs. Raises: OSError."""
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            if _libc.syncfs(descriptor) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        finally:
            os.close(descriptor)

    def contains(self, digest: str) -> bool:
        """True when the blob is there."""
        return self.size_of(digest) is not None

    def size_of(self, digest: str) -> int | None:
        """Return a blob's size in bytes; None when it is not there."""
        for path in self._names(digest):
            try:
                return os.stat(path).st_size  # noqa: PTH116 - thousands are asked for
            except FileNotFoundError:
                continue
        return None

    def open(self, digest: str) -> BinaryIO:
        """Return the blob for reading. Raises: InputUnavailable."""
        return self.local_path(digest).open("rb")

    def local_path(self, digest: str) -> Path:
        """Return the blob's own file. Raises: InputUnavailable."""
        for path in self._paths(digest):
            if path.is_file():
                return path
        raise InputUnavailable(f"Blob {digest[:12]} is not in {self.uri}.")

    def walk(self) -> Iterator[StoredBlob]:
        """Yield every blob, folder by folder; what comes or goes meanwhile may be left out."""
        with os.scandir(self.root) as entries:
            folders = [entry.path for entry in entries if _LETTERS.fullmatch(entry.name)]
        for folder in sorted(folders):
            yield from _blobs_in(folder)

    def remove(self, digests: Iterable[str], *, stored_before: float) -> int:
        """Forget blobs that are as old as that; return how many bytes that freed.

        Call within `exclusive`, which keeps the same blob from being stored anew meanwhile.
        """
        freed = 0
        for path in (path for digest in digests for path in self._paths(digest)):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            if status.st_mtime < stored_before:
                path.unlink()
                freed += status.st_size
        return freed

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep every process from taking blobs in; for moments only."""
        with self._locked(fcntl.LOCK_EX):
            yield

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        # The lock is on a folder: a file of its own would be one more thing in the store.
        descriptor = os.open(self.temporary, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, kind)
            yield
        finally:
            os.close(descriptor)

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest

    def _paths(self, digest: str) -> Iterator[Path]:
        return map(Path, self._names(digest))

    def _names(self, digest: str) -> tuple[str, str]:
        """Return where a blob lies, and where the first release would have put it."""
        folder = f"{self._folder}/{digest[:2]}"
        return f"{folder}/{digest}", f"{folder}/{digest[2:4]}/{digest}"


def open_store(uri: str) -> LocalBlobs:
    """Return the store at a `file:` address.

    Raises: InputUnavailable for any other kind of address.
    """
    parts = urlsplit(uri)
    if parts.scheme != "file":
        raise InputUnavailable(f"Blob stores are file: addresses; found {parts.scheme}:")
    return LocalBlobs(Path(unquote(parts.path)))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _blobs_in(folder: str) -> Iterator[StoredBlob]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if _LETTERS.fullmatch(entry.name):
                yield from _blobs_in(entry.path)
            elif _BLOB.fullmatch(entry.name):
                try:
                    status = entry.stat()
                except FileNotFoundError:  # collected, or replaced just now
                    continue
                yield StoredBlob(entry.name, status.st_size, status.st_mtime)
