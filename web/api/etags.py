"""ETags: whoever has an answer already gets 304 and no body."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags
from ninja import NinjaAPI

READ = frozenset({"GET", "HEAD"})


class Unchanged(Exception):
    """No error: the asker has this state already, which is told before its body is made."""

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(etag)


def etag_of(*parts: object) -> str:
    """Return the weak ETag of a state that `parts` describe wholly."""
    text = "\n".join(str(part) for part in parts)
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def say_state(request: HttpRequest, response: HttpResponse, *parts: object) -> None:
    """Give the answer the ETag of its state. Raises: Unchanged when the asker has that state."""
    etag = etag_of(*parts)
    if _is_known(request, etag):
        raise Unchanged(etag)
    response.headers["ETag"] = etag


def with_etag(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return an answer with the ETag of its body, where it has none; or 304."""
    if not isinstance(response, HttpResponse) or request.method not in READ:
        return response
    if response.status_code != 200 or response.has_header("ETag"):
        return response
    etag = etag_of(response.content.decode("utf-8", "replace"))
    if _is_known(request, etag):
        return _not_modified(etag)
    response.headers["ETag"] = etag
    return response


def register(api: NinjaAPI) -> None:
    """Make the API answer 304 where nothing has changed."""
    api.add_exception_handler(Unchanged, _unchanged)


def _unchanged(_: HttpRequest, state: Unchanged | type[Unchanged]) -> HttpResponse:
    return _not_modified(state.etag if isinstance(state, Unchanged) else "")


def _not_modified(etag: str) -> HttpResponse:
    response = HttpResponseNotModified()
    response.headers["ETag"] = etag
    return response


def _is_known(request: HttpRequest, etag: str) -> bool:
    known = [
        tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))
    ]
    return etag.removeprefix("W/") in known
