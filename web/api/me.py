"""Who asks, and the person's tokens."""

from datetime import timedelta

from django.http import HttpRequest
from ninja import Router

from challenges.models import AccessToken
from challenges.services.tokens import create_token, revoke_token
from web.api.auth import SESSION_ONLY, SIGNED_IN, person
from web.api.errors import NotFound
from web.api.schemas.challenges import MembershipInfo
from web.api.schemas.people import (
    PersonInfo,
    TokenCreated,
    TokenInfo,
    TokenList,
    TokenRequest,
)

router = Router(tags=["me"])


@router.get("me", auth=SIGNED_IN, response=PersonInfo)
def show_me(request: HttpRequest) -> PersonInfo:
    """Who you are, where you take part, what you organise."""
    user = person(request)
    memberships = user.memberships.select_related("challenge", "team").order_by("accepted_at")
    return PersonInfo(
        name=str(user),
        email=user.email,
        memberships=tuple(
            MembershipInfo(
                challenge=membership.challenge.slug,
                title=membership.challenge.title,
                team=membership.team.name,
                joined_at=membership.accepted_at,
            )
            for membership in memberships
        ),
        organises=tuple(user.organised.order_by("slug").values_list("slug", flat=True)),
    )


@router.get("me/tokens", auth=SIGNED_IN, response=TokenList)
def list_tokens(request: HttpRequest) -> TokenList:
    """Your tokens, newest first; what each is cannot be shown again."""
    tokens = person(request).tokens.order_by("-created_at", "-pk")
    return TokenList(tokens=tuple(_token(token) for token in tokens))


# Not with a token: one that leaked could make itself successors that outlive it.
@router.post("me/tokens", auth=SESSION_ONLY, response={201: TokenCreated})
def make_token(request: HttpRequest, payload: TokenRequest) -> TokenCreated:
    """Make a token. Only with a session: sign in with the browser for it."""
    lifetime = timedelta(days=payload.days)
    token = create_token(user=person(request), name=payload.name, lifetime=lifetime)
    return TokenCreated(token=token, name=payload.name)


@router.delete("me/tokens/{int:token_id}", auth=SIGNED_IN, response={204: None})
def delete_token(request: HttpRequest, token_id: int) -> None:
    """Make a token void from now on."""
    if not revoke_token(user=person(request), token_id=token_id):
        raise NotFound


def _token(token: AccessToken) -> TokenInfo:
    return TokenInfo(
        id=token.pk,
        name=token.name,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )
