"""One error shape, `{"code", "message", "details"}`, for all that goes wrong at the API's door."""

import logging
from collections.abc import Mapping
from http import HTTPStatus

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from challenges.errors import ChallengeError, SubmissionQuotaExceeded
from web.middleware import error_body, status_of
from web.wholeform import UploadCutOff

logger = logging.getLogger(__name__)

NOT_FOUND = "There is nothing here, or nothing that you may see."
SIGN_IN = "Sign in, or send a valid token in the header Authorization, after the word Bearer."
CRASHED = "Something went wrong here, not with you. It has been noted; try again later."


class ApiError(Exception):
    """Trouble at the door: a status, a `code` for programs, a sentence for people."""

    status = HTTPStatus.BAD_REQUEST
    code = "request-malformed"

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


def answer(
    status: int, code: str, message: str, details: Mapping[str, object] | None = None
) -> HttpResponse:
    """Return an answer in the one error shape."""
    body = {"code": code, "message": message, "details": dict(details or {})}
    return JsonResponse(body, status=status)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """Return the answer to a method that an address does not have."""
    message = f"{request.method} is not possible here; possible: {allowed}."
    response = answer(HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", message)
    response.headers["Allow"] = allowed
    return response


def register(api: NinjaAPI) -> None:
    """Make the API answer every error in the one shape."""
    api.add_exception_handler(ApiError, _api_error)
    api.add_exception_handler(ChallengeError, _challenge_error)
    api.add_exception_handler(ValidationError, _validation_error)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _not_found)
    for error in (BadRequest, MultiPartParserError, SuspiciousOperation):
        api.add_exception_handler(error, _malformed)
    api.add_exception_handler(RequestDataTooBig, _too_big)
    api.add_exception_handler(UnreadablePostError, _cut_off)
    api.add_exception_handler(Exception, _crashed)


# ninja's types want handlers that take the error's class, too; it always gives an error.
def _api_error(_: HttpRequest, error: ApiError | type[ApiError]) -> HttpResponse:
    details = error.details if isinstance(error, ApiError) else {}
    return answer(error.status, error.code, str(error), details)


def _challenge_error(_: HttpRequest, error: ChallengeError | type[ChallengeError]) -> HttpResponse:
    if not isinstance(error, ChallengeError):
        error = error()
    body = error_body(error)
    if isinstance(error, SubmissionQuotaExceeded) and error.retry_at is not None:
        body["details"] = {"retry_at": error.retry_at.isoformat()}
    return JsonResponse(body, status=status_of(error))


def _validation_error(
    request: HttpRequest, error: ValidationError | type[ValidationError]
) -> HttpResponse:
    found = error.errors if isinstance(error, ValidationError) else []
    # A place is "body.payload.name": the person knows only the last part.
    problems = {str(problem["loc"][-1]): str(problem["msg"]) for problem in found}
    return _api_error(request, RequestInvalid(problems))


def _not_signed_in(
    _: HttpRequest, __: AuthenticationError | type[AuthenticationError]
) -> HttpResponse:
    response = answer(HTTPStatus.UNAUTHORIZED, "not-signed-in", SIGN_IN)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(_: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    status = error.status_code if isinstance(error, HttpError) else HTTPStatus.BAD_REQUEST
    return answer(status, "request-malformed", f"{error}.")


def _not_found(_: HttpRequest, __: Http404 | type[Http404]) -> HttpResponse:
    return answer(HTTPStatus.NOT_FOUND, NotFound.code, NOT_FOUND)


def _malformed(_: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    message = f"The request cannot be read: {str(error).rstrip('.')}."
    return answer(HTTPStatus.BAD_REQUEST, RequestMalformed.code, message)


def _too_big(_: HttpRequest, __: Exception | type[Exception]) -> HttpResponse:
    message = "The request is too large; only the field 'file' of an upload may be."
    return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request-too-large", message)


def _cut_off(request: HttpRequest, __: Exception | type[Exception]) -> HttpResponse:
    return _challenge_error(request, UploadCutOff())


def _crashed(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer what nobody foresaw. This is the process's border: logged here, and signalled on."""
    logger.error(
        "api.crashed path=%s",
        request.path,
        exc_info=error if isinstance(error, Exception) else True,
    )
    got_request_exception.send(sender=None, request=request)
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", CRASHED)
