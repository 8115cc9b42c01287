"""Headers for every answer, and one table from the domain's errors to HTTP."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from challenges import errors
from challenges.config import ConfigInvalid
from challenges.errors import ChallengeError
from challenges.models import StaleAttempt

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
    ConfigInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    StaleAttempt: HTTPStatus.CONFLICT,
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; manifest-src 'self'"
)


class SecurityHeaders:
    """No inline script or style, nothing from other sites, nothing guessed."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers; a view may have set its own policy."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        return response


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
        status = STATUSES[type(error)]
        if request.path.startswith("/api/"):
            return JsonResponse(error_body(error), status=status)
        return render(request, "errors/refused.html", {"error": error}, status=status)


def error_body(error: ChallengeError) -> dict[str, object]:
    """Return the API's one error shape."""
    details = getattr(error, "problems", None)
    return {
        "code": error.code,
        "message": str(error),
        "details": details if isinstance(details, dict) else {},
    }
