import os
from pathlib import Path

import pytest

from evaluator.sandbox.trees import open_folder, remove_contents
from evaluator.sandbox.usage import size_on_disk


def test_any_tree_is_removed_and_no_link_is_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("kept")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(kept)
    (tree / "removing-0").write_text("a name that the remover uses itself")
    (tree / "closed").mkdir()
    (tree / "closed/inner").mkdir()
    (tree / "closed/inner").chmod(0)
    (tree / "closed").chmod(0)
    os.mkfifo(tree / "fifo")

    with open_folder(tree) as folder:
        remove_contents(folder)

    assert list(tree.iterdir()) == []
    assert (kept / "file").read_text() == "kept"


def test_a_tree_deeper_than_any_path_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(1500):
        Path("d" * 50).mkdir()
        os.chdir("d" * 50)
    monkeypatch.undo()

    with open_folder(tmp_path) as folder:
        remove_contents(folder)

    assert list(tmp_path.iterdir()) == []


def test_a_link_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")

    with pytest.raises(NotADirectoryError), open_folder(tmp_path / "link"):
        pass


def test_the_size_of_a_tree_is_what_it_takes_on_disk(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/data").write_bytes(os.urandom(100_000))
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(10**12)
    (tmp_path / "link").symlink_to("/")

    size = size_on_disk(tmp_path)

    assert size is not None
    assert size.files == 4
    assert 100_000 <= size.total_bytes < 200_000


def test_the_size_of_a_tree_too_deep_cannot_be_seen(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 100)).mkdir(parents=True)

    assert size_on_disk(tmp_path) is None
