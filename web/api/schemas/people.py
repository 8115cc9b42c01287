"""People, their tokens and their signed-in programs over the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from challenges.models import Scope
from web.api.schemas.base import Frozen, Text
from web.api.schemas.challenges import MembershipInfo


class GrantInfo(Frozen):
    """With what a request came in: a token, or (without a name) a browser's session."""

    name: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None


class PersonInfo(Frozen):
    """Who asks."""

    name: str
    email: str
    memberships: tuple[MembershipInfo, ...]
    organises: tuple[str, ...]
    token: GrantInfo


class NameRequest(Frozen):
    """How others are to see the person."""

    name: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]


class TokenRequest(Frozen):
    """What making a token takes; whoever may submit or organise may also read."""

    name: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    days: int = Field(default=365, ge=1, le=365)
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)] = (Scope.READ, Scope.SUBMIT)


class TokenInfo(Frozen):
    """A token, without its secret."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class TokenCreated(Frozen):
    """A new token; it is shown this once."""

    token: str
    name: str


class TokenList(Frozen):
    """A person's tokens, newest first; a person has 100 at most."""

    tokens: tuple[TokenInfo, ...]


class DeviceInfo(Frozen):
    """A program that was signed in with a code."""

    id: int
    name: str
    scopes: tuple[Scope, ...]
    signed_in_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class DeviceList(Frozen):
    """A person's signed-in programs, the latest first."""

    devices: tuple[DeviceInfo, ...]
