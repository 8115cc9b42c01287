"""Many small blobs taken in at once: each is verified, and one sync makes all of them durable."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from evaluator.blobs import BLOB_MODE, LocalBlobs
from evaluator.errors import EvaluatorError


class DigestDiffers(EvaluatorError):
    """Bytes do not have the digest under which they came; they are not kept."""

    code = "digest-differs"

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(f"The bytes have the SHA-256 {found}, and {wanted} was to come.")


class BlobBatch:
    """Takes blobs of known digest; what is put is there at once, and durable after `sync`.

    A sync for each of thousands of small files would take far longer than writing them.
    """

    def __init__(self, store: LocalBlobs) -> None:
        self._store = store
        self._incoming = str(store.temporary)  # texts, not paths: thousands are made a second

    def put(self, digest: str, pieces: Iterable[memoryview]) -> None:
        """Write one blob and give it its name.

        Raises: DigestDiffers; OSError when the disk is full. Nothing of it is left then.
        """
        path = f"{self._incoming}/{secrets.token_hex(16)}"
        try:
            found = _write(path, pieces)
            _check(digest, found)
            self._store.rename(path, digest)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise

    def sync(self) -> None:
        """Make durable what was put. Raises: OSError."""
        self._store.sync()


def write_all(descriptor: int, piece: memoryview) -> None:
    """Write all of a piece; of a disk that is nearly full, the first part. Raises: OSError."""
    while piece:
        piece = piece[os.write(descriptor, piece) :]


def _write(path: str, pieces: Iterable[memoryview]) -> str:
    """Write a file and return the SHA-256 of its bytes."""
    hashed = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, BLOB_MODE)
    try:
        os.fchmod(descriptor, BLOB_MODE)  # whatever the umask
        for piece in pieces:
            hashed.update(piece)
            write_all(descriptor, piece)
    finally:
        os.close(descriptor)
    return hashed.hexdigest()


def _check(wanted: str, found: str) -> None:
    if found != wanted:
        raise DigestDiffers(wanted, found)
