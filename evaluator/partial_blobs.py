"""A large blob that comes in parts, in order: what has come survives the end of any process."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evaluator.blob_batches import DigestDiffers, write_all
from evaluator.blobs import BLOB_MODE, LocalBlobs
from evaluator.errors import EvaluatorError


class OffsetDiffers(EvaluatorError):
    """A part does not begin where the blob's bytes end so far."""

    code = "offset-differs"

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        super().__init__(f"{size_bytes} bytes are here; go on from there.")


class PartialBlob:
    """The beginning of one owner's blob; several may append at once, and one of them gets through.

    The file is locked for each piece, not for a request: one that hangs holds nobody up.
    """

    def __init__(self, store: LocalBlobs, owner: str, digest: str) -> None:
        self._store = store
        self._digest = digest
        self._path = store.partials / owner / digest

    @property
    def size_bytes(self) -> int:
        """How many bytes are here."""
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, offset: int, piece: memoryview) -> None:
        """Add bytes behind the first `offset`.

        Raises: OffsetDiffers; OSError when the disk is full, with nothing of the piece kept.
        """
        with self._opened(offset) as descriptor:
            try:
                write_all(descriptor, piece)
            except OSError:
                os.ftruncate(descriptor, offset)
                raise

    def finish(self, size_bytes: int) -> None:
        """Verify all bytes and make them a durable blob.

        Raises: OffsetDiffers; DigestDiffers, and what was here is forgotten.
        """
        with self._opened(size_bytes) as descriptor:
            found = _digest_of(descriptor)
            if found != self._digest:
                self._path.unlink()
                raise DigestDiffers(self._digest, found)
            os.fchmod(descriptor, BLOB_MODE)
            os.utime(descriptor)  # a young blob is not collected before it is noted
            os.fsync(descriptor)
            self._store.adopt(self._path, self._digest)

    def discard(self) -> None:
        """Forget what is here."""
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _opened(self, offset: int) -> Iterator[int]:
        """Lock the file, for writing at its end, which is at `offset`."""
        descriptor = self._open(is_new=offset == 0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            status = os.fstat(descriptor)
            # Somebody may have finished it since: its file is a blob now, which nothing changes.
            if not self._is_here(status.st_ino):
                raise OffsetDiffers(self.size_bytes)
            if status.st_size != offset:
                raise OffsetDiffers(status.st_size)
            os.lseek(descriptor, 0, os.SEEK_END)
            yield descriptor
        finally:
            os.close(descriptor)

    def _open(self, *, is_new: bool) -> int:
        flags = os.O_RDWR | (os.O_CREAT if is_new else 0)
        try:
            return os.open(self._path, flags, 0o600)
        except FileNotFoundError as error:
            if not is_new:
                raise OffsetDiffers(0) from error
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, flags, 0o600)

    def _is_here(self, inode: int) -> bool:
        try:
            return self._path.stat().st_ino == inode
        except FileNotFoundError:
            return False


def sizes_of(store: LocalBlobs, owner: str) -> dict[str, int]:
    """Return how many bytes are here of each of an owner's unfinished blobs."""
    return {path.name: size for path, size, _ in _files(store.partials / owner)}


def remove_old(store: LocalBlobs, *, touched_before: float) -> int:
    """Forget what nobody has added to since; return how many bytes that freed."""
    freed = 0
    for owner in store.partials.glob("*"):
        for path, size, touched_at in _files(owner):
            if touched_at < touched_before:
                path.unlink(missing_ok=True)
                freed += size
    return freed


def _files(folder: Path) -> Iterator[tuple[Path, int, float]]:
    """Yield path, size in bytes and time of change of each file; those that go are left out."""
    for path in folder.glob("*"):
        try:
            status = path.stat()
        except FileNotFoundError:  # finished just now
            continue
        yield path, status.st_size, status.st_mtime


def _digest_of(descriptor: int) -> str:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()
