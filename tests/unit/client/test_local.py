"""Checks and scores on one's own machine are the site's own."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agon.errors import AnswerUnknown, EvaluationFailed, UsageWrong
from agon.local import Verdict, cases_with_truth, check_here, score_here
from agon.zarr_writing import write_array, write_groups
from evaluator.plans import Case
from tests.unit.client.uploads.trees import write_tree

VOLUME = np.arange(24, dtype="uint16").reshape(2, 3, 4) % 3


def case(name: str = "case-01", path: str = "{id}.zarr/labels", **more: Any) -> dict[str, Any]:
    source = {"path": path.replace("{id}", name), "format": more.pop("format", "zarr")}
    return {"id": name, "sources": [source], "truth": source, "dtype": "integer", **more}


def plan(*cases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a plan as the API tells it."""
    metric = {"key": "accuracy", "metric": "accuracy", "aggregate": "mean", "parameters": {}}
    whole = {
        "task": "main",
        "title": "Main",
        "cases": cases,
        "extra_files": "reject",
        "missing": "reject",
        "metrics": [metric],
        "combinations": [],
        "is_whole": True,
    }
    return {**whole, **changes}


def write_volume(store: Path, array: Any = VOLUME) -> Path:
    write_groups(store, "labels")
    write_array(store / "labels", array)
    return store


def codes(verdict: Verdict) -> list[str]:
    return [problem["code"] for problem in verdict.problems]


def test_a_store_is_an_upload_by_itself(tmp_path: Path) -> None:
    store = write_volume(tmp_path / "case-01.zarr")

    assert check_here(store, plan(case())) == Verdict("main")


def test_a_folder_around_the_stores_is_fine(tmp_path: Path) -> None:
    write_volume(tmp_path / "results" / "deep" / "case-01.zarr")

    assert codes(check_here(tmp_path / "results", plan(case()))) == []


def test_an_archive_is_unpacked_elsewhere(tmp_path: Path) -> None:
    store = write_volume(tmp_path / "case-01.zarr")
    archive = tmp_path / "upload.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in store.rglob("*"):
            packed.write(file, file.relative_to(tmp_path))
    before = sorted(tmp_path.rglob("*"))

    assert codes(check_here(archive, plan(case()))) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_no_archive_is_told_as_the_site_tells_it(tmp_path: Path) -> None:
    (tmp_path / "upload.zip").write_bytes(b"no archive")

    verdict = check_here(tmp_path / "upload.zip", plan(case()))

    assert codes(verdict) == ["archive-invalid"]
    assert "upload.zip" in verdict.problems[0]["message"]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    write_volume(tmp_path / "up" / "case-01.zarr", VOLUME.astype("float32"))
    write_tree(tmp_path / "up", {"notes.txt": b""})

    verdict = check_here(tmp_path / "up", plan(case(), case("case-02")))

    assert sorted(codes(verdict)) == ["case-missing", "case-unexpected", "dtype-mismatch"]
    assert verdict.problem_count == 3


def test_a_phase_that_a_program_scores_is_checked_too(tmp_path: Path) -> None:
    write_tree(tmp_path / "up", {"values.csv": b"id,value\n1,x\n"})
    table = case("all", "values.csv", format="csv", column="value", index="id")

    assert codes(check_here(tmp_path / "up", plan(table, metrics=[]))) == ["dtype-mismatch"]
    assert codes(check_here(tmp_path / "up", plan(metrics=[], extra_files="ignore"))) == []


@pytest.mark.parametrize(
    "told", [plan(case(), missing="invented"), plan({"id": "x"}), {"task": "main"}]
)
def test_a_plan_of_a_later_release_is_told(tmp_path: Path, told: dict[str, Any]) -> None:
    (tmp_path / "x").write_bytes(b"")

    with pytest.raises(AnswerUnknown) as caught:
        check_here(tmp_path / "x", told)

    assert "Update" in caught.value.hint


def test_scores_of_the_challenge_s_own_cases(tmp_path: Path) -> None:
    write_volume(tmp_path / "truth" / "case-01.zarr")
    write_volume(tmp_path / "mine" / "case-01.zarr", np.where(VOLUME == 2, 1, VOLUME))

    verdict = score_here(tmp_path / "mine", tmp_path / "truth", plan(case(), case("case-02")))

    assert verdict.scores == {"accuracy": pytest.approx(2 / 3)}
    assert dict(verdict.cases) == {"case-01": {"accuracy": pytest.approx(2 / 3)}}


def test_scores_of_other_cases_of_the_same_form(tmp_path: Path) -> None:
    for name in ("train-7", "train-8"):
        write_volume(tmp_path / "truth" / f"{name}.zarr")
        write_volume(tmp_path / "mine" / f"{name}.zarr")

    verdict = score_here(tmp_path / "mine", tmp_path / "truth", plan(case(), case("case-02")))

    assert verdict.scores == {"accuracy": 1.0}
    assert list(verdict.cases) == ["train-7", "train-8"]


def test_a_prediction_that_is_missing_is_told(tmp_path: Path) -> None:
    for name in ("train-7", "train-8"):
        write_volume(tmp_path / "truth" / f"{name}.zarr")
    write_volume(tmp_path / "mine" / "train-7.zarr")

    verdict = score_here(tmp_path / "mine", tmp_path / "truth", plan(case()))

    assert codes(verdict) == ["case-missing"]
    assert verdict.scores == {}


def names_found(truth: Path, *cases: dict[str, Any]) -> list[tuple[str, str]]:
    found = cases_with_truth([Case.model_validate(each) for each in cases], truth)
    return [(each.id, each.truth.path) for each in found]


def test_a_name_that_stands_twice_in_a_path_is_the_same_in_both(tmp_path: Path) -> None:
    files = {"a/a.npy": b"", "a/b.npy": b"", "c/c.npy": b""}
    write_tree(tmp_path, files)

    found = names_found(tmp_path, case("x", "{id}/{id}.npy", format="npy"))

    assert found == [("a", "a/a.npy"), ("c", "c/c.npy")]


def test_arrays_inside_one_file_are_found_by_that_file(tmp_path: Path) -> None:
    write_tree(tmp_path, {"v-1.h5": b"", "v-2.h5": b""})

    found = names_found(tmp_path, case("v-9", "{id}.h5/labels", format="hdf5"))

    assert found == [("v-1", "v-1.h5/labels"), ("v-2", "v-2.h5/labels")]


def test_without_truth_the_forms_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong, match="holds no truth") as caught:
        names_found(tmp_path, case("case-01"), case("case-02"))

    assert "*.zarr/labels" in caught.value.hint


def test_a_program_cannot_score_here(tmp_path: Path) -> None:
    with pytest.raises(UsageWrong, match="not public"):
        score_here(tmp_path, tmp_path, plan(case(), metrics=[]))


def test_truth_that_cannot_be_read_is_told_as_such(tmp_path: Path) -> None:
    write_tree(tmp_path / "truth", {"case-01.zarr/labels/zarr.json": b"{"})
    write_volume(tmp_path / "mine" / "case-01.zarr")

    with pytest.raises(EvaluationFailed, match="The truth cannot be used"):
        score_here(tmp_path / "mine", tmp_path / "truth", plan(case()))
