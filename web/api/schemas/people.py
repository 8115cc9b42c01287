"""People and their tokens over the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from web.api.schemas.base import Frozen, Text
from web.api.schemas.challenges import MembershipInfo


class PersonInfo(Frozen):
    """Who asks."""

    name: str
    email: str
    memberships: tuple[MembershipInfo, ...]
    organises: tuple[str, ...]


class TokenRequest(Frozen):
    """What making a token takes."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    days: int = Field(default=365, ge=1, le=365)


class TokenInfo(Frozen):
    """A token, without its secret."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class TokenCreated(Frozen):
    """A new token; it is shown this once."""

    token: str
    name: str


class TokenList(Frozen):
    """A person's tokens, newest first."""

    tokens: tuple[TokenInfo, ...]
