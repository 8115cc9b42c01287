"""One error shape, `{"code", "message", "details"}`, for all that goes wrong at the API's door."""

from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse

from challenges.models import Scope

NOT_FOUND = "There is nothing here, or nothing that you may see."


class ApiError(Exception):
    """Trouble at the door: a status, a `code` for programs, a sentence for people."""

    status = HTTPStatus.BAD_REQUEST
    code = "request-malformed"
    retry_after: int | None = None  # seconds

    def __init__(self, message: str, details: Mapping[str, object] | None = None) -> None:
        self.details = dict(details or {})
        super().__init__(message)


class NotFound(ApiError):
    """There is no such thing, or the person may not know of it."""

    status = HTTPStatus.NOT_FOUND
    code = "not-found"

    def __init__(self, message: str = NOT_FOUND) -> None:
        super().__init__(message)


class RequestMalformed(ApiError):
    """The request's body cannot be read as what it says it is."""


class RequestInvalid(ApiError):
    """A field of the request has a value that means nothing; `details` names each."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "request-invalid"

    def __init__(self, problems: Mapping[str, object]) -> None:
        fields = "; ".join(f"{field}: {text}" for field, text in problems.items())
        super().__init__(f"Mend the request: {fields}.", problems)


class LengthRequired(ApiError):
    """An upload came without its length, so that the limit cannot be checked in advance."""

    status = HTTPStatus.LENGTH_REQUIRED
    code = "length-required"

    def __init__(self) -> None:
        super().__init__("Send the header Content-Length; uploads in chunks are not taken.")


class CsrfRefused(ApiError):
    """A request with a session, but without the proof that our own page sent it."""

    status = HTTPStatus.FORBIDDEN
    code = "csrf-refused"

    def __init__(self) -> None:
        super().__init__(
            "Send the value of the cookie 'csrftoken' in the header X-CSRFToken, or use a token."
        )


class ScopeMissing(ApiError):
    """The token may not do this; `details.scope` names what it lacks."""

    status = HTTPStatus.FORBIDDEN
    code = "scope-missing"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"This needs a token with the scope '{scope}', which yours lacks. "
            "Make another on the page of your account, or sign in again asking for it.",
            {"scope": scope.value},
        )


class RateLimited(ApiError):
    """Too many requests in a short time; `details` names the limit and the seconds to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "rate-limited"

    def __init__(self, limit: str, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(
            f"Too many requests in a short time (limit '{limit}'). "
            f"Ask again in {seconds} second{'s'[: seconds != 1]}.",
            {"limit": limit, "retry_after_seconds": seconds},
        )


class SiteBusy(ApiError):
    """The database does not answer at the moment."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "site-busy"
    retry_after = 2

    def __init__(self) -> None:
        super().__init__("The site is busy at the moment; nothing was changed. Try again.")


def answer(
    status: int, code: str, message: str, details: Mapping[str, object] | None = None
) -> HttpResponse:
    """Return an answer in the one error shape."""
    body = {"code": code, "message": message, "details": dict(details or {})}
    return JsonResponse(body, status=status)


def answer_to(error: ApiError) -> HttpResponse:
    """Return the answer to an error at the door."""
    response = answer(error.status, error.code, str(error), error.details)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Return the answer to a method that an address does not have."""
    message = f"{request.method} is not possible here; possible: {allowed}."
    response = answer(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", message)
    response.headers["Allow"] = allowed
    return response
