"""Where files of the site go, and what of them is here."""

import hashlib
from pathlib import Path

import pytest

from agon.downloads.targets import (
    Target,
    check_replaceable,
    chosen_files,
    is_there,
    targets_in,
)
from agon.errors import AnswerUnknown, FilesDiffer, UsageWrong
from agon.models import FileInfo


def told(path: str, content: bytes = b"abc") -> FileInfo:
    return FileInfo(path, len(content), hashlib.sha256(content).hexdigest(), f"/files/{path}")


FILES = (told("train/a.zarr/c/0"), told("train/b.csv"), told("readme.md"))


@pytest.mark.parametrize(
    ("patterns", "chosen"),
    [
        ((), ["train/a.zarr/c/0", "train/b.csv", "readme.md"]),
        (("train",), ["train/a.zarr/c/0", "train/b.csv"]),
        (("train/",), ["train/a.zarr/c/0", "train/b.csv"]),
        (("*.csv", "readme.md"), ["train/b.csv", "readme.md"]),
        (("train/*.zarr/*",), ["train/a.zarr/c/0"]),
    ],
)
def test_patterns_choose_files(patterns: tuple[str, ...], chosen: list[str]) -> None:
    assert [file.path for file in chosen_files(FILES, patterns)] == chosen


def test_a_pattern_that_fits_nothing_is_told() -> None:
    with pytest.raises(UsageWrong, match="No file fits 'trian'"):
        chosen_files(FILES, ("readme.md", "trian"))


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "C:/x", "C:x", "a\\b", "a\nb", "", "//host/x"]
)
def test_a_path_that_leads_elsewhere_is_not_taken(path: str, tmp_path: Path) -> None:
    with pytest.raises(AnswerUnknown, match="not taken"):
        targets_in(tmp_path, (told(path),))


def test_the_very_file_need_not_come_again(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")

    assert is_there(Target(told("x"), tmp_path / "x"))


@pytest.mark.parametrize("content", [b"abd", b"ab", None])
def test_another_file_is_not_it(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "x").write_bytes(content)

    assert not is_there(Target(told("x"), tmp_path / "x"))


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()

    with pytest.raises(UsageWrong, match="is a folder"):
        is_there(Target(told("x"), tmp_path / "x"))


def test_nobody_s_work_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"mine")

    with pytest.raises(
        FilesDiffer, match="1 files here differ from those of the site: x"
    ) as caught:
        check_replaceable([Target(told("x"), tmp_path / "x")])

    assert "--overwrite" in caught.value.hint
