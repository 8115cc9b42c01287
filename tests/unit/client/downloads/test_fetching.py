"""Files arrive whole and verified, and go on where they were."""

import hashlib
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from agon.downloads.fetching import Fetched, Fetcher
from agon.downloads.segments import SEGMENT_BYTES, Partial
from agon.downloads.targets import targets_in
from agon.errors import FilesDiffer, NotFound, SiteUnreachable, UsageWrong
from agon.models import FileInfo
from agon.progress import Progress
from agon.transport import Transport
from tests.unit.client.clocks import Moved
from tests.unit.client.scripted import (
    Action,
    ScriptedSite,
    answer,
    break_off,
    hang_up,
    refused,
    scripted_site,
)

LARGE = bytes(range(256)) * (SEGMENT_BYTES * 2 // 256) + b"end"

Fetch = Callable[..., Fetched]


def told(path: str, content: bytes, url: str = "") -> FileInfo:
    digest = hashlib.sha256(content).hexdigest()
    return FileInfo(path, len(content), digest, url or f"/api/v1/files/{path}")


def part_of(content: bytes) -> Action:
    """Return what answers with the part that is asked for."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        begin, end = map(int, re.findall(r"\d+", handler.headers["Range"]))
        answer(206, content[begin : end + 1])(handler)

    return act


@pytest.fixture
def fetch(scripted: ScriptedSite, tmp_path: Path) -> Fetch:
    """Return a function that fetches files into the folder `data`."""
    transport = Transport(scripted.url, "agon_secret", patience=Moved().patience(5))

    def run(*files: FileInfo, **options: bool) -> Fetched:
        fetcher = Fetcher(transport, Progress())
        return fetcher.fetch(targets_in(tmp_path / "data", files), **options)

    return run


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_files_arrive_below_the_folder(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    scripted.will(part_of(b"same"), part_of(b"same"))

    fetched = fetch(told("a/x", b"same"), told("y", b"same"))

    assert (tmp_path / "data/a/x").read_bytes() == b"same"
    assert names_in(tmp_path / "data") == ["x", "y"]
    assert fetched == Fetched(files=2, bytes=8)


def test_an_empty_file_is_a_file(fetch: Fetch, tmp_path: Path) -> None:
    fetch(told("empty", b""))

    assert (tmp_path / "data/empty").read_bytes() == b""


def test_the_second_time_nothing_is_asked(fetch: Fetch, scripted: ScriptedSite) -> None:
    scripted.will(part_of(b"abc"))
    fetch(told("x", b"abc"))

    assert fetch(told("x", b"abc")) == Fetched(0, 0)
    assert len(scripted.asked) == 1


def test_a_large_file_comes_in_pieces(fetch: Fetch, scripted: ScriptedSite, tmp_path: Path) -> None:
    scripted.will(*[part_of(LARGE)] * 3)

    fetch(told("large", LARGE))

    assert (tmp_path / "data/large").read_bytes() == LARGE
    assert names_in(tmp_path / "data") == ["large"]


def test_what_breaks_off_goes_on_where_it_was(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    content = bytes(range(100))
    scripted.will(break_off(206, 100, content[:40]), hang_up, answer(503), part_of(content))

    fetch(told("x", content))

    assert (tmp_path / "data/x").read_bytes() == content
    ranges = [asked.headers["Range"] for asked in scripted.asked]
    assert ranges == ["bytes=0-99", "bytes=40-99", "bytes=40-99", "bytes=40-99"]


def test_a_later_run_fetches_only_the_pieces_that_are_missing(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    file = told("large", LARGE)
    (target,) = targets_in(tmp_path / "data", (file,))
    partial = Partial(target)
    partial.prepare()
    first = partial.missing[0]
    with target.part.open("r+b") as out:
        out.write(LARGE[: first.end])
    partial.finish(first)
    scripted.will(*[part_of(LARGE)] * 2)

    fetched = fetch(file)

    assert (tmp_path / "data/large").read_bytes() == LARGE
    assert fetched.bytes == len(LARGE) - SEGMENT_BYTES
    assert len(scripted.asked) == 2


def test_pieces_of_another_revision_count_for_nothing(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    old, new = told("large", b"x" * len(LARGE)), told("large", LARGE)
    partial = Partial(targets_in(tmp_path / "data", (old,))[0])
    partial.prepare()
    partial.finish(partial.missing[0])
    scripted.will(*[part_of(LARGE)] * 3)

    fetch(new)

    assert (tmp_path / "data/large").read_bytes() == LARGE


def test_what_arrives_damaged_is_not_kept(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    scripted.will(part_of(b"abd"))

    with pytest.raises(SiteUnreachable, match="arrived damaged") as caught:
        fetch(told("x", b"abc"))

    assert names_in(tmp_path / "data") == []
    assert "again" in caught.value.hint


def test_a_file_that_differs_is_left_alone(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x").write_bytes(b"mine")

    with pytest.raises(FilesDiffer):
        fetch(told("x", b"abc"), told("y", b"abc"))

    assert (tmp_path / "data/x").read_bytes() == b"mine"
    assert scripted.asked == []


def test_it_is_replaced_where_that_is_wished(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/x").write_bytes(b"mine")
    scripted.will(part_of(b"abc"))

    fetch(told("x", b"abc"), overwrite=True)

    assert (tmp_path / "data/x").read_bytes() == b"abc"


def test_a_store_elsewhere_gets_no_token(
    fetch: Fetch, scripted: ScriptedSite, tmp_path: Path
) -> None:
    with scripted_site() as store:
        scripted.will(answer(307, Location=f"{store.url}/bucket/x?signature=1"))
        store.will(part_of(b"abc"))

        fetch(told("x", b"abc"))

    assert (tmp_path / "data/x").read_bytes() == b"abc"
    assert scripted.asked[0].headers["Authorization"] == "Bearer agon_secret"
    assert store.asked[0].path == "/bucket/x?signature=1"
    assert "Authorization" not in store.asked[0].headers


def test_a_file_that_is_gone_is_told_in_the_site_s_words(
    fetch: Fetch, scripted: ScriptedSite
) -> None:
    scripted.will(refused(404, "not-found", "There is no public file 'x' in 'rain'."))

    with pytest.raises(NotFound, match="no public file 'x'"):
        fetch(told("x", b"abc"))


def test_a_place_that_cannot_be_written_is_told(fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a file where a folder should be")

    with pytest.raises(UsageWrong, match="cannot be written"):
        fetch(told("a/x", b"abc"))
