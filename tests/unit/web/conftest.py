"""People with browsers, and a challenge, for tests of the pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from challenges.models import Challenge, Membership, Phase, Team, User
from challenges.services.rates import Rates
from tests import factories

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fresh_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what requests of other tests have used up of the limits."""
    monkeypatch.setattr("web.limiting.rates", Rates())


@pytest.fixture
def organiser(db: None) -> User:  # noqa: ARG001 - opens the database
    return factories.make_user("ada@example.org", "Ada")


@pytest.fixture
def challenge(organiser: User, tmp_path: Path) -> Challenge:  # noqa: ARG001 - named by the folder
    return factories.make_challenge(tmp_path / "rain")


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def membership(challenge: Challenge) -> Membership:
    return factories.make_membership(challenge, factories.make_user(name="Grace"), "Owls")


@pytest.fixture
def team(membership: Membership) -> Team:
    return membership.team


@pytest.fixture
def browser() -> Browser:
    """Return a function that gives a person's browser, signed in."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def member(browser: Browser, membership: Membership) -> Client:
    """Return a team member's browser."""
    return browser(membership.user)


@pytest.fixture
def stranger(browser: Browser, challenge: Challenge) -> Client:  # noqa: ARG001 - is there first
    """Return the browser of somebody who takes part in nothing."""
    return browser(factories.make_user(name="Mallory"))


@pytest.fixture
def ada(browser: Browser, organiser: User) -> Client:
    """Return the organiser's browser."""
    return browser(organiser)


@pytest.fixture
def anybody(challenge: Challenge) -> Client:  # noqa: ARG001 - is there first
    """Return the browser of somebody who is not signed in."""
    return Client()
