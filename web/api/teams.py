"""The person's team in a challenge, and invitations."""

from django.http import HttpRequest
from django.urls import reverse
from ninja import Router

from challenges.errors import InvitationInvalid, NotTakingPart
from challenges.models import Membership, Scope, Team
from challenges.services.joining import (
    accept_invitation,
    leave_team,
    rename_team,
    renew_invitation,
)
from web.api.access import find_challenge
from web.api.auth import SIGNED_IN, grant_in, person
from web.api.idempotency import creates_once
from web.api.me import membership_info
from web.api.schemas.challenges import MembershipInfo
from web.api.schemas.teams import (
    AcceptRequest,
    InvitationInfo,
    MemberInfo,
    TeamInfo,
    TeamNameRequest,
)

PLAIN_CONSENT = AcceptRequest()

router = Router(tags=["teams"])


@router.get("challenges/{slug}/team", auth=SIGNED_IN, response=TeamInfo)
def show_team(request: HttpRequest, slug: str) -> TeamInfo:
    """Your team: its members, and the link that invites others."""
    return _team(request, _membership(request, slug).team)


@router.patch("challenges/{slug}/team", auth=SIGNED_IN, response=TeamInfo)
def rename_own_team(request: HttpRequest, slug: str, payload: TeamNameRequest) -> TeamInfo:
    """Give your team another name."""
    team = _membership(request, slug).team
    return _team(request, rename_team(team=team, name=payload.name))


@router.post("challenges/{slug}/team/invitation", auth=SIGNED_IN, response={201: TeamInfo})
@creates_once(TeamInfo)
def renew_own_invitation(request: HttpRequest, slug: str) -> TeamInfo:
    """Give your team a new invitation; the old one is void."""
    return _team(request, renew_invitation(team=_membership(request, slug).team))


@router.post("challenges/{slug}/team/leave", auth=SIGNED_IN, response={204: None})
def leave_own_team(request: HttpRequest, slug: str) -> None:
    """Leave your team; what it has handed in stays with it."""
    leave_team(membership=_membership(request, slug))


@router.get("invitations/{word}", auth=SIGNED_IN, response=InvitationInfo)
def show_invitation(request: HttpRequest, word: str) -> InvitationInfo:
    """Which team invites you, to which challenge."""
    team = Team.objects.select_related("challenge").filter(invitation=word).first()
    if team is None or team.is_baseline:
        raise InvitationInvalid
    return InvitationInfo(
        challenge=team.challenge.slug,
        title=team.challenge.title,
        team=team.name,
        is_member=team.memberships.filter(user=person(request)).exists(),
    )


@router.post("invitations/{word}/accept", auth=SIGNED_IN, response=MembershipInfo)
def accept_own_invitation(
    request: HttpRequest, word: str, payload: AcceptRequest = PLAIN_CONSENT
) -> MembershipInfo:
    """Accept the rules and become a member of the team; a second call changes nothing."""
    membership = accept_invitation(
        invitation=word, user=person(request), accepts_rules=payload.accepts_rules
    )
    return membership_info(membership)


def _membership(request: HttpRequest, slug: str) -> Membership:
    challenge = find_challenge(slug)
    rows = challenge.memberships.filter(user=person(request))
    membership = rows.select_related("team__challenge").first()
    if membership is None:
        raise NotTakingPart(challenge.title)
    return membership


def _team(request: HttpRequest, team: Team) -> TeamInfo:
    user, may_invite = person(request), Scope.SUBMIT in grant_in(request).scopes
    members = team.memberships.select_related("user").order_by("accepted_at", "pk")
    page = request.build_absolute_uri(reverse("invitation", args=[team.invitation]))
    return TeamInfo(
        challenge=team.challenge.slug,
        name=team.name,
        members=tuple(
            MemberInfo(name=str(row.user), joined_at=row.accepted_at, is_you=row.user_id == user.pk)
            for row in members
        ),
        # Whoever has it can join: a token that only reads must not become a member.
        invitation=team.invitation if may_invite else None,
        invitation_url=page if may_invite else None,
    )
