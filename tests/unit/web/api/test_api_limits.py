"""Who asks too often is told when to ask again."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from challenges.models import Challenge, Phase, Team, User
from tests import factories
from tests.unit.web.api.conftest import SUBMISSIONS, AsUser, error_of

pytestmark = pytest.mark.django_db

LIMITS = "read=3,write=2,anonymous=2,files=4,challenges=1"


@pytest.fixture(autouse=True)
def _small_limits(settings: Settings) -> None:
    settings.AGON = settings.AGON.model_copy(update={"api_limits": LIMITS})


def statuses(client: Client, method: str, path: str, number: int) -> list[int]:
    return [
        client.generic(method, f"/api/v1/{path}", content_type="application/json").status_code
        for _ in range(number)
    ]


def test_a_person_reads_as_often_as_the_limit_says(member: User, as_user: AsUser) -> None:
    clients = [as_user(member), as_user(member)]  # two tokens of one person

    found = [client.get("/api/v1/me") for _ in range(2) for client in clients]

    assert [response.status_code for response in found] == [200, 200, 200, 429]
    error = error_of(found[-1])
    assert (error["code"], error["details"]["limit"]) == ("rate-limited", "read")
    assert found[-1].headers["Retry-After"] == str(error["details"]["retry_after_seconds"])
    assert 1 <= int(found[-1].headers["Retry-After"]) <= 20


def test_changing_is_counted_apart(member: User, as_user: AsUser) -> None:
    client = as_user(member)

    assert statuses(client, "PATCH", "me", 3) == [422, 422, 429]
    assert statuses(client, "GET", "me", 1) == [200]


def test_nobody_is_counted_by_address(challenge: Challenge) -> None:
    here, there = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")

    assert statuses(here, "GET", f"challenges/{challenge.slug}", 3) == [200, 200, 429]
    assert statuses(there, "GET", f"challenges/{challenge.slug}", 1) == [200]


def test_files_have_a_limit_of_their_own(challenge: Challenge) -> None:
    path = f"/api/v1/challenges/{challenge.slug}/files/sample.csv"

    found = []
    for _ in range(5):
        response = Client().get(path)
        b"".join(response)
        found.append(response.status_code)

    assert found == [200] * 4 + [429]


@pytest.mark.usefixtures("challenge")
def test_pushing_has_a_limit_of_its_own(organiser: User, as_user: AsUser) -> None:
    assert statuses(as_user(organiser), "POST", "challenges", 2) == [400, 429]


def test_a_full_quota_says_when_it_is_free_again(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    for _ in range(5):
        factories.make_scored(phase, team)

    response = as_user(member).post(SUBMISSIONS)

    seconds = int(response.headers["Retry-After"])
    midnight = timezone.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert error_of(response)["code"] == "submission-quota-exceeded"
    assert abs(seconds - (midnight - timezone.now()).total_seconds()) < 5


def test_a_full_queue_of_the_team_says_when_to_look_again(
    phase: Phase, team: Team, member: User, as_user: AsUser
) -> None:
    for _ in range(5):
        factories.make_submission(phase, team)

    response = as_user(member).post(SUBMISSIONS)

    assert error_of(response)["code"] == "too-many-in-flight"
    assert int(response.headers["Retry-After"]) > 0


def test_a_database_that_does_not_answer_is_503(
    member: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("database is locked")

    client = as_user(member)
    monkeypatch.setattr("web.api.me.devices_of", locked)

    response = client.get("/api/v1/me/devices")

    assert (response.status_code, error_of(response)["code"]) == (503, "site-busy")
    assert int(response.headers["Retry-After"]) > 0
