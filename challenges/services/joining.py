"""Joining a challenge, and who is in which team."""

import unicodedata

from django.db import IntegrityError, transaction
from django.db.models import F

from challenges.errors import (
    InvitationInvalid,
    RulesNotAccepted,
    TeamChangeRefused,
    TeamNameInvalid,
    TeamNameTaken,
)
from challenges.models import Challenge, Leaderboard, Membership, Team, User
from challenges.models.team import new_invitation

MAX_MEMBERS = 20


def checked_team_name(name: str) -> str:
    """Return a name in the form in which it is stored: NFC, single spaces.

    Raises: TeamNameInvalid for names that are too short, too long, or hold invisible characters.
    """
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    # Bidirectional and zero-width characters make one name look like another.
    if not 2 <= len(tidy) <= 60 or not all(c.isprintable() for c in tidy):
        raise TeamNameInvalid
    return tidy


@transaction.atomic
def join(*, challenge: Challenge, user: User, team_name: str, accepts_rules: bool) -> Membership:
    """Make a person take part with a team of one; joining twice changes nothing.

    Raises: RulesNotAccepted, TeamNameInvalid, TeamNameTaken.
    """
    present = challenge.memberships.filter(user=user).first()
    if present is not None:
        return present
    if not accepts_rules:
        raise RulesNotAccepted
    team = _new_team(challenge, checked_team_name(team_name))
    return Membership.objects.create(
        challenge=challenge, team=team, user=user, accepted_revision=challenge.revision
    )


@transaction.atomic
def accept_invitation(*, invitation: str, user: User, accepts_rules: bool) -> Membership:
    """Make a person a member of the team that an invitation link belongs to.

    Somebody who takes part alone and has handed nothing in moves; their empty team goes.
    Raises: InvitationInvalid, RulesNotAccepted, TeamChangeRefused.
    """
    team = Team.objects.select_for_update().filter(invitation=invitation).first()
    if team is None or team.is_baseline:
        raise InvitationInvalid
    if not accepts_rules:
        raise RulesNotAccepted
    present = Membership.objects.filter(challenge=team.challenge_id, user=user).first()
    if present is not None and present.team_id == team.pk:
        return present
    if team.memberships.count() >= MAX_MEMBERS:
        raise TeamChangeRefused(f"'{team}' has {MAX_MEMBERS} members, which is the most.")
    if present is not None:
        _leave(present)
    return Membership.objects.create(
        challenge=team.challenge,
        team=team,
        user=user,
        accepted_revision=team.challenge.revision,
    )


@transaction.atomic
def rename_team(*, team: Team, name: str) -> Team:
    """Give a team another name. Raises: TeamNameInvalid, TeamNameTaken."""
    team.name = checked_team_name(name)
    try:
        with transaction.atomic():
            team.save(update_fields=["name"])
    except IntegrityError as error:
        raise TeamNameTaken(team.name) from error
    # Boards show the name; their version tells caches to look again.
    Leaderboard.objects.filter(entries__team=team).update(version=F("version") + 1)
    return team


def renew_invitation(*, team: Team) -> Team:
    """Give a team a new invitation link; the old one leads nowhere from now on."""
    team.invitation = new_invitation()
    team.save(update_fields=["invitation"])
    return team


@transaction.atomic
def leave_team(*, membership: Membership) -> None:
    """Take a person out of a team; scores stay with the team.

    Raises: TeamChangeRefused for the last member of a team that has handed something in.
    """
    _leave(membership)


def _leave(membership: Membership) -> None:
    team = Team.objects.select_for_update().get(pk=membership.team_id)
    is_last = team.memberships.count() == 1
    # Otherwise a person could collect a fresh quota with every new team.
    if is_last and team.submissions.exists():
        raise TeamChangeRefused(
            f"You are the last member of '{team}', which has handed in submissions."
        )
    membership.delete()
    if is_last:
        team.delete()


def _new_team(challenge: Challenge, name: str) -> Team:
    try:
        with transaction.atomic():
            return Team.objects.create(challenge=challenge, name=name)
    except IntegrityError as error:
        raise TeamNameTaken(name) from error
