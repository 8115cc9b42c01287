"""The header Idempotency-Key: a request that creates something has its effect once.

`creates_once` is for operations with a small JSON body; `answered_once` for those that read their
body by hand and know best what makes two requests the same.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Status
from pydantic import BaseModel

from challenges.services.idempotency import Answer, Request, once
from web.api.auth import person
from web.api.errors import RequestInvalid

HEADER = "Idempotency-Key"
MAX_KEY = 255

Body = TypeVar("Body", bound=BaseModel)


def answered_once(
    request: HttpRequest, fingerprint: str, kind: type[Body], work: Callable[[], Status[Body]]
) -> Status[Body]:
    """Return what `work` answers, or has answered the same person's request with this key.

    Without the header, `work` is simply done. Raises: RequestInvalid, KeyReused.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not (0 < len(key) <= MAX_KEY and key.isprintable()):
        raise RequestInvalid({HEADER: f"has 1 to {MAX_KEY} letters"})
    asked = _digest(f"{request.method} {request.path}\n{fingerprint}".encode())

    def answer() -> Answer:
        made = work()
        return Answer(made.status_code, made.value.model_dump_json())

    given = once(Request(person(request), key, asked), answer)
    return Status(given.status, kind.model_validate_json(given.body))


def creates_once(
    kind: type[Body],
) -> Callable[[Callable[..., Body]], Callable[..., Status[Body]]]:
    """Make an operation that answers 201 heed the header; its body is read whole, as JSON is."""

    def decorate(operation: Callable[..., Body]) -> Callable[..., Status[Body]]:
        @wraps(operation)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Status[Body]:
            def work() -> Status[Body]:
                return Status(HTTPStatus.CREATED, operation(request, *args, **kwargs))

            return answered_once(request, _digest(request.body), kind, work)

        return inner

    return decorate


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
