"""Who asks, and what for: a token of a program, a session of a browser, or nobody."""

import copy

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from challenges.models import Scope, User
from challenges.models.token import EVERYTHING
from challenges.services.tokens import PREFIX, Grant, grant_of
from web.api.errors import CsrfRefused, ScopeMissing
from web.devices import device_grant

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class TokenAuth(HttpBearer):
    """`Authorization: Bearer …`; a wrong token is refused, whatever else the request has.

    Without a scope of its own, an operation that looks needs `read`, one that changes `submit`.
    """

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Grant:
        """Return what the token grants. Raises: AuthenticationError, ScopeMissing."""
        token = token.strip()
        request.agon_token = token  # type: ignore[attr-defined]  # read by token_in alone
        grant = grant_of(token) if token.startswith(PREFIX) else device_grant(token)
        if grant is None:
            raise AuthenticationError
        request.user = grant.user
        _granted(request, grant)
        require(request, self.scope or scope_of(request.method))
        return grant


class SessionAuth(AuthBase):
    """A browser's session; requests that change something prove that our own page sent them."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    csrf = True  # tells the documentation page to send the header

    def __call__(self, request: HttpRequest) -> Grant | None:
        """Return who is signed in. Raises: CsrfRefused."""
        if not isinstance(request.user, User):
            return None
        check_csrf_header(request)
        grant = Grant(request.user, "", EVERYTHING, None)
        _granted(request, grant)
        return grant


def anybody(_: HttpRequest) -> AnonymousUser:
    """Let everybody in, signed in or not."""
    return AnonymousUser()


SIGNED_IN = (TokenAuth(), SessionAuth())
ORGANISING = (TokenAuth(Scope.ORGANISE), SessionAuth())
SESSION_ONLY = (SessionAuth(),)
ANYBODY = (TokenAuth(), SessionAuth(), anybody)
# OpenAPI writes "none of these is fine, too" as an empty requirement.
OPTIONAL: dict[str, list[object]] = {"security": [{}]}


def scope_of(method: str | None) -> Scope:
    """Return the scope that an operation needs which names none."""
    return Scope.READ if method in SAFE else Scope.SUBMIT


def require(request: HttpRequest, scope: Scope) -> None:
    """Let a request pass whose token has the scope; sessions have all. Raises: ScopeMissing."""
    if scope not in grant_in(request).scopes:
        raise ScopeMissing(scope)


def grant_in(request: HttpRequest) -> Grant:
    """Return with what a request came in. Raises: AuthenticationError for nobody's."""
    grant = getattr(request, "agon_grant", None)
    if not isinstance(grant, Grant):
        raise AuthenticationError
    return grant


def token_in(request: HttpRequest) -> str:
    """Return the token that a request carries, in operations behind TokenAuth."""
    return str(getattr(request, "agon_token", ""))


def check_csrf_header(request: HttpRequest) -> None:
    """Let a request pass that changes nothing, or carries the CSRF token in its header.

    Raises: CsrfRefused.
    """
    probe = copy.copy(request)
    if request.method == "POST":
        # Of a POST, Django would first read the form: the whole upload, before anything is checked.
        probe.method = "PUT"
    if CsrfViewMiddleware(_unused).process_view(probe, _unused, (), {}) is not None:
        raise CsrfRefused


def person(request: HttpRequest) -> User:
    """Return who asks, in operations behind SIGNED_IN. Raises: AuthenticationError."""
    if not isinstance(request.user, User):
        raise AuthenticationError
    return request.user


def _granted(request: HttpRequest, grant: Grant) -> None:
    request.agon_grant = grant  # type: ignore[attr-defined]  # read by grant_in alone


def _unused(_: HttpRequest) -> HttpResponse:
    return HttpResponse()
