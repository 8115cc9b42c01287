"""What organisers see: revisions, files of the folder, troubles; running again."""

from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Challenge, Phase, Team, User
from tests import factories
from tests.unit.web.api.conftest import AsUser

pytestmark = pytest.mark.django_db

BASE = "/api/v1/challenges/rain"


@pytest.fixture
def ada(organiser: User, challenge: Challenge, as_user: AsUser) -> Client:  # noqa: ARG001 - is organised
    return as_user(organiser)


def test_the_overview_has_revision_versions_and_troubles(
    ada: Client, phase: Phase, team: Team
) -> None:
    factories.finish(factories.make_submission(phase, team), factories.rejected())
    factories.finish(factories.make_submission(phase, team), factories.failed())

    shown = ada.get(f"{BASE}/organise").json()

    task = phase.tasks.get()
    assert (shown["revision"]["number"], shown["revision"]["is_current"]) == (1, True)
    assert shown["tasks"] == [
        {
            "phase": "main",
            "task": "main",
            "scorer": task.versions[0].digest,
            "truth": task.versions[1].digest,
        }
    ]
    assert {(row["status"], row["code"], row["number"]) for row in shown["troubles"]} == {
        ("rejected", "case-missing", 1),
        ("failed", "scorer-crashed", 1),
    }


def test_failed_evaluations_run_again(ada: Client, phase: Phase, team: Team) -> None:
    failed = factories.finish(factories.make_submission(phase, team), factories.failed())

    answers = [ada.post(f"{BASE}/rerun").json() for _ in range(2)]

    assert answers == [{"evaluations": 1}, {"evaluations": 0}]
    assert ada.get(f"/api/v1/submissions/{failed.pk}").json()["status"] == "queued"


def test_what_happened_to_a_submission_is_told_in_order(
    ada: Client, phase: Phase, team: Team
) -> None:
    submission = factories.make_scored(phase, team)

    events = ada.get(f"/api/v1/submissions/{submission.pk}/events").json()["events"]

    assert [(event["task"], event["status"]) for event in events] == [
        ("main", "queued"),
        ("main", "scored"),
    ]


def test_revisions_are_listed_the_latest_first(ada: Client, tmp_path: Path) -> None:
    for number in range(3):
        data = factories.config() | {"title": f"Rain {number}"}
        factories.make_challenge(tmp_path / str(number), data)

    first = ada.get(f"{BASE}/revisions", {"limit": 3}).json()
    rest = ada.get(f"{BASE}/revisions", {"limit": 3, "cursor": first["next"]}).json()

    found = [row for page in (first, rest) for row in page["revisions"]]
    assert [(row["number"], row["is_current"]) for row in found] == [
        (4, True),
        (3, False),
        (2, False),
        (1, False),
    ]


def test_a_folder_can_be_pulled_back_but_for_the_truth(ada: Client) -> None:
    listed = ada.get(f"{BASE}/revisions/1/files").json()["files"]

    served = {file["path"]: file["url"] for file in listed}
    truth = ada.get(f"{BASE}/revisions/1/files/truth/rain.csv")
    yaml = ada.get(str(served["challenge.yaml"]))

    assert served["truth/rain.csv"] is None
    assert {path for path, url in served.items() if url is None} == {"truth/rain.csv"}
    assert truth.status_code == 404
    assert b"slug: rain" in b"".join(yaml)
    assert yaml.headers["Cache-Control"] == "private, no-cache"


def test_truth_in_a_folder_of_a_task_is_truth_too(
    organiser: User, as_user: AsUser, tmp_path: Path
) -> None:
    files = {"truth/first/rain.csv": factories.TRUTH}
    factories.make_challenge(tmp_path, factories.config(truth="truth/first"), files)

    answers = [
        as_user(organiser).get(f"{BASE}/revisions/1/files/{path}").status_code
        for path in ("truth/first/rain.csv", "truth/rain.csv", "truth")
    ]

    assert answers == [404, 404, 404]


def test_a_revision_that_is_not_there_is_not_found(ada: Client) -> None:
    assert ada.get(f"{BASE}/revisions/2/files").status_code == 404
    assert ada.get(f"{BASE}/revisions/1/files/public/other").status_code == 404
