"""Who asks: a token of a script, a session of a browser, or nobody."""

import copy

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from ninja.security.base import AuthBase

from challenges.models import User
from challenges.services.tokens import user_of_token
from web.api.errors import CsrfRefused


class TokenAuth(HttpBearer):
    """`Authorization: Bearer agon_…`; a wrong token is refused, whatever else the request has."""

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """Return whose token it is. Raises: AuthenticationError."""
        user = user_of_token(token.strip())
        if user is None:
            raise AuthenticationError
        request.user = user
        return user


class SessionAuth(AuthBase):
    """A browser's session; requests that change something prove that our own page sent them."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME
    csrf = True  # tells the documentation page to send the header

    def __call__(self, request: HttpRequest) -> User | None:
        """Return who is signed in. Raises: CsrfRefused."""
        if not isinstance(request.user, User):
            return None
        check_csrf_header(request)
        return request.user


def anybody(request: HttpRequest) -> AnonymousUser:  # noqa: ARG001 - ninja's signature
    """Let everybody in, signed in or not."""
    return AnonymousUser()


SIGNED_IN = (TokenAuth(), SessionAuth())
SESSION_ONLY = (SessionAuth(),)
ANYBODY = (TokenAuth(), SessionAuth(), anybody)
# OpenAPI writes "none of these is fine, too" as an empty requirement.
OPTIONAL: dict[str, list[object]] = {"security": [{}]}


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


def _unused(_: HttpRequest) -> HttpResponse:
    return HttpResponse()
