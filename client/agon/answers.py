"""What a site answers: success, a refusal in its own words, or a moment to wait."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agon.errors import (
    AnswerUnknown,
    ClientError,
    NotFound,
    NotSignedIn,
    Refused,
    SiteUnreachable,
    TooOften,
)

Json = Any  # the site's document; agon.reading turns it into types

_PASSING = frozenset({502, 503, 504})  # a proxy whose site is just being started anew
_LIMITED = "rate-limited"
_SIGN_IN = "Sign in with: agon login."
_SHOWN = 200  # characters of an answer that is no JSON


@dataclass(frozen=True)
class Answer:
    """Status, headers and whole body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """True for a status of 200 to 299."""
        return 200 <= self.status < 300

    def header(self, name: str) -> str:
        """Return a header, whatever its letters' case; empty when it is not there."""
        wanted = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == wanted), "")

    def json(self) -> Json:
        """Return the document; None for an empty body. Raises: AnswerUnknown."""
        if not self.body:
            return None
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise _no_document(self) from error


def checked(answer: Answer) -> Answer:
    """Return an answer that is a success. Raises: Refused, NotSignedIn, NotFound, AnswerUnknown."""
    if answer.is_success:
        return answer
    raise refusal(answer)


def refusal(answer: Answer) -> ClientError:
    """Return the error that a refusal stands for, with the site's own sentence."""
    document = _error_document(answer)
    if document is None:
        return _no_document(answer)
    message, code = str(document["message"]), str(document.get("code", ""))
    found = document.get("details")
    details = found if isinstance(found, dict) else {}
    if answer.status == 401:
        return NotSignedIn(message, code=code, hint=_SIGN_IN, details=details)
    if answer.status == 404:
        return NotFound(message, code=code, details=details)
    hint = _hint(code, details)
    return Refused(message, code=code, status=answer.status, hint=hint, details=details)


def _hint(code: str, details: Mapping[str, object]) -> str:
    """Return which command helps; nothing where the site's sentence says all there is."""
    if code == "not-taking-part":
        return "Take part with: agon join CHALLENGE"
    if code == "scope-missing":
        return f"Sign in again with: agon login --scope {details.get('scope', 'submit')}"
    return ""


def passing_trouble(answer: Answer, site: str) -> SiteUnreachable | None:
    """Return what is wrong when the same request may well succeed in a moment, else None."""
    document = _error_document(answer) or {}
    message = str(document.get("message") or f"{site} is not ready: it answers {answer.status}.")
    if answer.status in _PASSING:
        return SiteUnreachable(message, retry_after=_retry_seconds(answer))
    if answer.status == 429 and document.get("code") == _LIMITED:
        return TooOften(message, retry_after=_retry_seconds(answer))
    return None


def _retry_seconds(answer: Answer) -> float | None:
    try:
        return max(0.0, float(answer.header("Retry-After")))
    except ValueError:
        return None


def _error_document(answer: Answer) -> dict[str, object] | None:
    try:
        document = json.loads(answer.body)
    except ValueError:
        return None
    is_error = isinstance(document, dict) and isinstance(document.get("message"), str)
    return document if is_error else None


def _no_document(answer: Answer) -> ClientError:
    moved = answer.header("Location")
    if 300 <= answer.status < 400 and moved:
        return AnswerUnknown(
            f"The site has moved to {moved}.", hint="Name the new address with --site."
        )
    text = " ".join(answer.body[: 4 * _SHOWN].decode("utf-8", "replace").split())[:_SHOWN]
    return AnswerUnknown(
        f"The site answers {answer.status} in a way that this version of agon does not "
        f"understand{f': {text}' if text else '.'}",
        hint="Check the address of the site (--site); update with: pip install -U agon-client.",
    )
