"""Bytes named by their SHA-256, stored once."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self
from urllib.parse import unquote, urlsplit

from evaluator.errors import InputUnavailable

COPY_BYTES = 1024**2


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
        # Sandboxes read blobs under other uids; the store's own folder keeps people out.
        self._path.chmod(0o444)
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
    """Blobs as read-only files below a folder, two letters a level."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.temporary = self.root / "incoming"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)

    @property
    def uri(self) -> str:
        """Where hosts find the store: a `file:` address."""
        return self.root.as_uri()

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
        """Take over a finished temporary file under its digest."""
        final = self._path(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        path.replace(final)
        _sync_folder(final.parent)

    def contains(self, digest: str) -> bool:
        """True when the blob is there."""
        return self._path(digest).is_file()

    def open(self, digest: str) -> BinaryIO:
        """Return the blob for reading. Raises: InputUnavailable."""
        return self.local_path(digest).open("rb")

    def local_path(self, digest: str) -> Path:
        """Return the blob's own file. Raises: InputUnavailable."""
        path = self._path(digest)
        if not path.is_file():
            raise InputUnavailable(f"Blob {digest[:12]} is not in {self.uri}.")
        return path

    def _path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest[2:4] / digest


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
