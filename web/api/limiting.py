"""Refuses requests that come too often, before anything is done for them."""

from math import ceil

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import Throttled
from ninja.throttling import BaseThrottle

from web.api.errors import RateLimited, answer_to
from web.limiting import wait_for_api


class Limited(BaseThrottle):
    """Every operation's, once it is known who asks; one instance serves all threads."""

    def allow_request(self, request: HttpRequest) -> bool:
        """Count a request; False when it came too early."""
        name, seconds = wait_for_api(request)
        request.agon_refusal = RateLimited(name, ceil(seconds))  # type: ignore[attr-defined]  # for _refused
        return not seconds


def register(api: NinjaAPI) -> None:
    """Make the API answer refused requests in its one shape."""
    api.add_exception_handler(Throttled, _refused)


def _refused(request: HttpRequest, _: Throttled | type[Throttled]) -> HttpResponse:
    return answer_to(request.agon_refusal)  # type: ignore[attr-defined]  # set above
