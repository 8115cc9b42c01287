"""Who asks, and the person's tokens and signed-in programs."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta

from django.http import HttpRequest
from ninja import Router

from challenges.models import AccessToken, Membership, Scope, User
from challenges.services.people import rename_person
from challenges.services.tokens import create_token, revoke_token
from web.api.auth import SESSION_ONLY, SIGNED_IN, TokenAuth, grant_in, person, token_in
from web.api.errors import NotFound
from web.api.schemas.challenges import MembershipInfo
from web.api.schemas.people import (
    DeviceInfo,
    DeviceList,
    GrantInfo,
    NameRequest,
    PersonInfo,
    TokenCreated,
    TokenInfo,
    TokenList,
    TokenRequest,
)
from web.devices import Device, devices_of, sign_out, sign_out_token

router = Router(tags=["me"])


@router.get("me", auth=SIGNED_IN, response=PersonInfo)
def show_me(request: HttpRequest) -> PersonInfo:
    """Who you are, where you take part, what you organise, and what your token may do."""
    return _person(request, person(request))


@router.patch("me", auth=SIGNED_IN, response=PersonInfo)
def rename_me(request: HttpRequest, payload: NameRequest) -> PersonInfo:
    """Change how others see you."""
    name = " ".join(payload.name.split())
    return _person(request, rename_person(user=person(request), name=name))


@router.get("me/tokens", auth=SIGNED_IN, response=TokenList)
def list_tokens(request: HttpRequest) -> TokenList:
    """Your tokens, newest first; what each is cannot be shown again."""
    tokens = person(request).tokens.order_by("-created_at", "-pk")
    return TokenList(tokens=tuple(_token(token) for token in tokens))


# Not with a token: one that leaked could make itself successors that outlive it. And no answer is
# kept for an idempotency key: it would be the token itself. A name that is taken says as much.
@router.post("me/tokens", auth=SESSION_ONLY, response={201: TokenCreated})
def make_token(request: HttpRequest, payload: TokenRequest) -> TokenCreated:
    """Make a token. Only with a session: sign in with the browser for it."""
    token = create_token(
        user=person(request),
        name=payload.name,
        lifetime=timedelta(days=payload.days),
        scopes=payload.scopes,
    )
    return TokenCreated(token=token, name=payload.name)


# Whatever a token may do: everybody may give up their own.
@router.delete("me/tokens/current", auth=(TokenAuth(Scope.READ),), response={204: None})
def delete_current_token(request: HttpRequest) -> None:
    """Make the token void that this request carries: sign out."""
    token_id = grant_in(request).token_id
    if token_id is None:
        sign_out_token(token_in(request))
    else:
        revoke_token(user=person(request), token_id=token_id)


@router.delete("me/tokens/{int:token_id}", auth=SIGNED_IN, response={204: None})
def delete_token(request: HttpRequest, token_id: int) -> None:
    """Make a token void from now on."""
    if not revoke_token(user=person(request), token_id=token_id):
        raise NotFound


@router.get("me/devices", auth=SIGNED_IN, response=DeviceList)
def list_devices(request: HttpRequest) -> DeviceList:
    """The programs that you have signed in with a code, the latest first."""
    return DeviceList(devices=tuple(_device(device) for device in devices_of(person(request))))


@router.delete("me/devices/{int:device_id}", auth=SIGNED_IN, response={204: None})
def delete_device(request: HttpRequest, device_id: int) -> None:
    """Sign a program out."""
    if not sign_out(person(request), device_id):
        raise NotFound


def membership_info(membership: Membership) -> MembershipInfo:
    """Return with which team a person takes part."""
    return MembershipInfo(
        challenge=membership.challenge.slug,
        title=membership.challenge.title,
        team=membership.team.name,
        joined_at=membership.accepted_at,
    )


def _person(request: HttpRequest, user: User) -> PersonInfo:
    grant = grant_in(request)
    memberships = user.memberships.select_related("challenge", "team").order_by("accepted_at")
    return PersonInfo(
        name=str(user),
        email=user.email,
        memberships=tuple(membership_info(membership) for membership in memberships),
        organises=tuple(user.organised.order_by("slug").values_list("slug", flat=True)),
        token=GrantInfo(
            name=grant.name, scopes=_in_order(grant.scopes), expires_at=grant.expires_at
        ),
    )


def _token(token: AccessToken) -> TokenInfo:
    return TokenInfo(
        id=token.pk,
        name=token.name,
        scopes=_in_order(token.granted),
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
    )


def _device(device: Device) -> DeviceInfo:
    fields = asdict(device)
    return DeviceInfo(id=fields.pop("pk"), **{**fields, "scopes": _in_order(device.scopes)})


def _in_order(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    kept = frozenset(scopes)
    return tuple(scope for scope in Scope if scope in kept)
