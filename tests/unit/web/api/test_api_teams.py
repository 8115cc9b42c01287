"""Teams over the API: as on their page."""

import pytest

from challenges.models import Membership, Phase, Team, User
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db

TEAM = "/api/v1/challenges/rain/team"


def test_a_team_has_its_members_and_the_link_of_its_page(
    member: User, team: Team, as_user: AsUser
) -> None:
    shown = as_user(member).get(TEAM).json()

    assert (shown["name"], shown["challenge"]) == ("Owls", "rain")
    assert [(row["name"], row["is_you"]) for row in shown["members"]] == [("Grace", True)]
    assert shown["invitation_url"] == f"http://testserver/invitations/{team.invitation}/"


def test_a_team_is_renamed_by_its_members(member: User, team: Team, as_user: AsUser) -> None:
    factories.make_team(team.challenge, "Cats")

    renamed = as_user(member).patch(TEAM, {"name": "Night  Owls"}, "application/json")
    taken = as_user(member).patch(TEAM, {"name": "cats"}, "application/json")

    assert renamed.json()["name"] == "Night Owls"
    assert (taken.status_code, error_of(taken)["code"]) == (409, "team-name-taken")


def test_an_invitation_says_who_invites_and_makes_a_member(
    team: Team, stranger: User, as_user: AsUser
) -> None:
    client, address = as_user(stranger), f"/api/v1/invitations/{team.invitation}"

    asked = client.get(address).json()
    unwilling = client.post(f"{address}/accept", {"accepts_rules": False}, "application/json")
    unclear = client.post(f"{address}/accept", {"accepts_rules": 1}, "application/json")
    answers = [client.post(f"{address}/accept", {}, "application/json") for _ in range(2)]

    assert asked == {
        "challenge": "rain",
        "title": "Rain tomorrow",
        "team": "Owls",
        "is_member": False,
    }
    assert error_of(unwilling)["code"] == "rules-not-accepted"
    assert error_of(unclear)["code"] == "request-invalid"
    assert [answer.json()["team"] for answer in answers] == ["Owls", "Owls"]
    assert team.memberships.count() == 2


def test_a_new_invitation_makes_the_old_one_void(
    member: User, team: Team, stranger: User, as_user: AsUser
) -> None:
    renewed = as_user(member).post(f"{TEAM}/invitation").json()["invitation"]

    old = as_user(stranger).get(f"/api/v1/invitations/{team.invitation}")
    new = as_user(stranger).get(f"/api/v1/invitations/{renewed}")

    assert (old.status_code, error_of(old)["code"]) == (404, "invitation-invalid")
    assert new.status_code == 200


def test_an_invitation_is_made_once_however_often_it_is_asked_for_with_one_key(
    member: User, team: Team, as_user: AsUser
) -> None:
    client = as_user(member)

    def renewed(key: str) -> str:
        answer = client.post(f"{TEAM}/invitation", headers={"idempotency-key": key})
        assert answer.status_code == 201
        return str(answer.json()["invitation"])

    first, again, other = renewed("one"), renewed("one"), renewed("two")

    assert first == again
    assert len({team.invitation, first, other}) == 3


def test_leaving_is_for_everybody_but_the_last_of_a_team_with_scores(
    phase: Phase, membership: Membership, as_user: AsUser
) -> None:
    factories.make_submission(phase, membership.team)

    refused = as_user(membership.user).post(f"{TEAM}/leave")

    assert (refused.status_code, error_of(refused)["code"]) == (409, "team-change-refused")
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_an_invitation_of_a_baseline_is_none(phase: Phase, stranger: User, as_user: AsUser) -> None:
    baseline = Team.objects.create(challenge=phase.challenge, name="Base", is_baseline=True)

    response = as_user(stranger).get(f"/api/v1/invitations/{baseline.invitation}")

    assert response.status_code == 404
