"""Makes and checks personal access tokens."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from challenges.models import AccessToken, User

PREFIX = "agon_"  # lets secret scanners find tokens that were committed by mistake
LIFETIME = timedelta(days=365)
TOUCH = timedelta(minutes=1)  # how exact "last used" is: one write a minute, not one a request


def create_token(*, user: User, name: str, lifetime: timedelta = LIFETIME) -> str:
    """Store a token for a person and return it; it cannot be had again."""
    token = PREFIX + secrets.token_urlsafe(32)
    AccessToken.objects.create(
        user=user, name=name, digest=_digest(token), expires_at=timezone.now() + lifetime
    )
    return token


def user_of_token(token: str) -> User | None:
    """Return whose token it is; None for unknown and expired ones and closed accounts."""
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
    return row.user


def revoke_token(*, user: User, token_id: int) -> bool:
    """Delete a person's token; False when it is not theirs."""
    deleted, _ = AccessToken.objects.filter(user=user, pk=token_id).delete()
    return deleted > 0


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
