"""What travels together, and how it looks on the way."""

import gzip
import hashlib
import json
import struct
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agon.errors import AnswerUnknown, UploadUnfit
from agon.models import MissingPage, UploadState
from agon.progress import Progress
from agon.uploads.handing_in import manifest_body
from agon.uploads.hash_cache import HashCache
from agon.uploads.hashing import hash_files
from agon.uploads.packs import Content, pack_body, part_body
from agon.uploads.planning import Large, Pack, Sizes, plan
from agon.uploads.remote import RemoteUpload, before
from agon.uploads.walking import find_files
from tests.unit.client.uploads.trees import write_tree

HEAD = struct.Struct("<32sQ")


class Told(RemoteUpload):
    """A site that lacks what the test says, and tells it in pages."""

    def __init__(self, pages: Iterable[MissingPage]) -> None:
        self._pages = iter(pages)

    def missing(self, after: str = "", limit: int = 0) -> MissingPage:  # noqa: ARG002 - told anyway
        return next(self._pages)


def content_of(folder: Path) -> Content:
    tree = find_files(folder)
    return Content(tree, hash_files(tree, HashCache(tree, folder.parent / "cache"), Progress()))


def frames(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        digest, size = HEAD.unpack_from(data)
        found.append((digest, data[HEAD.size : HEAD.size + size]))
        data = data[HEAD.size + size :]
    return found


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=8), buffer=st.integers(40, 400))
def test_a_pack_holds_digest_size_and_bytes_of_each_file(
    sizes: list[int], buffer: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pack") / "files"
    files = {str(number): bytes([number]) * size for number, size in enumerate(sizes)}
    content = content_of(write_tree(folder, files))

    body = pack_body(content, range(len(sizes)), memoryview(bytearray(buffer)))
    data = b"".join(bytes(piece) for piece in body.pieces)

    assert len(data) == body.size
    expected = [(hashlib.sha256(files[f.path]).digest(), files[f.path]) for f in content.tree.files]
    assert frames(data) == expected


def test_a_part_holds_the_bytes_of_its_window(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"x": bytes(range(100))}))

    body = part_body(content, 0, (30, 75), memoryview(bytearray(20)))

    assert b"".join(bytes(piece) for piece in body.pieces) == bytes(range(30, 75))
    assert body.size == 45


def test_a_file_that_shrinks_on_the_way_is_told_by_name(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "files", {"a": b"x" * 100})
    content = content_of(folder)
    (folder / "a").write_bytes(b"x")
    body = pack_body(content, [0], memoryview(bytearray(50)))

    with pytest.raises(UploadUnfit, match="'a' has changed"):
        list(body.pieces)


def lacking(missing_bytes: int, missing_files: int = 1) -> UploadState:
    return UploadState(
        id="u",
        state="open",
        files=1,
        bytes=missing_bytes,
        missing_files=missing_files,
        missing_bytes=missing_bytes,
        pack_bytes=32 << 20,
        part_bytes=8 << 20,
    )


@pytest.mark.parametrize(
    ("missing", "pack"), [(1 << 30, 32 << 20), (160 << 20, 10 << 20), (100, 1 << 20)]
)
def test_packs_are_large_and_yet_enough_for_all_connections(missing: int, pack: int) -> None:
    assert Sizes.of(lacking(missing), 4) == Sizes(pack, 8 << 20)


def planned(content: Content, pages: list[MissingPage], sizes: Sizes) -> list[list[str]]:
    files = content.tree.files
    return [
        [f"{files[item.number].path}@{item.offset}"]
        if isinstance(item, Large)
        else [files[number].path for number in item.numbers]
        for item in plan(Told(pages), content, lacking(1, missing_files=99), sizes)
    ]


def test_small_files_travel_together_and_large_ones_alone(tmp_path: Path) -> None:
    files = {"a": b"a" * 60, "b": b"b" * 60, "c": b"c" * 60, "big": b"x" * 500}
    content = content_of(write_tree(tmp_path / "files", files))
    order = sorted(hashlib.sha256(data).hexdigest() for data in files.values())
    names = {hashlib.sha256(data).hexdigest(): name for name, data in files.items()}
    big = hashlib.sha256(files["big"]).hexdigest()
    pages = [MissingPage(tuple(order), None, {big: 120})]

    items = planned(content, pages, Sizes(pack=200, part=300))

    small = [names[digest] for digest in order if digest != big]
    assert ["big@120"] in items
    items.remove(["big@120"])
    assert items == [small[:2], small[2:]]


def test_what_is_not_missing_is_not_sent(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"a": b"a", "b": b"b", "c": b"c"}))
    digest = hashlib.sha256(b"b").hexdigest()

    assert planned(content, [MissingPage((digest,))], Sizes(1000, 1000)) == [["b"]]


def test_pages_follow_each_other(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"a": b"a", "b": b"b"}))
    first, second = sorted(hashlib.sha256(x).hexdigest() for x in (b"a", b"b"))
    pages = [MissingPage((first,), next=first), MissingPage((second,))]

    assert len(planned(content, pages, Sizes(1000, 1000))) == 2


def test_a_site_that_asks_for_something_else_is_not_obeyed(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"a": b"a"}))

    with pytest.raises(AnswerUnknown, match="not in the upload"):
        planned(content, [MissingPage(("00" * 32,))], Sizes(1000, 1000))


def test_equal_files_are_sent_once(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"a": b"same", "b": b"same"}))
    pages = [MissingPage((hashlib.sha256(b"same").hexdigest(),))]

    assert [len(item) for item in planned(content, pages, Sizes(1000, 1000))] == [1]
    assert Pack((0,)) != Pack((1,))


def test_the_list_of_files_is_gzipped_json(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "Ü", {"ä/1": b"one", "b": b""}))

    document = json.loads(gzip.decompress(manifest_body(content)))

    assert document == {
        "name": "Ü",
        "files": [
            {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for path, data in (("b", b""), ("ä/1", b"one"))
        ],
    }


@pytest.mark.parametrize(
    ("digest", "smaller"),
    [("00" * 32, ""), ("00" * 31 + "01", "00" * 32), ("01" + "00" * 31, "00" + "ff" * 31)],
)
def test_the_digest_before_one_is_the_next_smaller(digest: str, smaller: str) -> None:
    assert before(bytes.fromhex(digest)) == smaller


def test_where_all_is_missing_the_site_is_not_asked(tmp_path: Path) -> None:
    content = content_of(write_tree(tmp_path / "files", {"a": b"a", "b": b"b", "c": b"a"}))

    items = list(plan(Told([]), content, lacking(2, missing_files=2), Sizes(1000, 1000)))

    assert [len(item.numbers) for item in items if isinstance(item, Pack)] == [2]
