"""What uploads are checked and scored by, for programs that want to do the same."""

from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Phase
from evaluator.plans import MetricsPlan
from tests import factories

pytestmark = pytest.mark.django_db
CUSTOM = b"def score(prediction, truth):\n    return 0.5\n"


def test_anybody_sees_how_a_phase_is_scored(client: Client, phase: Phase) -> None:
    answer = client.get(f"/api/v1/challenges/rain/phases/{phase.slug}/plans").json()

    (plan,) = answer["plans"]
    assert (plan["task"], plan["is_whole"], plan["extra_files"]) == ("main", True, "reject")
    assert plan["cases"][0]["sources"] == [{"path": "rain.csv", "format": "csv"}]
    assert plan["metrics"][0]["metric"] == "accuracy"


def test_a_plan_is_what_the_evaluator_takes(client: Client, phase: Phase) -> None:
    (plan,) = client.get(f"/api/v1/challenges/rain/phases/{phase.slug}/plans").json()["plans"]
    fields = {key: plan[key] for key in MetricsPlan.model_fields if key in plan}

    assert MetricsPlan(**fields) == phase.config.all_tasks[0].plan(None)


def test_code_of_the_organisers_stays_with_them(client: Client, tmp_path: Path) -> None:
    metrics = [
        {"key": "accuracy", "metric": "accuracy"},
        {"key": "mine", "metric": "mine.py:score", "bounds": [0, 1], "better": "higher"},
    ]
    scoring = {
        "metrics": metrics,
        "combinations": [{"key": "both", "combine": "mean", "of": ["accuracy", "mine"]}],
    }
    factories.make_challenge(
        tmp_path, factories.config(scoring=scoring), {"scoring/mine.py": CUSTOM}
    )

    answer = client.get("/api/v1/challenges/rain/phases/main/plans")

    (plan,) = answer.json()["plans"]
    assert [metric["key"] for metric in plan["metrics"]] == ["accuracy"]
    assert (plan["combinations"], plan["is_whole"]) == ([], False)
    assert "mine.py" not in answer.content.decode()


def test_a_program_is_not_told(client: Client, tmp_path: Path) -> None:
    scoring = {"program": {"command": ["python", "secret.py"], "keys": ["accuracy"]}}
    factories.make_challenge(
        tmp_path, factories.config(scoring=scoring), {"scoring/secret.py": b"pass\n"}
    )

    answer = client.get("/api/v1/challenges/rain/phases/main/plans")

    (plan,) = answer.json()["plans"]
    assert (plan["metrics"], plan["is_whole"]) == ([], False)
    assert plan["cases"][0]["id"] == "stations"
    assert "secret.py" not in answer.content.decode()


@pytest.mark.parametrize("path", ["rain/phases/none", "none/phases/main"])
def test_what_is_not_there_has_no_plan(client: Client, phase: Phase, path: str) -> None:
    assert phase.slug == "main"
    assert client.get(f"/api/v1/challenges/{path}/plans").status_code == 404
