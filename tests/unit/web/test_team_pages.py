"""A team's page."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import Membership, Phase, Team
from tests import factories

pytestmark = pytest.mark.django_db

TEAM = "/challenges/rain/team/"


def test_members_see_each_other_and_the_link(
    member: Client, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        text = member.get(TEAM).content.decode()

    assert "Grace" in text
    assert f"http://testserver/invitations/{team.invitation}/" in text


def test_strangers_are_led_to_joining(stranger: Client, anybody: Client, team: Team) -> None:
    response = stranger.get(TEAM)

    assert response.headers["Location"] == "/challenges/rain/join/"
    assert anybody.get(TEAM).headers["Location"].startswith("/accounts/login/")
    assert team.invitation not in response.content.decode()


@pytest.mark.parametrize("action", ["rename/", "invitation/", "leave/"])
def test_strangers_change_nothing(
    action: str, stranger: Client, anybody: Client, team: Team
) -> None:
    for client in (stranger, anybody):
        client.post(TEAM + action, {"name": "Stolen"})

    now = Team.objects.get()
    assert (now.name, now.invitation) == (team.name, team.invitation)
    assert now.memberships.count() == 1


@pytest.mark.parametrize("action", ["rename/", "invitation/", "leave/"])
def test_looking_changes_nothing(action: str, member: Client) -> None:
    assert member.get(TEAM + action).status_code == 405


def test_a_team_can_be_renamed(member: Client, team: Team) -> None:
    response = member.post(TEAM + "rename/", {"name": "  Night   Owls "}, follow=True)

    team.refresh_from_db()
    assert team.name == "Night Owls"
    assert "Night Owls" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("CATS", "Another team is called"), ("", "required"), ("\u202ex", "visible")],
)
def test_a_name_that_cannot_be_is_said_in_the_form(
    name: str, sentence: str, member: Client, team: Team
) -> None:
    factories.make_team(team.challenge, "Cats")

    response = member.post(TEAM + "rename/", {"name": name})

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "<bdi>Owls</bdi>" in response.content.decode()


def test_a_new_link_makes_the_old_one_worthless(
    member: Client, stranger: Client, team: Team
) -> None:
    old = team.invitation

    member.post(TEAM + "invitation/")

    assert stranger.get(f"/invitations/{old}/").status_code == 404
    team.refresh_from_db()
    assert stranger.get(f"/invitations/{team.invitation}/").status_code == 200


def test_a_member_can_leave(member: Client, membership: Membership) -> None:
    factories.make_membership(membership.challenge)

    member.post(TEAM + "leave/")

    assert not Membership.objects.filter(pk=membership.pk).exists()


def test_the_last_member_cannot_leave_scores_behind(
    member: Client, membership: Membership, phase: Phase
) -> None:
    factories.make_submission(phase, membership.team)

    response = member.post(TEAM + "leave/", follow=True)

    assert "last member" in response.content.decode()
    assert Membership.objects.filter(pk=membership.pk).exists()
