"""A challenge's folder travels as one ZIP file."""

import zipfile
from pathlib import Path

import pytest
import yaml

from agon.errors import UsageWrong
from agon.organising.packing import FilePieces, pack_folder
from agon.organising.template import write_template
from tests.unit.client.uploads.trees import write_tree


def test_only_what_makes_a_challenge_is_packed(tmp_path: Path) -> None:
    files = {
        "challenge.yaml": b"agon: 1\n",
        "truth/a.zarr/.zarray": b"{}",
        "pages/overview.md": b"# Hello\n",
        ".git/config": b"",
        "notes.txt": b"",
    }
    folder = write_tree(tmp_path / "challenge", files)

    count = pack_folder(folder, tmp_path / "packed.zip")

    with zipfile.ZipFile(tmp_path / "packed.zip") as packed:
        assert sorted(packed.namelist()) == [
            "challenge.yaml",
            "pages/overview.md",
            "truth/a.zarr/.zarray",
        ]
        assert packed.read("truth/a.zarr/.zarray") == b"{}"
    assert count == 3


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_tree(tmp_path / name, {"challenge.yaml": b"agon: 1\n", "pages/a.md": b"a"})
        pack_folder(tmp_path / name, tmp_path / f"{name}.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_folder_that_is_no_challenge_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong, match="no challenge") as caught:
        pack_folder(tmp_path, tmp_path / "packed.zip")

    assert "agon challenge init" in caught.value.hint


def test_the_pieces_of_a_file_can_be_had_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc" * 200_000)
    pieces = FilePieces(tmp_path / "x")

    assert b"".join(pieces) == b"".join(pieces) == b"abc" * 200_000
    assert pieces.size == 600_000


def test_the_first_challenge_is_named_after_its_folder(tmp_path: Path) -> None:
    files = write_template(tmp_path / "new", slug="my-first", organiser="ada@example.org")

    config = yaml.safe_load((tmp_path / "new" / "challenge.yaml").read_text())
    assert (config["slug"], config["title"]) == ("my-first", "My first")
    assert config["organisers"] == ["ada@example.org"]
    assert all(file.is_file() for file in files)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    write_tree(tmp_path, {"mine": b"mine"})

    with pytest.raises(UsageWrong, match="not empty"):
        write_template(tmp_path, slug="x", organiser="a@example.org")

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
