"""A challenge with everything in it that has an address, and people before it."""

from pathlib import Path

import pytest
from pytest_django import Settings

from challenges.models import Challenge, Membership, Phase, Submission, User
from challenges.services.submissions import Details
from challenges.services.tokens import create_token
from tests import factories, packing
from tests.unit.regressions.walking import Addresses

SCHEMA = {
    "type": "object",
    "properties": {
        "repository": {"type": "string", "title": "Repository", "x-leaderboard": True},
        "gpus": {"type": "integer", "x-leaderboard": True},
    },
}

PROVIDER = {"client_id": "agon", "secret": "secret"}


@pytest.fixture(autouse=True)
def _all_ways_to_sign_in(settings: Settings) -> None:
    """Set up what has addresses only then."""
    oidc = PROVIDER | {"provider_id": "oidc", "settings": {"server_url": "https://id.example.org"}}
    names = ("github", "google", "orcid")
    settings.SOCIALACCOUNT_PROVIDERS = {name: {"APPS": [PROVIDER]} for name in names} | {
        "openid_connect": {"APPS": [oidc]}
    }


@pytest.fixture
def ada(db: None) -> User:  # noqa: ARG001 - opens the database
    """The organiser."""
    return factories.make_user("ada@example.org", "Ada")


@pytest.fixture
def challenge(ada: User, tmp_path: Path) -> Challenge:  # noqa: ARG001 - named by the folder
    column = {"key": "accuracy", "title": "Accuracy", "better": "higher", "digits": 3}
    data = factories.config(
        limits={"per_day": 100, "total": 100, "in_flight": 100, "upload": "1 MiB"},
        leaderboard={"columns": [column], "per": "method"},  # every method has a row
    )
    data["metadata_schema"] = SCHEMA
    return factories.make_challenge(tmp_path / "rain", data)


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def grace(challenge: Challenge) -> Membership:
    """A member of a team that has handed in."""
    return factories.make_membership(challenge, factories.make_user(name="Grace"), "Owls")


@pytest.fixture
def mallory(challenge: Challenge) -> User:
    """Somebody in another team."""
    return factories.make_membership(challenge, factories.make_user(name="Mallory"), "Cats").user


@pytest.fixture
def submission(phase: Phase, grace: Membership) -> Submission:
    details = Details("trees", "Many trees.", {"repository": "https://example.org/trees"})
    outcome = factories.scored({"accuracy": 0.5}, {"stations": {"accuracy": 0.5}})
    files = (factories.artifact("notes.txt", b"notes"),)
    submission = factories.make_submission(phase, grace.team, details=details)
    return factories.finish(submission, outcome.model_copy(update={"artifacts": files}))


@pytest.fixture
def addresses(grace: Membership, submission: Submission) -> Addresses:
    """Everything that the site answers to, filled in with what belongs to Grace's team."""
    create_token(user=grace.user, name="laptop")
    return Addresses(
        {
            "slug": "rain",
            "phase": "main",
            "board": "main",
            "name": "rules",
            "path": "sample.csv",
            "word": grace.team.invitation,
            "submission_id": submission.pk,
            "evaluation_id": submission.evaluations.get().pk,
            "artifact_id": submission.evaluations.get().artifacts.get().pk,
            "token_id": grace.user.tokens.get().pk,
            "device_id": 1,
            "number": 1,
            "upload_id": packing.begun(grace.team, submission.phase).pk,
            "sha256": packing.digest_of(b"chunk one"),
            "pk": 1,
            "key": "no-such-key",
            "uidb36": "1",
            "provider_id": "oidc",
        }
    )
