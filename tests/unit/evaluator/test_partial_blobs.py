"""A blob in parts: in order, resumable, verified, and never a way to change a finished blob."""

import fcntl
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from evaluator.blob_batches import DigestDiffers
from evaluator.blobs import LocalBlobs
from evaluator.partial_blobs import OffsetDiffers, PartialBlob, remove_old, sizes_of
from tests.unit.evaluator.disks import FillUp, fill_up

__all__ = ["fill_up"]

RAIN = hashlib.sha256(b"rainrain").hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


@pytest.fixture
def partial(store: LocalBlobs) -> PartialBlob:
    return PartialBlob(store, "team-1", RAIN)


def test_parts_in_order_become_a_blob(store: LocalBlobs, partial: PartialBlob) -> None:
    partial.append(0, memoryview(b"rain"))
    partial.append(4, memoryview(b"rain"))
    partial.finish(8)

    assert store.local_path(RAIN).read_bytes() == b"rainrain"
    assert partial.size_bytes == 0
    assert sizes_of(store, "team-1") == {}


def test_what_has_come_is_known_to_whoever_asks_later(
    store: LocalBlobs, partial: PartialBlob
) -> None:
    partial.append(0, memoryview(b"rai"))

    assert PartialBlob(store, "team-1", RAIN).size_bytes == 3
    assert sizes_of(store, "team-1") == {RAIN: 3}
    assert sizes_of(store, "team-2") == {}


@pytest.mark.parametrize("offset", [0, 3, 5])
def test_a_part_that_begins_elsewhere_is_refused_and_told_where_to_go_on(
    partial: PartialBlob, offset: int
) -> None:
    partial.append(0, memoryview(b"rain"))

    with pytest.raises(OffsetDiffers) as refusal:
        partial.append(offset, memoryview(b"rain"))

    assert refusal.value.size_bytes == 4
    assert partial.size_bytes == 4


def test_the_first_part_begins_at_zero(store: LocalBlobs, partial: PartialBlob) -> None:
    with pytest.raises(OffsetDiffers) as refusal:
        partial.append(4, memoryview(b"rain"))

    assert refusal.value.size_bytes == 0
    assert sizes_of(store, "team-1") == {}


def test_a_blob_with_another_digest_is_thrown_away(store: LocalBlobs, partial: PartialBlob) -> None:
    partial.append(0, memoryview(b"snowsnow"))

    with pytest.raises(DigestDiffers):
        partial.finish(8)

    assert partial.size_bytes == 0
    assert not store.contains(RAIN)


def test_a_blob_that_is_not_whole_cannot_be_finished(partial: PartialBlob) -> None:
    partial.append(0, memoryview(b"rain"))

    with pytest.raises(OffsetDiffers):
        partial.finish(8)

    assert partial.size_bytes == 4


def test_of_a_piece_that_a_full_disk_cut_off_nothing_is_kept(
    partial: PartialBlob, fill_up: FillUp
) -> None:
    partial.append(0, memoryview(b"rain"))
    fill_up(2)

    with pytest.raises(OSError, match="No space left"):
        partial.append(4, memoryview(b"rain"))

    assert partial.size_bytes == 4


def test_a_late_piece_does_not_touch_the_finished_blob(
    store: LocalBlobs, partial: PartialBlob
) -> None:
    partial.append(0, memoryview(b"rain"))
    beginning, finished = store.partials / "team-1" / RAIN, store.root / "finished"
    refused = []

    def append_late() -> None:
        try:
            partial.append(4, memoryview(b"!"))
        except OffsetDiffers as refusal:
            refused.append(refusal.size_bytes)

    with beginning.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        late = threading.Thread(target=append_late)
        late.start()
        wait_until_open(beginning, times=2)
        beginning.rename(finished)
    late.join(10)

    assert refused == [0]
    assert finished.read_bytes() == b"rain"


def wait_until_open(path: Path, *, times: int) -> None:
    """Return once this process has a file open so many times."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        targets = [os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()]
        if targets.count(str(path)) >= times:
            return
        time.sleep(0.01)
    raise AssertionError(f"{path} was not opened")


def test_of_many_who_append_at_once_each_byte_is_kept_once(
    store: LocalBlobs, partial: PartialBlob
) -> None:
    kept = []
    letters = memoryview(b"rainrain")

    def append() -> None:
        for offset in range(8):
            try:
                PartialBlob(store, "team-1", RAIN).append(
                    offset, memoryview(b"rainrain")[offset:][:1]
                )
                kept.append(offset)
            except OffsetDiffers:
                continue

    threads = [threading.Thread(target=append) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for offset in range(partial.size_bytes, 8):
        partial.append(offset, letters[offset : offset + 1])
        kept.append(offset)
    partial.finish(8)

    assert sorted(kept) == list(range(8))
    assert store.local_path(RAIN).read_bytes() == b"rainrain"


def test_only_what_nobody_goes_on_with_is_removed(store: LocalBlobs, partial: PartialBlob) -> None:
    partial.append(0, memoryview(b"rain"))
    other = PartialBlob(store, "team-2", RAIN)
    other.append(0, memoryview(b"ra"))
    os.utime(store.partials / "team-2" / RAIN, (1000, 1000))

    freed = remove_old(store, touched_before=2000)

    assert freed == 2
    assert (partial.size_bytes, other.size_bytes) == (4, 0)


def test_what_is_discarded_is_gone(partial: PartialBlob) -> None:
    partial.append(0, memoryview(b"rain"))

    partial.discard()
    partial.discard()

    assert partial.size_bytes == 0
