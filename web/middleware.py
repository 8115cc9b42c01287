"""Headers for every answer, and one table from the domain's errors to HTTP."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from challenges import errors, upload_errors
from challenges.config import ConfigInvalid
from challenges.errors import ChallengeError
from challenges.models import StaleAttempt
from challenges.services.idempotency import KeyReused
from web.wholeform import UploadCutOff

GetResponse = Callable[[HttpRequest], HttpResponse]

STATUSES: dict[type[ChallengeError], HTTPStatus] = {
    errors.PhaseNotOpen: HTTPStatus.FORBIDDEN,
    errors.PhaseClosed: HTTPStatus.FORBIDDEN,
    errors.SubmissionQuotaExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    errors.TooManyInFlight: HTTPStatus.TOO_MANY_REQUESTS,
    errors.UploadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UploadEmpty: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UploadNameInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.MetadataInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.RulesNotAccepted: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotTakingPart: HTTPStatus.FORBIDDEN,
    errors.TeamNameTaken: HTTPStatus.CONFLICT,
    errors.TeamNameInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.InvitationInvalid: HTTPStatus.NOT_FOUND,
    errors.TeamChangeRefused: HTTPStatus.CONFLICT,
    errors.NotCancellable: HTTPStatus.CONFLICT,
    errors.RescoreNeeded: HTTPStatus.CONFLICT,
    errors.PhaseInUse: HTTPStatus.CONFLICT,
    errors.TokenNameTaken: HTTPStatus.CONFLICT,
    errors.TooManyTokens: HTTPStatus.CONFLICT,
    errors.PushRefused: HTTPStatus.FORBIDDEN,
    errors.ArchiveRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PushTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    upload_errors.ManifestInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    upload_errors.TooManyFiles: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    upload_errors.TooMuchUnfinished: HTTPStatus.TOO_MANY_REQUESTS,
    upload_errors.UploadExpired: HTTPStatus.NOT_FOUND,
    upload_errors.UploadFinished: HTTPStatus.CONFLICT,
    upload_errors.UploadIncomplete: HTTPStatus.CONFLICT,
    upload_errors.BlobMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    upload_errors.OffsetMismatch: HTTPStatus.CONFLICT,
    upload_errors.PackCutOff: HTTPStatus.BAD_REQUEST,
    upload_errors.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConfigInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    StaleAttempt: HTTPStatus.CONFLICT,
    UploadCutOff: HTTPStatus.BAD_REQUEST,
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; manifest-src 'self'"
)


# Browsers hold a form's redirects to form-action too: signing in with another site posts to us and
# is sent on from there. No text of strangers stands on these pages.
SIGN_IN_PATH = "/accounts/"
SIGN_IN_POLICY = CONTENT_SECURITY_POLICY.replace("form-action 'self'", "form-action 'self' https:")


class SecurityHeaders:
    """No inline script or style, nothing from other sites, nothing guessed, no page in a proxy."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers; a view may have set its own policy."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy(request))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _policy(request: HttpRequest) -> str:
    has_providers = bool(settings.SOCIALACCOUNT_PROVIDERS)
    if has_providers and request.path.startswith(SIGN_IN_PATH):
        return SIGN_IN_POLICY
    return CONTENT_SECURITY_POLICY


class ErrorAnswers:
    """Turns a ChallengeError that a view let pass into a page, a partial or JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the answer to an error of the domain."""
        if not isinstance(error, ChallengeError):
            return None
        status = status_of(error)
        if request.path.startswith("/api/"):
            return JsonResponse(error_body(error), status=status)
        is_partial = request.headers.get("HX-Request") == "true"
        template = "errors/_refused.html" if is_partial else "errors/refused.html"
        return render(request, template, {"error": error}, status=status)


def status_of(error: ChallengeError) -> HTTPStatus:
    """Return the status that an error of the domain answers with."""
    return STATUSES.get(type(error), HTTPStatus.BAD_REQUEST)


def error_body(error: ChallengeError) -> dict[str, object]:
    """Return the API's one error shape."""
    details = getattr(error, "problems", None)
    return {
        "code": error.code,
        "message": str(error),
        "details": details if isinstance(details, dict) else {},
    }


def api_error(status: HTTPStatus, code: str, message: str) -> JsonResponse:
    """Return an answer in the API's one error shape to what never reached the API."""
    return JsonResponse({"code": code, "message": message, "details": {}}, status=status)
