"""Teams and invitations over the wire."""

from datetime import datetime

from pydantic import Field, StrictBool

from web.api.schemas.base import Frozen


class MemberInfo(Frozen):
    """A member of the person's team."""

    name: str
    joined_at: datetime
    is_you: bool


class TeamInfo(Frozen):
    """The person's team; the invitation is shown to tokens that may change teams."""

    challenge: str
    name: str
    members: tuple[MemberInfo, ...]
    invitation: str | None
    invitation_url: str | None


class TeamNameRequest(Frozen):
    """What a team is to be called."""

    name: str = Field(max_length=200)


class InvitationInfo(Frozen):
    """Which team an invitation is of."""

    challenge: str
    title: str
    team: str
    is_member: bool


class AcceptRequest(Frozen):
    """What accepting takes: asking for it accepts the rules, unless it says otherwise."""

    accepts_rules: StrictBool = True
