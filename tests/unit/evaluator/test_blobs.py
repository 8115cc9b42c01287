"""The store of blobs: found by digest wherever they lie, and removed only when they are old."""

import fcntl
import hashlib
import os
import threading
from pathlib import Path

import pytest

from evaluator.blobs import LocalBlobs
from evaluator.errors import InputUnavailable

RAIN = hashlib.sha256(b"rain").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def in_old_layout(store: LocalBlobs, content: bytes) -> str:
    """Store a blob as the first release did and return its digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = store.root / digest[:2] / digest[2:4] / digest
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return digest


def make_old(store: LocalBlobs, digest: str) -> None:
    """Let a blob have been stored in 1970."""
    os.utime(store.local_path(digest), (1000, 1000))


def test_a_blob_is_found_by_its_digest(store: LocalBlobs) -> None:
    store.put([b"ra", b"in"])

    assert store.contains(RAIN)
    assert store.size_of(RAIN) == 4
    assert store.local_path(RAIN).read_bytes() == b"rain"


def test_a_blob_of_the_first_release_is_found(store: LocalBlobs) -> None:
    digest = in_old_layout(store, b"rain")

    assert store.size_of(digest) == 4
    assert store.local_path(digest).read_bytes() == b"rain"
    assert [blob.digest for blob in store.walk()] == [RAIN]


def test_a_blob_that_is_not_there_has_no_size_and_no_path(store: LocalBlobs) -> None:
    assert store.size_of(RAIN) is None
    assert not store.contains(RAIN)
    with pytest.raises(InputUnavailable, match=RAIN[:12]):
        store.local_path(RAIN)


def test_a_walk_gives_each_blob_with_size_and_age_and_nothing_else(store: LocalBlobs) -> None:
    digests = {store.put([bytes([number])])[0] for number in range(20)}
    with store.writer() as unfinished:
        unfinished.write(b"half")
        (store.root / "ab").mkdir(exist_ok=True)
        (store.root / "ab" / "notes.txt").write_text("mine")

        found = list(store.walk())

    assert {blob.digest for blob in found} == digests
    assert {blob.size for blob in found} == {1}
    assert all(
        abs(blob.stored_at - store.local_path(blob.digest).stat().st_mtime) < 1 for blob in found
    )


@pytest.mark.parametrize("is_first_release", [False, True])
def test_an_old_blob_is_removed_wherever_it_lies(store: LocalBlobs, is_first_release: bool) -> None:
    digest = in_old_layout(store, b"rain") if is_first_release else store.put([b"rain"])[0]
    make_old(store, digest)

    with store.exclusive():
        freed = store.remove([digest], stored_before=2000)

    assert freed == 4
    assert not store.contains(digest)


def test_a_young_blob_and_one_that_is_not_there_are_left_alone(store: LocalBlobs) -> None:
    store.put([b"rain"])

    with store.exclusive():
        freed = store.remove([RAIN, "0" * 64], stored_before=2000)

    assert freed == 0
    assert store.contains(RAIN)


def test_a_blob_that_is_stored_again_is_young_again(store: LocalBlobs) -> None:
    store.put([b"rain"])
    make_old(store, RAIN)
    store.put([b"rain"])

    with store.exclusive():
        store.remove([RAIN], stored_before=2000)

    assert store.local_path(RAIN).read_bytes() == b"rain"


def test_nothing_is_taken_in_while_somebody_removes(store: LocalBlobs) -> None:
    stored = threading.Event()

    def put() -> None:
        store.put([b"rain"])
        stored.set()

    with store.exclusive():
        thread = threading.Thread(target=put)
        thread.start()
        waited = not stored.wait(0.2)
        assert not store.contains(RAIN)
    thread.join(10)

    assert waited
    assert store.contains(RAIN)


def test_a_process_that_ends_holds_no_lock(store: LocalBlobs) -> None:
    child = os.fork()
    if child == 0:
        fcntl.flock(os.open(store.temporary, os.O_RDONLY), fcntl.LOCK_EX)
        os._exit(0)
    os.waitpid(child, 0)

    store.put([b"rain"])

    assert store.contains(RAIN)
