"""The gallery's folders as they are committed, and all that belongs to `digits`."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from challenges.config import read_folder

GALLERY = Path(__file__).parents[3] / "challenges/gallery"
NAMES = ("digits", "coins", "cells", "cellmap")
DIGITS = GALLERY / "digits"
PNG = b"\x89PNG\r\n\x1a\n"


def read_labels(path: Path) -> dict[int, int]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows)
    return {int(row["id"]): int(row["label"]) for row in rows}


def read_upload(folder: Path) -> np.ndarray:
    table, array = folder / "labels.csv", folder / "labels.npy"
    if array.exists():
        return np.asarray(np.load(array, allow_pickle=False))
    labels = read_labels(table)
    return np.array([labels[number] for number in range(len(labels))])


def macro_f1(true: np.ndarray, predicted: np.ndarray) -> float:
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (true, predicted), 1)
    right = confusion.diagonal()
    scores = 2 * right / (confusion.sum(axis=0) + confusion.sum(axis=1))
    return float(scores.mean())


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_holds_the_parts_of_a_challenge(name: str) -> None:
    folder = GALLERY / name

    config = yaml.safe_load((folder / "challenge.yaml").read_text(encoding="utf-8"))

    assert config["slug"] == name
    assert (folder / config["image"]).is_file()
    pages = {page.stem for page in (folder / "pages").glob("*.md")}
    assert pages == {"overview", "data", "evaluation", "rules"}
    assert (folder / "public/starter_kit.py").is_file()
    assert len(list((folder / "baselines").glob("*/scores.yaml"))) == 3


@pytest.mark.parametrize("name", ["digits", "coins"])
def test_a_committed_folder_is_a_valid_challenge(name: str) -> None:
    folder = read_folder(GALLERY / name)

    assert folder.config.slug == name
    assert not any("__pycache__" in path for path in folder.files)


@pytest.mark.parametrize("name", NAMES)
def test_a_preview_is_a_small_picture(name: str) -> None:
    content = (GALLERY / name / "public/preview.png").read_bytes()

    assert content.startswith(PNG)
    assert len(content) < 60_000


@pytest.mark.parametrize("name", NAMES)
def test_pages_show_only_pictures_that_are_there(name: str) -> None:
    folder = GALLERY / name

    pages = [page.read_text(encoding="utf-8") for page in (folder / "pages").glob("*.md")]

    linked = {
        line.split("](")[1].rstrip(")") for p in pages for line in p.splitlines() if "![" in line
    }
    assert linked
    assert all((folder / path).is_file() for path in linked)


@pytest.mark.parametrize("name", NAMES)
def test_a_declared_baseline_says_what_it_is(name: str) -> None:
    files = sorted((GALLERY / name / "baselines").glob("*/scores.yaml"))

    declared = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]

    expected = {"method", "description", "scores"}
    assert all(set(one) - {"metadata"} == expected for one in declared)
    assert len({one["method"] for one in declared}) == len(declared)
    assert all(0 <= value <= 1 for one in declared for value in one["scores"].values())


def test_committed_data_stay_small() -> None:
    files = [path for name in NAMES for path in (GALLERY / name).rglob("*") if path.is_file()]

    kept = [path for path in files if path.suffix not in {".py", ".md", ".yaml", ".pyc"}]

    assert sum(path.stat().st_size for path in kept) < 400_000


def test_digits_are_divided_into_training_and_test_images() -> None:
    data = np.load(DIGITS / "public/digits.npz")

    truth = read_labels(DIGITS / "truth/labels.csv")

    assert data["train_images"].shape == (1000, 8, 8)
    assert data["test_images"].shape == (797, 8, 8)
    assert sorted(truth) == list(range(797))
    assert set(truth.values()) == set(data["train_labels"].tolist()) == set(range(10))
    assert max(data["train_images"].max(), data["test_images"].max()) == 16


def test_digits_public_files_hold_no_answers() -> None:
    data = np.load(DIGITS / "public/digits.npz")

    sample = read_labels(DIGITS / "public/sample_submission.csv")

    assert set(data.files) == {"train_images", "train_labels", "test_images"}
    assert sorted(sample) == list(range(797))
    assert set(sample.values()) == {0}


@pytest.mark.parametrize("name", ["majority-class", "nearest-centroid", "three-neighbours"])
def test_a_digits_baseline_has_its_declared_scores(name: str) -> None:
    folder = DIGITS / "baselines" / name
    declared = yaml.safe_load((folder / "scores.yaml").read_text(encoding="utf-8"))["scores"]
    truth = read_labels(DIGITS / "truth/labels.csv")
    true = np.array([truth[number] for number in range(797)])

    predicted = read_upload(folder)

    scores = {"accuracy": float((true == predicted).mean()), "f1": macro_f1(true, predicted)}
    assert scores == pytest.approx(declared, abs=1e-6)


def test_the_digits_starter_kit_writes_the_nearest_centroid_baseline(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"

    subprocess.run(
        [sys.executable, "-B", "-W", "error", DIGITS / "public/starter_kit.py", target], check=True
    )

    baseline = DIGITS / "baselines/nearest-centroid/labels.csv"
    assert target.read_bytes() == baseline.read_bytes()
