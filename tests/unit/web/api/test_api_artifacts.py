"""Pictures and files over the API: the same rules as on the pages."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from challenges.models import Challenge, Submission, Team, User
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
def challenge(organiser: User, tmp_path: Path) -> Challenge:  # noqa: ARG001 - named by the folder
    case = {"id": "case-{1..2}", "path": "{id}.npy", "dtype": "integer"}
    column = {"key": "accuracy", "title": "Accuracy", "better": "higher"}
    data = factories.config(
        submission={"cases": [case]},
        leaderboard={"columns": [column], "split": {"public": "case-1"}},
        pictures="public",
    )
    truth = {f"truth/case-{n}.npy": b"truth" for n in (1, 2)}
    return factories.make_challenge(tmp_path, data, truth)


@pytest.fixture
def done(challenge: Challenge, team: Team) -> Submission:
    artifacts = tuple(
        factories.artifact(f"case-{n}.png", PNG, case=f"case-{n}", words="The slice.")
        for n in (1, 2)
    )
    cases = {"case-1": {"accuracy": 0.5}, "case-2": {"accuracy": 0.5}}
    outcome = factories.scored({"accuracy": 0.5}, cases)
    submission = factories.make_submission(factories.only_phase(challenge), team)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": artifacts}))


def shown(client: Client, submission: Submission) -> list[dict[str, object]]:
    found: list[dict[str, object]] = client.get(f"/api/v1/submissions/{submission.pk}").json()[
        "tasks"
    ][0]["artifacts"]
    return found


def test_a_submission_lists_what_may_be_seen_with_its_address(
    done: Submission, member: User, as_user: AsUser
) -> None:
    client = as_user(member)

    (picture,) = shown(client, done)
    response = client.get(str(picture["url"]))
    content = b"".join(response)

    stored = done.evaluations.get().artifacts.get(case="case-1")
    assert picture == {
        "id": str(stored.pk),
        "name": "case-1.png",
        "kind": "png",
        "case": "case-1",
        "words": "The slice.",
        "size": len(PNG),
        "sha256": stored.sha256,
        "url": f"/api/v1/submissions/{done.pk}/artifacts/{stored.pk}",
    }
    assert (response.status_code, content) == (200, PNG)
    assert response.headers["Content-Type"] == "image/png"


def test_organisers_see_all(done: Submission, organiser: User, as_user: AsUser) -> None:
    assert [picture["case"] for picture in shown(as_user(organiser), done)] == ["case-1", "case-2"]


def test_a_private_case_and_what_is_not_there_are_not_found(
    done: Submission, member: User, stranger: User, as_user: AsUser
) -> None:
    public, private = done.evaluations.get().artifacts.order_by("position")
    base = f"/api/v1/submissions/{done.pk}/artifacts"

    refused = [
        as_user(member).get(f"{base}/{private.pk}"),
        as_user(member).get(f"{base}/{uuid4()}"),
        as_user(stranger).get(f"{base}/{public.pk}"),
        as_user(factories.make_membership(done.phase.challenge).user).get(f"{base}/{public.pk}"),
    ]

    assert [response.status_code for response in refused] == [404] * 4
    assert {error_of(response)["code"] for response in refused} == {"not-found"}
    assert Client().get(f"{base}/{public.pk}").status_code == 401
