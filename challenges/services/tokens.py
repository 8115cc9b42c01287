"""Makes and checks personal access tokens."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.db import IntegrityError, transaction
from django.utils import timezone

from challenges.errors import TokenNameTaken, TooManyTokens
from challenges.models import AccessToken, Scope, User
from challenges.models.token import EVERYTHING, in_words, with_reading

PREFIX = "agon_"  # lets secret scanners find tokens that were committed by mistake
LIFETIME = timedelta(days=365)
TOUCH = timedelta(minutes=1)  # how exact "last used" is: one write a minute, not one a request
MAX_TOKENS = 100  # of one person; nobody can look after more


@dataclass(frozen=True)
class Grant:
    """Whom a token stands for and what it may do."""

    user: User
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None
    token_id: int | None = None  # of a personal token


def create_token(
    *,
    user: User,
    name: str,
    lifetime: timedelta = LIFETIME,
    scopes: Iterable[str] = EVERYTHING,
) -> str:
    """Store a token for a person and return it; it cannot be had again.

    Raises: TokenNameTaken, TooManyTokens.
    """
    if user.tokens.count() >= MAX_TOKENS:
        raise TooManyTokens(MAX_TOKENS)
    token = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            AccessToken.objects.create(
                user=user,
                name=name,
                digest=_digest(token),
                scopes=in_words(with_reading(scopes)),
                expires_at=timezone.now() + lifetime,
            )
    except IntegrityError as error:
        raise TokenNameTaken(name) from error
    return token


def free_name(user: User, name: str) -> str:
    """Return `name`, with a number behind it when the person has a token of that name."""
    taken = {token.lower() for token in user.tokens.values_list("name", flat=True)}
    names = (name if number == 1 else f"{name[:50]} ({number})" for number in count(1))
    return next(free for free in names if free.lower() not in taken)


def grant_of(token: str) -> Grant | None:
    """Return what a token grants; None for unknown and expired ones and closed accounts."""
    now = timezone.now()
    row = (
        AccessToken.objects.select_related("user")
        .filter(digest=_digest(token), expires_at__gt=now, user__is_active=True)
        .first()
    )
    if row is None:
        return None
    if row.last_used_at is None or now - row.last_used_at > TOUCH:
        AccessToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return Grant(row.user, row.name, row.granted, row.expires_at, row.pk)


def revoke_token(*, user: User, token_id: int) -> bool:
    """Delete a person's token; False when it is not theirs."""
    deleted, _ = AccessToken.objects.filter(user=user, pk=token_id).delete()
    return deleted > 0


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
