"""The page "Your first challenge" works word for word."""

import re
from pathlib import Path

import pytest
import yaml

from challenges.baselines import read_baselines
from challenges.config import ChallengeFolder, read_folder
from challenges.services.loading import load_challenge
from docs.generator.pages import DOCS
from evaluator.codes import Code
from evaluator.inside.driver import run
from evaluator.inside.orders import Orders, Report
from evaluator.inside.places import Places
from evaluator.results import Result, read_result

PAGE = DOCS / "organise" / "first-challenge.md"
FILE = re.compile(r"\*\*`weather/([^`]+)`\*\*.*?```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> ChallengeFolder:
    """The folder that a reader of the page has in the end."""
    for path, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        file = tmp_path / "weather" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return read_folder(tmp_path / "weather")


def _evaluate(folder: ChallengeFolder, upload: str, root: Path) -> tuple[Report, Result | None]:
    """Score an upload as a sandbox does."""
    places = Places.below(root)
    for place in (places.job, places.upload, places.truth, places.output):
        place.mkdir(parents=True)
    (places.upload / "values.csv").write_text(upload, encoding="utf-8")
    (places.truth / "values.csv").write_bytes(folder.files["truth/values.csv"].read_bytes())
    plan = folder.config.phases[0].all_tasks[0].plan(None)
    orders = Orders(
        plan=plan, task="score", scratch_bytes=1024**2, cpus=1, memory_bytes=1024**3, seed=0
    )
    places.orders.write_text(orders.model_dump_json(), encoding="utf-8")
    report = run(places)
    found = places.result
    result = read_result(found.read_bytes(), ("mae", "rmse")) if found.exists() else None
    return report, result


def test_the_files_of_the_page_are_those_of_its_list(folder: ChallengeFolder) -> None:
    listing = PAGE.read_text(encoding="utf-8").partition("weather/\n")[2].partition("```")[0]

    assert sorted(folder.files) == sorted(listing.split())


def test_the_baseline_gets_the_scores_that_the_page_declares(
    folder: ChallengeFolder, tmp_path: Path
) -> None:
    baseline = read_baselines(folder.root)[0]

    _, result = _evaluate(folder, baseline.upload.read_text(encoding="utf-8"), tmp_path / "agon")

    assert result is not None
    assert result.scores == pytest.approx(baseline.declared.scores, abs=1e-9)


def test_a_row_that_is_left_out_is_told_as_the_page_says(
    folder: ChallengeFolder, tmp_path: Path
) -> None:
    report, result = _evaluate(folder, "day,celsius\n1,10\n2,10\n3,10\n4,10\n", tmp_path / "agon")

    assert [problem.code for problem in report.problems] == [Code.ROWS_MISMATCH]
    assert result is None


@pytest.mark.django_db
def test_the_folder_loads_as_revision_one(folder: ChallengeFolder) -> None:
    loaded = load_challenge(folder)

    assert (loaded.revision.number, loaded.is_new) == (1, True)
    assert yaml.safe_load(folder.files["challenge.yaml"].read_bytes())["slug"] == "weather"
