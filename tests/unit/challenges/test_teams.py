"""Joining and teams."""

from pathlib import Path

import pytest

from challenges.errors import (
    InvitationInvalid,
    RulesNotAccepted,
    TeamChangeRefused,
    TeamNameInvalid,
    TeamNameTaken,
)
from challenges.models import Challenge, Team
from challenges.services.joining import (
    accept_invitation,
    join,
    leave_team,
    rename_team,
    renew_invitation,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path)


def test_joining_records_the_rules_that_were_accepted(challenge: Challenge) -> None:
    membership = factories.make_membership(challenge)

    assert membership.accepted_revision == challenge.revision


def test_joining_twice_changes_nothing(challenge: Challenge) -> None:
    user = factories.make_user()
    first = factories.make_membership(challenge, user)

    again = join(challenge=challenge, user=user, team_name="Other", accepts_rules=True)

    assert again == first


def test_nobody_joins_without_accepting_the_rules(challenge: Challenge) -> None:
    with pytest.raises(RulesNotAccepted):
        join(challenge=challenge, user=factories.make_user(), team_name="Ants", accepts_rules=False)

    assert not Team.objects.exists()


@pytest.mark.parametrize("name", ["", "a", "x" * 61, "  ", "Ants\u202e", "An\u200bts", "\ud800x"])
def test_names_that_cannot_be_shown_are_refused(challenge: Challenge, name: str) -> None:
    with pytest.raises(TeamNameInvalid):
        join(challenge=challenge, user=factories.make_user(), team_name=name, accepts_rules=True)


def test_a_name_is_taken_in_any_case(challenge: Challenge) -> None:
    factories.make_team(challenge, "Ants")

    with pytest.raises(TeamNameTaken):
        factories.make_team(challenge, "ANTS")


def test_an_invitation_makes_a_person_a_member_and_moves_an_idle_single(
    challenge: Challenge,
) -> None:
    ants = factories.make_team(challenge, "Ants")
    single = factories.make_membership(challenge)

    joined = accept_invitation(invitation=ants.invitation, user=single.user, accepts_rules=True)

    assert joined.team == ants
    assert not Team.objects.filter(pk=single.team_id).exists()


def test_somebody_who_has_handed_in_alone_cannot_change_teams(challenge: Challenge) -> None:
    ants = factories.make_team(challenge, "Ants")
    single = factories.make_membership(challenge)
    factories.make_submission(factories.only_phase(challenge), single.team)

    with pytest.raises(TeamChangeRefused):
        accept_invitation(invitation=ants.invitation, user=single.user, accepts_rules=True)


def test_a_renewed_invitation_makes_the_old_link_void(challenge: Challenge) -> None:
    ants = factories.make_team(challenge, "Ants")
    old = ants.invitation
    renew_invitation(team=ants)

    with pytest.raises(InvitationInvalid):
        accept_invitation(invitation=old, user=factories.make_user(), accepts_rules=True)


def test_a_team_of_baselines_takes_no_members(challenge: Challenge) -> None:
    team = Team.objects.create(challenge=challenge, name="Baseline", is_baseline=True)

    with pytest.raises(InvitationInvalid):
        accept_invitation(
            invitation=team.invitation, user=factories.make_user(), accepts_rules=True
        )


def test_the_last_member_of_a_team_with_submissions_stays(challenge: Challenge) -> None:
    membership = factories.make_membership(challenge)
    factories.make_submission(factories.only_phase(challenge), membership.team)

    with pytest.raises(TeamChangeRefused):
        leave_team(membership=membership)


def test_renaming_to_a_name_that_is_taken_changes_nothing(challenge: Challenge) -> None:
    factories.make_team(challenge, "Ants")
    bees = factories.make_team(challenge, "Bees")

    with pytest.raises(TeamNameTaken):
        rename_team(team=bees, name="ants")

    bees.refresh_from_db()
    assert bees.name == "Bees"


def test_scores_stay_when_an_account_is_closed(challenge: Challenge) -> None:
    membership = factories.make_membership(challenge)
    submission = factories.make_scored(factories.only_phase(challenge), membership.team)

    membership.user.delete()

    submission.refresh_from_db()
    assert submission.user is None
    assert submission.evaluations.get().scores.count() == 1
