"""The challenge `cellmap` as `make.py` builds it, and its baselines."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
import zarr
from zarr.storage import ZipStore

from challenges.config import read_folder
from evaluator.inside.driver import run
from evaluator.inside.places import Places
from evaluator.plans import MetricsPlan

CELLMAP = Path(__file__).parents[3] / "challenges/gallery/cellmap"
CROPS = {"crop901": 48, "crop902": 48, "crop903": 26}
INSTANCES = ("nuc", "ves", "endo", "lyso", "ld", "perox", "mito", "np", "mt", "cell")
BASELINES = ("grey-range", "neighbourhood", "half-resolution")
# Of all arrays of the truth and of the images, in the order of the manifest. A change here is a new
# challenge: the declared scores, and the scores of everybody, are void with it.
TRUTH_SHA256 = "96f1068bcbe1fc9096aab02442ee87e7b0062db61ac96670f7a71aa501cbd22a"
IMAGES_SHA256 = "11373862a480e23934fd0ce76f0fd1abe020ac85f6543d08999e666f981861bd"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cellmap") / "built"
    subprocess.run([sys.executable, "-B", "-W", "error", CELLMAP / "make.py", folder], check=True)
    return folder


@pytest.fixture(scope="module")
def manifest(built: Path) -> list[dict[str, str]]:
    """The rows of the test crops."""
    with (built / "public/manifest.csv").open(newline="", encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["crop_name"] in CROPS]


def read(archive: Path, path: str) -> Any:
    with ZipStore(archive, mode="r") as store:
        return zarr.open_array(store, path=path, mode="r")[:]


def truth(built: Path, path: str) -> Any:
    return read(built / "truth/labels.zarr.zip", path)


@pytest.fixture
def score(built: Path, tmp_path: Path) -> Callable[[Path], dict[str, float]]:
    """Score an upload as the sandbox does, and return its scores."""
    task = read_folder(built).config.phases[0].all_tasks[0]
    plan = MetricsPlan(
        cases=tuple(task.expanded_cases()),
        metrics=tuple(metric.planned() for metric in task.scoring.metrics),
        combinations=task.scoring.combinations,
        missing=task.scoring.missing,
        extra_files="ignore",
    )
    orders = {"task": "score", "scratch_bytes": 2**30, "cpus": 1, "memory_bytes": 2**31, "seed": 0}

    def finish(upload: Path) -> dict[str, float]:
        root = tmp_path / "sandbox"
        shutil.rmtree(root, ignore_errors=True)
        places = Places.below(root)
        for folder in (places.job, places.output):
            folder.mkdir(parents=True)
        places.truth.symlink_to(built / "truth")
        if upload.is_dir():
            shutil.copytree(upload, places.upload / upload.name)
        else:
            places.upload.mkdir()
            shutil.copyfile(upload, places.upload / upload.name)
        places.orders.write_text(json.dumps({**orders, "plan": plan.model_dump(mode="json")}))
        assert run(places).problems == ()
        scores: dict[str, float] = json.loads(places.result.read_bytes())["scores"]
        return scores

    return finish


def declared(name: str) -> Any:
    text = (CELLMAP / f"baselines/{name}/scores.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["scores"]


def test_the_built_folder_is_a_valid_challenge(built: Path) -> None:
    folder = read_folder(built)

    (phase,) = folder.config.phases
    (task,) = phase.all_tasks
    crops = [case.id.partition("/")[0] for case in task.expanded_cases()]
    assert {crop: crops.count(crop) for crop in CROPS} == CROPS
    assert len(task.scoring.keys) == 1 + 2 + 38 + 3 * 10


def test_the_crops_are_the_same_on_every_machine(
    built: Path, manifest: list[dict[str, str]]
) -> None:
    true, images = hashlib.sha256(), hashlib.sha256()

    for row in manifest:
        data = truth(built, f"{row['crop_name']}/{row['class_label']}")
        true.update(data.astype("<u2").tobytes())
    for crop in CROPS:
        images.update(read(built / "public/test.zip", f"{crop}/raw").tobytes())

    assert true.hexdigest() == TRUTH_SHA256
    assert images.hexdigest() == IMAGES_SHA256


def test_every_class_is_in_each_crop_that_is_scored_on_it(
    built: Path, manifest: list[dict[str, str]]
) -> None:
    for row in manifest:
        sizes = np.bincount(truth(built, f"{row['crop_name']}/{row['class_label']}").ravel())[1:]

        assert sizes.size > 0
        if row["class_label"] in INSTANCES:
            assert sizes.min() >= 4
        else:
            assert sizes.size == 1
            assert sizes.sum() >= 50


def test_the_truth_lies_where_the_manifest_says(
    built: Path, manifest: list[dict[str, str]]
) -> None:
    with ZipStore(built / "truth/labels.zarr.zip", mode="r") as store:
        group = zarr.open_group(store, mode="r")
        for row in manifest:
            array = group[f"{row['crop_name']}/{row['class_label']}"]
            assert isinstance(array, zarr.Array)
            assert array.metadata.zarr_format == 2
            shape = tuple(map(int, row["shape"].split(";")))
            assert array.shape == array.chunks == shape
            for key in ("voxel_size", "translation"):
                assert array.attrs[key] == pytest.approx(list(map(float, row[key].split(";"))))


@pytest.mark.parametrize("crop", ["crop901", "crop902"])
def test_classes_are_made_of_others(crop: str, built: Path) -> None:
    def mask(label: str) -> Any:
        return truth(built, f"{crop}/{label}") > 0

    pores = mask("np_out") | mask("np_in")
    envelope = mask("ne_mem") | mask("ne_lum") | pores

    assert (mask("mito") == (mask("mito_mem") | mask("mito_lum") | mask("mito_ribo"))).all()
    assert (mask("ne") == envelope).all()
    assert (mask("ne_mem_all") == (mask("ne_mem") | pores)).all()
    assert (mask("chrom") == (mask("hchrom") | mask("echrom"))).all()
    eres = mask("eres_mem") | mask("eres_lum")
    assert (mask("er") == (mask("er_mem") | mask("er_lum") | eres | envelope)).all()
    assert not (mask("cell") & mask("ecs")).any()


def test_public_files_hold_no_answer_of_a_test_crop(built: Path) -> None:
    with zipfile.ZipFile(built / "public/test.zip") as archive:
        names = archive.namelist()

    assert {name.rpartition("/")[0] for name in names} == {
        "",
        *CROPS,
        *(f"{crop}/raw" for crop in CROPS),
    }


def test_public_files_are_two_megabytes(built: Path) -> None:
    sizes = [path.stat().st_size for path in (built / "public").iterdir()]

    assert sum(sizes) < 3_000_000


@pytest.mark.parametrize("name", BASELINES)
def test_the_platform_arrives_at_the_scores_that_were_computed_without_it(
    name: str, built: Path, score: Callable[[Path], dict[str, float]]
) -> None:
    scores = score(built / f"baselines/{name}/predictions.zarr.zip")

    assert scores == pytest.approx(declared(name), abs=1e-8)


def test_what_is_left_out_counts_as_missed() -> None:
    scores = declared("half-resolution")

    left_out = ("mt", "mt_f1", "mt_hd", "mt_in", "mt_out", "mito_ribo", "np_in")
    assert [scores[key] for key in left_out] == [0] * len(left_out)


def test_an_upload_may_come_in_a_folder_or_as_one(
    built: Path, tmp_path: Path, score: Callable[[Path], dict[str, float]]
) -> None:
    store = tmp_path / "submission.zarr"
    with zipfile.ZipFile(built / "baselines/half-resolution/predictions.zarr.zip") as archive:
        archive.extractall(store)
    shutil.make_archive(str(tmp_path / "mine"), "zip", tmp_path, store.name)

    found = [score(store), score(tmp_path / "mine.zip")]

    assert found == [pytest.approx(declared("half-resolution"), abs=1e-8)] * 2


def test_the_sample_submission_finds_nothing(
    built: Path, score: Callable[[Path], dict[str, float]]
) -> None:
    scores = score(built / "public/sample_submission.zip")

    worths = {key for key in scores if key.endswith("_hd")}
    assert {scores[key] for key in scores.keys() - worths} == {0.0}


def test_archives_hold_each_file_once_and_uncompressed(built: Path) -> None:
    for path in built.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()

        assert len({entry.filename for entry in entries}) == len(entries)
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_the_cellmap_starter_kit_writes_the_grey_range_baseline(
    built: Path, manifest: list[dict[str, str]], tmp_path: Path
) -> None:
    target = tmp_path / "mine.zip"

    subprocess.run(
        [sys.executable, "-B", "-W", "error", built / "public/starter_kit.py", target], check=True
    )

    for row in manifest:
        path = f"{row['crop_name']}/{row['class_label']}"
        mine = read(target, path)
        baseline = read(built / "baselines/grey-range/predictions.zarr.zip", path)
        assert mine.dtype == baseline.dtype
        assert (mine == baseline).all()


def test_a_folder_that_is_there_is_left_alone(built: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-B", CELLMAP / "make.py", built], check=False, capture_output=True
    )

    assert process.returncode == 1
    assert b"is there already" in process.stderr
