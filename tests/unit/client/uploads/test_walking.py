"""Which files are sent, and under which paths."""

import os
import unicodedata
from pathlib import Path

import pytest

from agon.errors import UploadUnfit
from agon.exits import Exit
from agon.uploads.walking import find_files, order_of
from tests.unit.client.uploads.trees import write_tree


def paths_of(path: Path) -> list[str]:
    return [file.path for file in find_files(path).files]


def test_a_file_is_sent_under_its_own_name(tmp_path: Path) -> None:
    write_tree(tmp_path, {"labels.csv": b"abc"})

    tree = find_files(tmp_path / "labels.csv")

    assert tree.name == "labels.csv"
    assert [(file.path, file.size) for file in tree.files] == [("labels.csv", 3)]
    assert tree.place(tree.files[0]) == str(tmp_path / "labels.csv")


def test_the_files_of_a_folder_are_sent_without_its_name(tmp_path: Path) -> None:
    folder = write_tree(tmp_path / "results", {"b.npy": b"b", "a/x.npy": b"x", "a.npy": b"a"})

    tree = find_files(folder)

    assert tree.name == "results"
    assert [file.path for file in tree.files] == ["a/x.npy", "a.npy", "b.npy"]
    assert Path(tree.place(tree.files[0])).read_bytes() == b"x"


@pytest.mark.parametrize(
    ("name", "mark"), [("a.zarr", "labels/c/0"), ("store", "zarr.json"), ("old", ".zgroup")]
)
def test_a_zarr_store_keeps_its_name(tmp_path: Path, name: str, mark: str) -> None:
    store = write_tree(tmp_path / name, {mark: b"{}"})

    assert paths_of(store) == [f"{name}/{mark}"]


def test_paths_are_in_the_order_of_their_folders(tmp_path: Path) -> None:
    names = ["a/b", "a-b", "a/a/c", "a.b", "ab", "a/a.c"]
    folder = write_tree(tmp_path, dict.fromkeys(names, b""))

    found = paths_of(folder)

    assert found == sorted(names, key=order_of)


def test_a_path_that_is_written_oddly_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_tree(tmp_path / "a" / "results", {"x": b""})
    monkeypatch.chdir(folder)

    assert find_files(Path()).name == "results"
    assert find_files(Path("../results")).name == "results"


def test_what_systems_add_by_themselves_stays_here(tmp_path: Path) -> None:
    folder = write_tree(
        tmp_path, {".DS_Store": b"", "__MACOSX/x": b"", "a/Thumbs.db": b"", "a/.zarray": b"{}"}
    )

    assert paths_of(folder) == ["a/.zarray"]


def test_names_are_sent_in_the_form_that_sites_take(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Müller.npy")
    folder = write_tree(tmp_path, {decomposed: b"x"})

    tree = find_files(folder)

    assert tree.files[0].path == unicodedata.normalize("NFC", "Müller.npy")
    assert Path(tree.place(tree.files[0])).read_bytes() == b"x"


def test_links_are_followed(tmp_path: Path) -> None:
    data = write_tree(tmp_path / "data", {"c/0": b"chunk", "one": b"1"})
    folder = write_tree(tmp_path / "results", {"x": b""})
    (folder / "chunks").symlink_to(data / "c")
    (folder / "file").symlink_to(data / "one")

    assert paths_of(folder) == ["chunks/0", "file", "x"]


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"a/x": b""})
    (folder / "a" / "back").symlink_to(folder)

    with pytest.raises(UploadUnfit, match="leads back to a folder above it"):
        find_files(folder)


def test_a_broken_link_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")

    with pytest.raises(UploadUnfit, match="lost' cannot be read: No such file"):
        find_files(tmp_path)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(UploadUnfit, match="is no plain file"):
        find_files(tmp_path)


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UploadUnfit, match="cannot be read: No such file") as caught:
        find_files(tmp_path / "nowhere")

    assert caught.value.exit_code == Exit.USAGE


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(UploadUnfit, match="holds no files"):
        find_files(tmp_path)


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.npy")).write_bytes(b"")

    with pytest.raises(UploadUnfit, match="is not UTF-8"):
        find_files(tmp_path)


@pytest.mark.parametrize("name", ["a:b", "a\\b", "a\nb", 'a"b', "a\x7fb", "what?"])
def test_a_name_that_some_computers_cannot_write_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")

    with pytest.raises(UploadUnfit, match="control character or one of"):
        find_files(tmp_path)


def test_a_path_of_more_than_4_kib_is_refused(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(5):
        folder = folder / ("d" * 250)
    folder.mkdir(parents=True)
    (folder / "x").write_bytes(b"")

    with pytest.raises(UploadUnfit, match="has more than 1024 bytes"):
        find_files(tmp_path)


def test_more_files_than_a_site_takes_are_told_early(tmp_path: Path) -> None:
    write_tree(tmp_path, {str(number): b"" for number in range(4)})

    with pytest.raises(UploadUnfit, match="more than 3 files") as caught:
        find_files(tmp_path, limit=3)

    assert "archive" in caught.value.hint
