"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - Django's signature
    """Return the site's name and what kinds of sign-in it has."""
    return {
        "site_name": settings.SITE_NAME,
        "signup_open": settings.AGON.signup_open,
    }
