"""Files are read once, and again only when they were written to."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from agon.errors import UploadUnfit
from agon.progress import Progress
from agon.uploads.digests import Digests, Finder
from agon.uploads.hash_cache import HashCache
from agon.uploads.hashing import BLOCK_BYTES, hash_files
from agon.uploads.sources import Source
from agon.uploads.walking import LocalTree, find_files
from tests.unit.client.uploads.trees import write_tree


class Counted(Progress):
    """Counts the bytes that were read."""

    def __init__(self) -> None:
        self.bytes = 0

    def advance(self, count: int) -> None:
        self.bytes += count


def later() -> float:
    """Return a moment at which all files here are old."""
    return time.time() + 60


def read_bytes(tree: LocalTree, cache: HashCache) -> int:
    counted = Counted()
    hash_files(tree, cache, counted)
    return counted.bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {f"c/{number}": bytes([number % 256]) * 100 for number in range(300)}
    large = os.urandom(2 * BLOCK_BYTES + 1)
    return write_tree(tmp_path / "upload", {**contents, "large": large, "empty": b""})


def test_digests_are_those_of_the_files(folder: Path, tmp_path: Path) -> None:
    tree = find_files(folder)

    digests = hash_files(tree, HashCache(tree, tmp_path), Progress())

    for number, file in enumerate(tree.files):
        assert digests[number] == hashlib.sha256((folder / file.path).read_bytes()).digest()


def test_the_second_time_nothing_is_read(folder: Path, tmp_path: Path) -> None:
    first, second = find_files(folder), find_files(folder)
    before = hash_files(first, HashCache(first, tmp_path, now=later), Progress())
    counted = Counted()

    after = hash_files(second, HashCache(second, tmp_path), counted)

    assert counted.bytes == 0
    assert [after[n] for n in range(len(after))] == [before[n] for n in range(len(before))]


@pytest.mark.parametrize("change", ["same size", "another size", "replaced"])
def test_a_file_that_was_written_to_is_read_again(
    folder: Path, tmp_path: Path, change: str
) -> None:
    tree = find_files(folder)
    hash_files(tree, HashCache(tree, tmp_path, now=later), Progress())
    old = (folder / "c/7").stat()
    if change == "replaced":
        (folder / "new").write_bytes(b"n" * 100)
        (folder / "new").replace(folder / "c/7")
    else:
        (folder / "c/7").write_bytes(b"n" * (100 if change == "same size" else 50))
    os.utime(folder / "c/7", ns=(old.st_atime_ns, old.st_mtime_ns))  # a hidden change
    again = find_files(folder)
    counted = Counted()

    digests = hash_files(again, HashCache(again, tmp_path), counted)

    changed = [file.path for file in again.files].index("c/7")
    assert counted.bytes == (folder / "c/7").stat().st_size
    assert digests[changed] == hashlib.sha256((folder / "c/7").read_bytes()).digest()


def test_a_file_that_was_written_to_a_moment_ago_is_not_trusted(
    folder: Path, tmp_path: Path
) -> None:
    tree = find_files(folder)
    hash_files(tree, HashCache(tree, tmp_path), Progress())

    assert read_bytes(tree, HashCache(tree, tmp_path)) == tree.size


def test_files_that_come_and_go_do_not_confuse_the_cache(folder: Path, tmp_path: Path) -> None:
    tree = find_files(folder)
    hash_files(tree, HashCache(tree, tmp_path, now=later), Progress())
    (folder / "c/100").unlink()
    write_tree(folder, {"a": b"new", "c/1000": b"new!", "z/z": b"new!!"})

    fresh = find_files(folder)

    assert read_bytes(fresh, HashCache(fresh, tmp_path)) == 12


@pytest.mark.parametrize("text", ["", "x", "zz 1-2 a\n", "\xff\xfe"])
def test_a_damaged_cache_costs_only_time(folder: Path, tmp_path: Path, text: str) -> None:
    tree = find_files(folder)
    cache = HashCache(tree, tmp_path)
    cache.path.write_text(text, encoding="latin-1")

    assert read_bytes(tree, cache) == tree.size


def test_caches_that_nobody_used_for_long_go(folder: Path, tmp_path: Path) -> None:
    tree = find_files(folder)
    cache = HashCache(tree, tmp_path / "cache")
    cache.path.parent.mkdir()
    old = cache.path.with_name("0123.hashes")
    old.write_text("")
    os.utime(old, (0, 0))

    hash_files(tree, cache, Progress())

    assert not old.exists()


def test_a_file_that_shrinks_meanwhile_is_told(folder: Path, tmp_path: Path) -> None:
    tree = find_files(folder)
    (folder / "large").write_bytes(b"short")

    with pytest.raises(UploadUnfit, match="'large' has changed"):
        hash_files(tree, HashCache(tree, tmp_path), Progress())


def test_a_file_that_goes_meanwhile_is_told(folder: Path, tmp_path: Path) -> None:
    tree = find_files(folder)
    (folder / "c/3").unlink()

    with pytest.raises(UploadUnfit, match="c/3' cannot be read: No such file"):
        hash_files(tree, HashCache(tree, tmp_path), Progress())


def test_a_file_that_grows_is_read_as_long_as_it_was(folder: Path) -> None:
    tree = find_files(folder)
    file = tree.files[0]
    with (folder / file.path).open("ab") as out:
        out.write(b"more")
    buffer = memoryview(bytearray(1000))

    with Source(tree, file) as source:
        count = source.fill(buffer)

    assert count == file.size == 100
    assert source.left == 0


def test_files_are_found_by_ascending_digests() -> None:
    digests = Digests(4)
    for number, first in enumerate([9, 3, 7, 3]):
        digests[number] = bytes([first] * 32)
    finder = Finder(digests)

    found = [finder.find(bytes([first] * 32)) for first in (1, 3, 4, 7, 9, 10)]

    assert found == [None, 1, None, 2, 0, None]
