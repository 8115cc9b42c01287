import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.sandbox.base import End
from evaluator.sandbox.gate import (
    Refused,
    Selection,
    check_tree,
    copy_tree,
    keep_in_place,
    read_file,
)

ALL = Selection.of(["predictions", "result.json"])


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An output with something wanted and something else."""
    folder = tmp_path / "tree"
    (folder / "predictions/a.zarr/c").mkdir(parents=True)
    (folder / "predictions/a.zarr/c/0").write_bytes(b"chunk")
    (folder / "predictions/a.zarr/zarr.json").write_bytes(b"{}")
    (folder / "scratch/deep").mkdir(parents=True)
    (folder / "scratch/deep/core").write_bytes(b"x" * 100)
    (folder / "result.json").write_bytes(b"{}")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def check(folder: Path, selection: Selection = ALL) -> None:
    check_tree(folder, selection, most_bytes=1000, most_files=20)


def test_a_tree_of_files_and_folders_passes(tree: Path) -> None:
    check(tree)


def _hard_link(place: Path) -> None:
    place.with_name("first").write_bytes(b"")
    place.hardlink_to(place.with_name("first"))


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(place))


@pytest.mark.parametrize("where", ["predictions", "scratch"])
@pytest.mark.parametrize(
    "make",
    [
        lambda place: place.symlink_to("/etc/passwd"),
        lambda place: place.symlink_to("/gone"),
        lambda place: place.symlink_to("."),
        os.mkfifo,
        _hard_link,
        _socket,
    ],
    ids=["link", "broken link", "folder link", "fifo", "hard link", "socket"],
)
def test_anything_but_files_and_folders_is_refused_wherever_it_lies(
    tree: Path, where: str, make: Callable[[Path], None]
) -> None:
    make(tree / where / "odd")

    with pytest.raises(Refused) as refused:
        check(tree)

    assert refused.value.end is End.UNSAFE_OUTPUT


def test_a_link_in_place_of_the_whole_folder_is_not_followed(tree: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tree)

    with pytest.raises(NotADirectoryError):
        check(link)


@pytest.mark.parametrize("name", ["a\nb", b"\xff", "a:b", "CON\\x", "\u0065\u0301", "x" * 200])
def test_an_odd_name_is_refused_where_it_is_wanted_only(tree: Path, name: str | bytes) -> None:
    parts = [os.fsdecode(name)] * (6 if len(name) == 200 else 1)
    (tree / "scratch" / "/".join(parts)).mkdir(parents=True)

    check(tree)

    with pytest.raises(Refused) as refused:
        check(tree, Selection.of(["scratch"]))
    assert refused.value.end is End.UNSAFE_OUTPUT


def test_names_that_differ_in_case_only_are_refused(tree: Path) -> None:
    (tree / "predictions/A.ZARR").mkdir()

    with pytest.raises(Refused, match="upper and lower case"):
        check(tree)


def test_a_tree_too_deep_is_refused(tree: Path) -> None:
    (tree / "scratch" / "/".join("d" * 100)).mkdir(parents=True)

    with pytest.raises(Refused, match="folders deep"):
        check_tree(tree, ALL, most_bytes=1000, most_files=200)


@pytest.mark.parametrize(("most_bytes", "most_files"), [(108, 20), (1000, 8)])
def test_too_much_is_refused(tree: Path, most_bytes: int, most_files: int) -> None:
    with pytest.raises(Refused) as refused:
        check_tree(tree, ALL, most_bytes=most_bytes, most_files=most_files)

    assert refused.value.end is End.OUTPUT_LIMIT


def test_exactly_as_much_as_allowed_passes(tree: Path) -> None:
    check_tree(tree, ALL, most_bytes=109, most_files=9)


def test_a_hole_counts_as_large_as_it_pretends(tree: Path) -> None:
    with (tree / "scratch/hole").open("wb") as file:
        file.truncate(10**12)

    with pytest.raises(Refused, match="bytes were written"):
        check(tree)


def test_a_copy_holds_what_is_wanted(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()

    copy_tree(tree, target, Selection.of(["predictions/a.zarr/c", "result.json", "gone"]))

    assert files(target) == {"predictions/a.zarr/c/0": b"chunk", "result.json": b"{}"}


def test_a_copy_has_no_special_rights(tree: Path, tmp_path: Path) -> None:
    (tree / "result.json").chmod(0o6777)
    target = tmp_path / "target"
    target.mkdir()

    copy_tree(tree, target, ALL)

    assert (target / "result.json").stat().st_mode & 0o7777 == 0o644


def test_a_copy_does_not_follow_what_became_a_link(tree: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    check(tree)
    (tree / "result.json").unlink()
    (tree / "result.json").symlink_to("/etc/passwd")

    with pytest.raises(OSError, match="symbolic links"):
        copy_tree(tree, target, ALL)

    assert b"root" not in b"".join(files(target).values())


def test_what_is_kept_in_place_is_what_a_copy_would_hold(tree: Path) -> None:
    (tree / "scratch/deep").chmod(0)
    (tree / "result.json").chmod(0o6777)

    keep_in_place(tree, Selection.of(["predictions/a.zarr/c", "result.json"]))

    assert files(tree) == {"predictions/a.zarr/c/0": b"chunk", "result.json": b"{}"}
    assert (tree / "result.json").stat().st_mode & 0o7777 == 0o644
    assert not (tree / "scratch").exists()


@pytest.mark.parametrize("path", ["", "/etc", "../x", "a/../b", "."])
def test_nothing_outside_can_be_collected(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Selection.of([path])


def test_a_file_at_the_top_can_be_read_though_it_was_closed(tree: Path) -> None:
    (tree / "result.json").chmod(0)

    assert read_file(tree, "result.json", 1) == b"{"
    assert read_file(tree, "result.json", 100) == b"{}"


@pytest.mark.parametrize("name", ["gone", "predictions"])
def test_what_is_no_file_at_the_top_reads_as_nothing(tree: Path, name: str) -> None:
    assert read_file(tree, name, 100) == b""


def test_reading_does_not_follow_what_became_a_link(tree: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"root")
    secret.chmod(0o400)
    (tree / "result.json").unlink()
    (tree / "result.json").symlink_to(secret)

    with pytest.raises(Refused):
        read_file(tree, "result.json", 100)

    assert secret.stat().st_mode & 0o7777 == 0o400
