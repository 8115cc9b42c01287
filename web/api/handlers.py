"""Which answer each error gets; all in the one shape of `web.api.errors`."""

import logging
from dataclasses import asdict
from http import HTTPStatus
from math import ceil

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from challenges.config import ConfigInvalid
from challenges.errors import ChallengeError, SubmissionQuotaExceeded, TooManyInFlight
from challenges.services.receiving import is_full
from challenges.upload_errors import StorageFull
from web.api.errors import (
    NOT_FOUND,
    ApiError,
    NotFound,
    RequestInvalid,
    RequestMalformed,
    SiteBusy,
    answer,
    answer_to,
)
from web.middleware import error_body, status_of
from web.wholeform import UploadCutOff

logger = logging.getLogger(__name__)

SIGN_IN = "Sign in, or send a valid token in the header Authorization, after the word Bearer."
CRASHED = "Something went wrong here, not with you. It has been noted; try again later."
IN_FLIGHT_SECONDS = 10  # a guess: scoring takes seconds to minutes


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
    for trouble in (OperationalError, InterfaceError):
        api.add_exception_handler(trouble, _busy)
    api.add_exception_handler(OSError, _no_room)
    api.add_exception_handler(Exception, _crashed)


# ninja's types want handlers that take the error's class, too; it always gives an error.
def _api_error(_: HttpRequest, error: ApiError | type[ApiError]) -> HttpResponse:
    return answer_to(error if isinstance(error, ApiError) else RequestMalformed(str(error)))


def _challenge_error(_: HttpRequest, error: ChallengeError | type[ChallengeError]) -> HttpResponse:
    if not isinstance(error, ChallengeError):
        error = error()
    body = error_body(error)
    if isinstance(error, ConfigInvalid):
        body["details"] = {"problems": [asdict(problem) for problem in error.problems]}
    retry_at = error.retry_at if isinstance(error, SubmissionQuotaExceeded) else None
    if retry_at is not None:
        body["details"] = {"retry_at": retry_at.isoformat()}
    response = JsonResponse(body, status=status_of(error))
    if retry_at is not None:
        seconds = ceil((retry_at - timezone.now()).total_seconds())
        response.headers["Retry-After"] = str(max(1, seconds))
    elif isinstance(error, TooManyInFlight):
        response.headers["Retry-After"] = str(IN_FLIGHT_SECONDS)
    return response


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


def _busy(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer when the database fails; the process's border, so the reason is logged here."""
    if isinstance(error, Exception) and is_full(error):
        return _no_room(request, error)
    logger.error("api.busy path=%s reason=%s", request.path, error)
    return answer_to(SiteBusy())


def _no_room(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer when a disk is full; other trouble of the system is what nobody foresaw."""
    if not (isinstance(error, Exception) and is_full(error)):
        return _crashed(request, error)
    logger.error("storage.full path=%s", request.path)
    return _challenge_error(request, StorageFull())


def _crashed(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Answer what nobody foresaw. This is the process's border: logged here, and signalled on."""
    logger.error(
        "api.crashed path=%s",
        request.path,
        exc_info=error if isinstance(error, Exception) else True,
    )
    got_request_exception.send(sender=None, request=request)
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", CRASHED)
