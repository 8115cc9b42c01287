"""Programs that people have signed in through the browser: OAuth 2 device sign-in (RFC 8628).

allauth's identity provider hands the tokens out and keeps only their digests. One public client is
known to it: our own command.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.internal.oauthlib.device_codes import cache_device_code_key
from allauth.idp.oidc.models import Client, Token
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from challenges.models import Scope, User
from challenges.models.token import in_words, with_reading
from challenges.services.tokens import TOUCH, Grant

CLIENT_ID = "agon-cli"
CLIENT_NAME = "The command agon"
DEVICE_GRANT = str(Client.GrantType.DEVICE_CODE)
DEFAULT_SCOPES = (Scope.READ, Scope.SUBMIT)
LIFETIME = timedelta(days=90)  # about a challenge's length; no token renews itself
_USED = "last_used_at"


@dataclass(frozen=True)
class Device:
    """One signed-in program."""

    pk: int
    name: str
    scopes: frozenset[Scope]
    signed_in_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class HandedOut:
    """A new access token, the only time that it is in clear."""

    token: str = field(repr=False)
    scopes: frozenset[Scope]
    seconds: int  # how long it holds


def ensure_client(**_: Any) -> None:
    """Make our command known to the identity provider; after each `migrate`."""
    Client.objects.update_or_create(
        id=CLIENT_ID,
        defaults={
            "name": CLIENT_NAME,
            "type": Client.Type.PUBLIC,
            "grant_types": Client.GrantType.DEVICE_CODE,
            "response_types": "",
            "redirect_uris": "",
            "scopes": "\n".join(Scope.values),
            "default_scopes": "\n".join(DEFAULT_SCOPES),
        },
    )


def asked_scopes(device_code: str) -> frozenset[Scope]:
    """Return what a program that waits to be signed in asks for."""
    waiting = cache.get(cache_device_code_key(device_code)) or {}
    return with_reading(waiting.get("scope") or DEFAULT_SCOPES)


def hand_out(user: User, asked: Sequence[str] | None) -> HandedOut:
    """Return a new access token for our command; only its digest is kept."""
    Token.objects.expired().filter(user=user).delete()
    scopes, seconds = with_reading(asked or DEFAULT_SCOPES), LIFETIME.total_seconds()
    row = Token(
        type=Token.Type.ACCESS_TOKEN,
        client_id=CLIENT_ID,
        user=user,
        expires_at=timezone.now() + LIFETIME,
    )
    token = secrets.token_urlsafe(48)
    row.set_value(token)
    row.set_scopes(in_words(scopes).split())
    row.save(force_insert=True)
    return HandedOut(token, scopes, int(seconds))


def device_grant(token: str) -> Grant | None:
    """Return what an access token grants; None for unknown and expired ones, closed accounts."""
    row = _live().by_value(token).select_related("user", "client").first()
    if row is None or not row.user.is_active:
        return None
    _touch(row)
    name = row.client.name if row.client else ""
    return Grant(row.user, name, with_reading(row.get_scopes()), row.expires_at)


def devices_of(user: User) -> list[Device]:
    """Return what a person has signed in, the latest first."""
    rows = _live().filter(user=user).select_related("client").order_by("-created_at", "-pk")
    return [_device(row) for row in rows]


def sign_out(user: User, device_id: int) -> bool:
    """Make a program's token void; False when it is not the person's."""
    deleted, _ = _live().filter(user=user, pk=device_id).delete()
    return bool(deleted)


def sign_out_token(token: str) -> bool:
    """Make an access token void; False when it is none."""
    deleted, _ = _live().by_value(token).delete()
    return bool(deleted)


def _live() -> Any:  # allauth's own queryset, which has no types
    rows: QuerySet[Token] = Token.objects.valid()
    return rows.filter(type=Token.Type.ACCESS_TOKEN, user__isnull=False)


def _touch(row: Any) -> None:
    now, used = timezone.now(), _used(row)
    if used is None or now - used > TOUCH:
        data = {**(row.data or {}), _USED: now.isoformat()}
        Token.objects.filter(pk=row.pk).update(data=data)


def _used(row: Any) -> datetime | None:
    text = (row.data or {}).get(_USED)
    return parse_datetime(text) if text else None


def _device(row: Any) -> Device:
    return Device(
        pk=row.pk,
        name=row.client.name if row.client else "",
        scopes=with_reading(row.get_scopes()),
        signed_in_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=_used(row),
    )
