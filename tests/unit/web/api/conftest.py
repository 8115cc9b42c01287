"""People and a challenge for tests of the API's doors."""

import json
from pathlib import Path
from typing import Any, Protocol

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from challenges.models import Challenge, Membership, Phase, Scope, Submission, Team, User
from challenges.services.tokens import create_token, free_name
from tests import factories

SUBMISSIONS = "/api/v1/challenges/rain/phases/main/submissions"


class AsUser(Protocol):
    """Gives a person's client, signed in by a token with some scopes, or with all."""

    def __call__(self, user: User, *scopes: str) -> Client:
        """Return the client."""


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def organiser(db: None) -> User:  # noqa: ARG001 - opens the database
    return factories.make_user("ada@example.org", "Ada")


@pytest.fixture
def challenge(organiser: User, tmp_path: Path) -> Challenge:  # noqa: ARG001 - named by the folder
    return factories.make_challenge(tmp_path)


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def membership(challenge: Challenge) -> Membership:
    return factories.make_membership(challenge, factories.make_user(name="Grace"), "Owls")


@pytest.fixture
def member(membership: Membership) -> User:
    return membership.user


@pytest.fixture
def team(membership: Membership) -> Team:
    return membership.team


@pytest.fixture
def stranger(db: None) -> User:  # noqa: ARG001 - opens the database
    return factories.make_user(name="Mallory")


@pytest.fixture
def as_user() -> AsUser:
    """Return a function that gives a person's client, signed in by token."""

    def client(user: User, *scopes: str) -> Client:
        name = free_name(user, "test")
        token = create_token(user=user, name=name, scopes=scopes or Scope.values)
        return Client(headers={"authorization": f"Bearer {token}"})

    return client


@pytest.fixture
def blobs(settings: Settings, tmp_path: Path, phase: Phase) -> Path:  # noqa: ARG001 - loaded first
    """Return the folder of a blob store that is empty when the upload begins."""
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()
    return tmp_path / "blobs"


@pytest.fixture
def grace(member: User, as_user: AsUser, blobs: Path) -> Client:  # noqa: ARG001 - as above
    """Return the client of a team member, before an empty blob store."""
    return as_user(member)


def stored(folder: Path) -> list[Path]:
    """Return all files in a blob store, finished or not."""
    return [path for path in folder.rglob("*") if path.is_file()]


def assert_nothing_is_left(blobs: Path) -> None:
    """Fail when an upload that was refused has left a trace."""
    assert stored(blobs) == []
    assert not Submission.objects.exists()


def error_of(response: object) -> dict[str, Any]:
    """Return the error in an answer, which has the one shape that errors have."""
    assert isinstance(response, HttpResponse)
    assert response.headers["Content-Type"].startswith("application/json")
    error: dict[str, Any] = json.loads(response.content)
    assert set(error) == {"code", "message", "details"}
    assert isinstance(error["details"], dict)
    assert error["message"].endswith(".")
    return error
