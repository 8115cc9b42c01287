"""Where programs sign in: RFC 8628 by allauth's identity provider, and RFC 8414 to find it.

Only what that takes has an address; the provider's other pages have none.
"""

from functools import wraps
from http import HTTPStatus
from math import ceil

from allauth.idp.oidc import views as provider
from allauth.idp.oidc.internal.oauthlib.device_codes import poll_device_code
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import include, path, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from oauthlib.oauth2 import OAuth2Error, UnsupportedGrantTypeError

from challenges.models import Scope
from challenges.models.token import in_words
from web.access import Page
from web.devices import DEVICE_GRANT, hand_out
from web.limiting import wait_for_sign_in
from web.views.devices import sign_in_device


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Say where programs sign in and what they can ask for."""

    def address(name: str) -> str:
        return request.build_absolute_uri(reverse(f"idp:oidc:{name}"))

    return JsonResponse(
        {
            "issuer": request.build_absolute_uri("/").rstrip("/"),
            "device_authorization_endpoint": address("device_code"),
            "token_endpoint": address("token"),
            "revocation_endpoint": address("revoke"),
            "token_endpoint_auth_methods_supported": ["none"],
            "grant_types_supported": [DEVICE_GRANT],
            "response_types_supported": [],
            "scopes_supported": Scope.values,
            "service_documentation": request.build_absolute_uri("/api/v1/docs"),
        }
    )


def token(request: HttpRequest) -> HttpResponse:
    """Hand an access token to a program whose code a person has confirmed.

    Not the provider's own view: it asks oauthlib for a check that its validator does not have.
    """
    if request.POST.get("grant_type") != DEVICE_GRANT:
        return _oauth_error(UnsupportedGrantTypeError())
    try:
        user, waiting = poll_device_code(request)
    except OAuth2Error as error:
        return _oauth_error(error)
    granted = hand_out(user, waiting["scope"])
    response = JsonResponse(
        {
            "access_token": granted.token,
            "token_type": "Bearer",
            "expires_in": granted.seconds,
            "scope": in_words(granted.scopes),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def limited(view: Page) -> Page:
    """Make an endpoint of the provider refuse programs that ask too often."""

    @csrf_exempt  # programs have no cookies, and none are looked at
    @require_POST
    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponseBase:
        seconds = ceil(wait_for_sign_in(request))
        if not seconds:
            return view(request)
        text = f"Too many requests in a short time. Ask again in {seconds} s."
        response = JsonResponse(
            {"error": "slow_down", "error_description": text}, status=HTTPStatus.TOO_MANY_REQUESTS
        )
        response.headers["Retry-After"] = str(seconds)
        return response

    return inner


def _oauth_error(error: OAuth2Error) -> HttpResponse:
    body = {"error": error.error} | (
        {"error_description": error.description} if error.description else {}
    )
    response = JsonResponse(body, status=error.status_code)
    response.headers["Cache-Control"] = "no-store"
    return response


OIDC = [
    path("device", sign_in_device, name="device_authorization"),
    path("api/device/code", limited(provider.device_code), name="device_code"),
    path("api/token", limited(token), name="token"),
    path("api/revoke", limited(provider.revoke), name="revoke"),
]
# The provider looks its own pages up by these names.
urlpatterns = [
    path(".well-known/oauth-authorization-server", metadata, name="metadata"),
    path("identity/o/", include((OIDC, "oidc"))),
]
