"""Many blobs at once: each verified, none half there, one sync for all."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from evaluator.blob_batches import BlobBatch, DigestDiffers
from evaluator.blobs import LocalBlobs
from tests.unit.evaluator.disks import FillUp, fill_up

__all__ = ["fill_up"]


@pytest.fixture
def store(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def files(store: LocalBlobs) -> list[Path]:
    """Return all files of the store, finished or not."""
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_blobs_are_there_with_their_bytes(store: LocalBlobs) -> None:
    batch = BlobBatch(store)

    batch.put(digest_of(b"rain"), [memoryview(b"ra"), memoryview(b"in")])
    batch.put(digest_of(b""), [])
    batch.sync()

    assert store.local_path(digest_of(b"rain")).read_bytes() == b"rain"
    assert store.size_of(digest_of(b"")) == 0
    assert len(files(store)) == 2


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_blob_can_be_read_by_any_user_and_written_by_none(store: LocalBlobs, umask: int) -> None:
    before = os.umask(umask)
    try:
        BlobBatch(store).put(digest_of(b"rain"), [memoryview(b"rain")])
    finally:
        os.umask(before)

    assert stat.S_IMODE(store.local_path(digest_of(b"rain")).stat().st_mode) == 0o444


def test_bytes_with_another_digest_are_not_kept(store: LocalBlobs) -> None:
    with pytest.raises(DigestDiffers, match=digest_of(b"snow")):
        BlobBatch(store).put(digest_of(b"rain"), [memoryview(b"snow")])

    assert files(store) == []


def test_what_a_full_disk_cut_off_is_not_kept(store: LocalBlobs, fill_up: FillUp) -> None:
    batch = BlobBatch(store)
    batch.put(digest_of(b"rain"), [memoryview(b"rain")])
    fill_up(2)

    with pytest.raises(OSError, match="No space left"):
        batch.put(digest_of(b"snow"), [memoryview(b"snow")])

    assert files(store) == [store.local_path(digest_of(b"rain"))]


def test_what_broke_off_is_not_kept(store: LocalBlobs) -> None:
    def pieces() -> object:
        yield memoryview(b"ra")
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        BlobBatch(store).put(digest_of(b"rain"), pieces())  # type: ignore[arg-type]  # ends early

    assert files(store) == []


def test_a_store_that_is_gone_cannot_be_synced(store: LocalBlobs) -> None:
    batch = BlobBatch(store)
    store.temporary.rmdir()
    store.root.rmdir()

    with pytest.raises(FileNotFoundError):
        batch.sync()
