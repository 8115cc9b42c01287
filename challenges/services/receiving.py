"""Takes in the bytes of an upload: packs of small blobs, and large blobs in parts."""

import errno
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from django.db import OperationalError

from challenges.blobs import site_blobs
from challenges.models import TeamBlob, Upload
from challenges.services.uploads import postpone_expiry, received
from challenges.upload_errors import BlobMismatch, OffsetMismatch, StorageFull
from evaluator.blob_batches import BlobBatch, DigestDiffers
from evaluator.partial_blobs import OffsetDiffers, PartialBlob, sizes_of

logger = logging.getLogger(__name__)

# What of a pack is not noted when the site is killed must come again. Noting takes a sync and a
# transaction: some hundredths of a second.
BATCH_BYTES = 8 * 1024**2
BATCH_BLOBS = 2048
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class Receiver:
    """Keeps whole blobs of an upload as they come; leaving it notes them, however it is left."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._index = upload.blobs
        self._batch = BlobBatch(site_blobs())
        self._unnoted: dict[str, int] = {}  # digests and sizes
        self._unnoted_bytes = 0
        self.blobs = 0
        self.size_bytes = 0

    def keep(self, digest: bytes, size: int, pieces: Iterable[memoryview]) -> None:
        """Store one blob. Raises: BlobMismatch, StorageFull; nothing of it is left then."""
        _check_size(self._index.size_of(digest), digest.hex(), size)
        with _border(digest.hex()):
            self._batch.put(digest.hex(), pieces)
        self._unnoted[digest.hex()] = size
        self._unnoted_bytes += size
        self.blobs += 1
        self.size_bytes += size
        if self._unnoted_bytes >= BATCH_BYTES or len(self._unnoted) >= BATCH_BLOBS:
            self._note()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._unnoted:
            self._note()

    def _note(self) -> None:
        sizes, self._unnoted, self._unnoted_bytes = self._unnoted, {}, 0
        with _border():
            self._batch.sync()
            received(upload=self._upload, sizes=sizes)
            _forget_beginnings(str(self._upload.team_id), sizes)


def take_part(
    *, upload: Upload, sha256: str, offset: int, length: int, pieces: Iterable[memoryview]
) -> int:
    """Store `length` bytes of one blob behind its first `offset`; return how many are here then.

    What has come before a connection breaks off is kept. The last part makes the blob whole: it
    is verified, which reads all of it once more.

    Raises: BlobMismatch, OffsetMismatch, StorageFull.
    """
    size = upload.blobs.size_of(bytes.fromhex(sha256))
    _check_size(size, sha256, max(offset + length, size or 0))
    if TeamBlob.objects.filter(team=upload.team_id, sha256=sha256).exists():
        return _go_on(offset, size or 0)
    partial = PartialBlob(site_blobs(), str(upload.team_id), sha256)
    _go_on(offset, partial.size_bytes)
    end = offset
    try:
        with _border(sha256):
            for piece in pieces:
                partial.append(end, piece)
                end += len(piece)
            if end == size:
                partial.finish(end)
    finally:
        postpone_expiry(upload)
    if end == size:
        received(upload=upload, sizes={sha256: end})
    return end


def _forget_beginnings(owner: str, sizes: Mapping[str, int]) -> None:
    """Forget what came in parts of blobs that have come whole."""
    store = site_blobs()
    for digest in sizes_of(store, owner).keys() & sizes.keys():
        PartialBlob(store, owner, digest).discard()


def _check_size(expected: int | None, sha256: str, size: int) -> None:
    if expected is None:
        raise BlobMismatch(sha256, "no file of this upload has it")
    if expected != size:
        raise BlobMismatch(sha256, f"it has {expected} bytes, not {size}")


def _go_on(offset: int, end: int) -> int:
    if offset != end:
        raise OffsetMismatch(end)
    return end


@contextmanager
def _border(sha256: str = "") -> Iterator[None]:
    """Turn trouble of store and database into sentences for whoever sends."""
    try:
        yield
    except DigestDiffers as error:
        raise BlobMismatch(sha256, "its bytes have another digest") from error
    except OffsetDiffers as error:
        raise OffsetMismatch(error.size_bytes) from error
    except (OSError, OperationalError) as error:
        if is_full(error):
            logger.exception("storage.full")
            raise StorageFull from error
        raise


def is_full(error: Exception) -> bool:
    """True when the store's disk, SQLite or PostgreSQL has no room left."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    text = str(error).lower()
    return "disk is full" in text or "no space left" in text
