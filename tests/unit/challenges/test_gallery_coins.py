"""The challenge `coins`: its truth, its scoring program as a process of its own, its baselines."""

import json
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import yaml

COINS = Path(__file__).parents[3] / "challenges/gallery/coins"


def load_truth(phase: str) -> np.ndarray:
    return np.asarray(np.load(COINS / "truth" / phase / "labels.npz")["labels"])


@pytest.fixture
def stage(tmp_path: Path) -> Path:
    """What the program finds at /agon, with the truth of the development phase."""
    for name in ("submission", "output"):
        (tmp_path / name).mkdir()
    shutil.copytree(COINS / "truth/development", tmp_path / "truth")
    return tmp_path


def run_program(stage: Path) -> dict[str, Any]:
    subprocess.run(
        [sys.executable, "-B", "-W", "error", "score.py", stage], check=True, cwd=COINS / "scoring"
    )
    result: dict[str, Any] = json.loads((stage / "output/result.json").read_text())
    assert set(result) == {"scores", "artifacts"}
    scores: dict[str, Any] = result["scores"]
    return scores


def score(stage: Path, labels: np.ndarray) -> dict[str, float]:
    np.save(stage / "submission/labels.npy", labels)
    return run_program(stage)


def test_the_final_truth_holds_24_coins_and_the_development_truth_the_upper_twelve() -> None:
    final = load_truth("final")

    development = load_truth("development")

    assert final.shape == development.shape == np.load(COINS / "public/coins.npz")["image"].shape
    assert np.unique(final).tolist() == list(range(25))
    assert np.unique(development).tolist() == list(range(-1, 13))
    scored = development != -1
    assert (development[scored] == final[scored]).all()


def test_every_coin_is_round_and_in_one_piece() -> None:
    components = runpy.run_path(str(COINS / "public/starter_kit.py"))["components"]
    truth = load_truth("final")

    for number in range(1, 25):
        coin = truth == number
        height, width = (int(np.ptp(places)) + 1 for places in np.nonzero(coin))
        assert components(coin).max() == 1
        assert components(~coin).max() == 1  # no hole
        assert 0.8 < height / width < 1.25
        # An ellipse fills pi/4 of its box; some of the coins are a little square.
        assert 0.95 < coin.sum() / (np.pi / 4 * height * width) < 1.05


@pytest.mark.parametrize("name", ["otsu", "watershed", "top-hat"])
def test_a_coins_baseline_has_its_declared_scores(stage: Path, name: str) -> None:
    folder = COINS / "baselines" / name
    declared = yaml.safe_load((folder / "scores.yaml").read_text(encoding="utf-8"))["scores"]
    (upload,) = (path for path in folder.iterdir() if path.name != "scores.yaml")
    if upload.suffix == ".zip":
        zipfile.ZipFile(upload).extract("labels.npy", stage / "submission")
    else:
        shutil.copy(upload, stage / "submission")

    scores = run_program(stage)

    assert scores == pytest.approx(declared, abs=1e-6)


def test_the_truth_itself_gets_full_marks(stage: Path) -> None:
    scores = score(stage, load_truth("final"))

    assert scores == {"f1": 1.0, "mean_iou": 1.0}


def test_what_is_drawn_where_nothing_is_scored_does_not_count(stage: Path) -> None:
    truth = load_truth("development")

    scores = score(stage, np.where(truth == -1, 99, truth))

    assert scores == {"f1": 1.0, "mean_iou": 1.0}


def test_names_of_objects_mean_nothing(stage: Path) -> None:
    truth = load_truth("final").astype(np.int64)
    names = np.array([0, *np.random.default_rng(1).permutation(24) * 10**15 + 7])

    scores = score(stage, names[truth])

    assert scores == {"f1": 1.0, "mean_iou": 1.0}


def test_negative_numbers_are_background(stage: Path) -> None:
    truth = load_truth("final").astype(np.int32)

    scores = score(stage, np.where(truth == 0, -5, truth))

    assert scores == {"f1": 1.0, "mean_iou": 1.0}


def test_finding_nothing_scores_zero(stage: Path) -> None:
    scores = score(stage, np.zeros((303, 384), np.uint8))

    assert scores == {"f1": 0.0, "mean_iou": 0.0}


def test_a_missed_an_invented_and_a_halved_coin_cost_what_the_page_says(stage: Path) -> None:
    labels = load_truth("development").astype(np.uint16)
    labels[load_truth("development") == -1] = 0
    labels[labels == 1] = 0
    labels[:4, 300:304] = 77
    # The upper half of coin 2 alone covers at most half of it, so it is a miss and an invention.
    rows = np.nonzero(labels == 2)[0]
    labels[int(np.median(rows)) :][labels[int(np.median(rows)) :] == 2] = 0

    scores = score(stage, labels)

    assert scores["f1"] == pytest.approx(2 * 10 / (12 + 12))
    assert scores["mean_iou"] == pytest.approx(10 / 12)


def test_a_table_beside_the_scores_says_which_coins_were_found(stage: Path) -> None:
    labels = load_truth("development").astype(np.uint16)
    labels[load_truth("development") == -1] = 0
    labels[labels == 3] = 0

    score(stage, labels)

    rows = (stage / "output/coins.csv").read_text().splitlines()
    assert rows[0] == "coin,best_iou,found"
    assert rows[2:4] == ["2,1.0000,True", "3,0.0000,False"]
    assert len(rows) == 13


def test_a_tiff_scores_like_an_array(stage: Path) -> None:
    labels = np.load(COINS / "baselines/top-hat/labels.npy")
    from_array = score(stage, labels)
    (stage / "submission/labels.npy").unlink()
    tifffile.imwrite(stage / "submission/labels.tif", labels)

    from_tiff = run_program(stage)

    assert from_tiff == from_array


def test_the_coins_starter_kit_writes_the_otsu_baseline(tmp_path: Path) -> None:
    target = tmp_path / "mine.npy"

    subprocess.run(
        [sys.executable, "-B", "-W", "error", COINS / "public/starter_kit.py", target], check=True
    )

    with zipfile.ZipFile(COINS / "baselines/otsu/submission.zip") as archive:
        assert target.read_bytes() == archive.read("labels.npy")


def test_the_sample_submission_is_a_valid_answer(stage: Path) -> None:
    with zipfile.ZipFile(COINS / "public/sample_submission.zip") as archive:
        archive.extractall(stage / "submission")

    scores = run_program(stage)

    assert scores == {"f1": 0.0, "mean_iou": 0.0}
