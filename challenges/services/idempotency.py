"""Keeps what a request was answered, so that it has its effect once however often it comes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from challenges.errors import ChallengeError
from challenges.models import KeptAnswer, User

LIFETIME = timedelta(hours=24)


@dataclass(frozen=True)
class Answer:
    """What is answered: an HTTP status and JSON."""

    status: int
    body: str


@dataclass(frozen=True)
class Request:
    """Whose request it is, its key, and the SHA-256 of what it asks for."""

    user: User
    key: str
    fingerprint: str


class KeyReused(ChallengeError):
    """An Idempotency-Key has come with another request before."""

    code = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request. Make a new one for each request."
        )


def once(request: Request, work: Callable[[], Answer]) -> Answer:
    """Return the answer to a request; `work` gives it when the key is new, and is not asked again.

    An error undoes all and is not kept: the same request may do better later. Of two that come
    together, the second waits for the first. Raises: KeyReused, and what `work` raises.
    """
    kept = _kept(request)
    if kept is not None:
        return kept
    try:
        with transaction.atomic():
            row = _reserve(request)
            answer = work()
            row.status, row.body = answer.status, answer.body
            row.save(update_fields=["status", "body"])
            return answer
    except _Taken:
        return _kept(request) or once(request, work)


def forget_old_answers() -> None:
    """Forget answers that are no longer given again."""
    KeptAnswer.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete()


class _Taken(Exception):
    """Another request with the key was quicker."""


def _kept(request: Request) -> Answer | None:
    row = KeptAnswer.objects.filter(
        user=request.user, key=request.key, created_at__gt=timezone.now() - LIFETIME
    ).first()
    if row is None:
        return None
    if row.fingerprint != request.fingerprint:
        raise KeyReused
    return Answer(row.status, row.body)


def _reserve(request: Request) -> KeptAnswer:
    """Return a new row for the key. Raises: _Taken when there is one, even if not finished yet."""
    KeptAnswer.objects.filter(
        user=request.user, key=request.key, created_at__lt=timezone.now() - LIFETIME
    ).delete()
    try:
        # PostgreSQL lets the second of two wait here until the first is done.
        with transaction.atomic():
            return KeptAnswer.objects.create(
                user=request.user, key=request.key, fingerprint=request.fingerprint
            )
    except IntegrityError as error:
        raise _Taken from error
