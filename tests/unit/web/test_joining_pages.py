"""Joining a challenge, alone and by an invitation."""

import pytest
from django.test import Client

from challenges.models import Challenge, Membership, Team, User
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

JOIN = "/challenges/rain/join/"


def test_the_page_shows_the_rules(stranger: Client) -> None:
    text = stranger.get(JOIN).content.decode()

    assert "Be fair." in text
    assert 'value="Mallory"' in text


def test_somebody_who_is_not_signed_in_is_led_there_and_back(anybody: Client) -> None:
    response = anybody.get(JOIN)

    assert response.status_code == 302
    assert response.headers["Location"] == f"/accounts/login/?next={JOIN}"


def test_accepting_the_rules_is_recorded_with_their_revision(
    challenge: Challenge, stranger: Client
) -> None:
    response = stranger.post(JOIN, {"name": "Cats", "accepts_rules": "on"})

    membership = Membership.objects.get(team__name="Cats")
    assert response.headers["Location"] == "/challenges/rain/"
    assert membership.accepted_revision == challenge.revision


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": "Cats"}, "Accept the rules"),
        ({"name": "", "accepts_rules": "on"}, "This field is required"),
        ({"name": "x", "accepts_rules": "on"}, "at least 2 characters"),
        ({"name": "x" * 61, "accepts_rules": "on"}, "at most 60 characters"),
        ({"name": "Ca\u200bts", "accepts_rules": "on"}, "2 to 60 visible characters"),
        ({"name": "OWLS", "accepts_rules": "on"}, "Another team is called"),
        ({}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(
    sent: dict[str, str], sentence: str, stranger: Client, team: Team
) -> None:
    response = stranger.post(JOIN, sent)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Team.objects.get() == team


def test_who_takes_part_already_is_led_to_the_team(member: Client) -> None:
    assert member.get(JOIN).headers["Location"] == "/challenges/rain/team/"


def test_forged_forms_are_refused(challenge: Challenge) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user())

    response = client.post(JOIN, {"name": "Cats", "accepts_rules": "on"})

    assert response.status_code == 403
    assert "This form has grown old" in response.content.decode()
    assert not challenge.teams.exists()


def invitation(team: Team) -> str:
    return f"/invitations/{team.invitation}/"


def test_an_invitation_names_the_team_and_shows_the_rules(stranger: Client, team: Team) -> None:
    text = stranger.get(invitation(team)).content.decode()

    assert "Owls" in text
    assert "Be fair." in text


def test_looking_at_an_invitation_changes_nothing(stranger: Client, team: Team) -> None:
    stranger.get(invitation(team))

    assert team.memberships.count() == 1


def test_accepting_an_invitation_makes_a_member(stranger: Client, team: Team) -> None:
    response = stranger.post(invitation(team), {"accepts_rules": "on"})

    assert response.headers["Location"] == "/challenges/rain/team/"
    assert team.memberships.count() == 2


def test_an_invitation_needs_the_rules_accepted(stranger: Client, team: Team) -> None:
    response = stranger.post(invitation(team))

    assert response.status_code == 422
    assert "Accept the rules" in response.content.decode()
    assert team.memberships.count() == 1


def test_an_invitation_that_is_none_says_so(stranger: Client) -> None:
    response = stranger.get("/invitations/made-up/")

    assert response.status_code == 404
    assert "Ask the team for a new link" in response.content.decode()


def test_a_baselines_team_invites_nobody(stranger: Client, team: Team) -> None:
    Team.objects.filter(pk=team.pk).update(is_baseline=True)

    assert stranger.post(invitation(team), {"accepts_rules": "on"}).status_code == 404


def test_a_person_with_scores_cannot_change_teams(
    challenge: Challenge, team: Team, browser: Browser
) -> None:
    other = factories.make_membership(challenge, team="Cats")
    factories.make_submission(factories.only_phase(challenge), other.team)

    response = browser(other.user).post(invitation(team), {"accepts_rules": "on"})

    assert response.status_code == 422
    assert "last member" in response.content.decode()
    assert not team.memberships.filter(user=other.user).exists()


def test_a_member_is_told_so(member: Client, team: Team) -> None:
    assert "member of this team already" in member.get(invitation(team)).content.decode()


def test_an_account_that_is_closed_cannot_join(team: Team, browser: Browser) -> None:
    user: User = factories.make_user()
    client = browser(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert client.post(invitation(team), {"accepts_rules": "on"}).status_code == 302
    assert team.memberships.count() == 1
