"""Holds requests to the limits: each person, or each address where nobody is signed in."""

import ipaddress
import re
from functools import lru_cache

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from challenges.models import User
from challenges.services.rates import Limit, rates
from web.limits import MINUTE, parse_limits

# The first that fits is the one that counts.
_RULES = (
    (re.compile(r"^(?:GET|HEAD) .*/(?:files|artifacts)/"), "files"),
    (re.compile(r"^\S+ /api/v1/uploads/"), "uploads"),
    (re.compile(r"^POST /api/v1/(?:challenges|challenge-checks)$"), "challenges"),
    (re.compile(r"^(?:GET|HEAD|OPTIONS) "), "read"),
    (re.compile(r"^"), "write"),
)
IPV6_NETWORK = 64  # what one household or machine is given, RFC 6177


def wait_for_api(request: HttpRequest) -> tuple[str, float]:
    """Count a request to the API; return its limit and after how many seconds it may come again.

    0 seconds: it may pass.
    """
    name = next(name for rule, name in _RULES if rule.match(f"{request.method} {request.path}"))
    if not isinstance(request.user, User) and name != "files":
        name = "anonymous"
    return name, rates.spend(limit(name), who(request))


def wait_for_sign_in(request: HttpRequest) -> float:
    """Count a request of a program that signs in; return as above."""
    return rates.spend(limit("sign-in"), _address(request))


def limit(name: str) -> Limit:
    """Return a limit of the table, as the settings have it."""
    return Limit(name, _limits(settings.AGON.api_limits)[name], MINUTE)


def who(request: HttpRequest) -> str:
    """Return whose requests are counted together."""
    if isinstance(request.user, User):
        return f"person-{request.user.pk}"
    return _address(request)


@lru_cache(maxsize=4)
def _limits(text: str) -> dict[str, int]:
    return parse_limits(text)


def _address(request: HttpRequest) -> str:
    try:
        address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (ValueError, PermissionDenied):  # a socket without an address: all of it is one
        return "nowhere"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
