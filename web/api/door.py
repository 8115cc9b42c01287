"""The API's addresses; also what has no address, or not with this method, gets our error shape."""

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from django.utils.cache import patch_vary_headers
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from challenges.models import Scope
from web.api.auth import TokenAuth, scope_of
from web.api.errors import NOT_FOUND, NotFound, answer, method_not_allowed
from web.api.etags import with_etag
from web.api.idempotency import HEADER, MAX_KEY
from web.api.schemas.base import ErrorBody

ERROR = {
    "description": "Refused, or failed",
    "headers": {
        "Retry-After": {
            "description": "seconds after which to ask again; with 429 and 503",
            "schema": {"type": "integer", "minimum": 1},
        }
    },
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorBody"}}},
}
UNCHANGED = {"description": "Unchanged since the answer with the ETag of If-None-Match"}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "the ETag of an earlier answer",
}
IDEMPOTENCY_KEY = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
    "description": "the same key with the same request has its effect once, for 24 hours",
}
KEYED = frozenset({"create_submission", "renew_own_invitation"})
TOKEN = TokenAuth.__name__
View = Callable[..., HttpResponseBase]


class Api(NinjaAPI):
    """NinjaAPI with one error shape for all that its routing answers by itself."""

    def __init__(self, **settings: Any) -> None:  # NinjaAPI's own
        self._scopes: dict[str, Scope | None] = {}
        super().__init__(**settings)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = [_with_one_shape(pattern) for pattern in super()._get_urls()]
        return [*patterns, re_path("", _no_such_address, name="nothing")]

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description; every operation names the one error shape."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["ErrorBody"] = ErrorBody.model_json_schema()
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                self._complete(method, operation)
        return schema

    def _complete(self, method: str, operation: dict[str, Any]) -> None:
        """Say of an operation what is so of all of its kind."""
        operation["responses"]["default"] = ERROR
        if method == "get":
            operation["responses"][304] = UNCHANGED
            operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        if operation["operationId"] in KEYED:
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        for way in operation["security"]:
            if TOKEN in way:
                way[TOKEN] = [self._scope(operation["operationId"], method)]

    def get_openapi_operation_id(self, operation: Any) -> str:
        """Return the function's name: clients generate method names from it."""
        name: str = operation.view_func.__name__
        own = [auth.scope for auth in operation.auth_callbacks if isinstance(auth, TokenAuth)]
        self._scopes[name] = own[0] if own else None
        return name

    def _scope(self, name: str, method: str) -> str:
        """Return what a token needs for an operation that the description names."""
        return str(self._scopes.get(name) or scope_of(method.upper()))


def _with_one_shape(pattern: URLResolver | URLPattern) -> URLResolver | URLPattern:
    if isinstance(pattern, URLResolver):
        return pattern
    view = _answering_in_one_shape(pattern.callback)
    return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)


def _answering_in_one_shape(view: View) -> View:
    @functools.wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked  # whoever sends it drops the body
        try:
            response = with_etag(request, view(request, *args, **kwargs))
        except Http404:
            response = _no_such_address(request)
        request.method = asked
        # What one person is told is not for another, and may be different a moment later.
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization", "Cookie"))
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return method_not_allowed(request, ", ".join(sorted(response["Allow"].split(", "))))
        return response

    return answering


def _no_such_address(_: HttpRequest) -> HttpResponse:
    return answer(HTTPStatus.NOT_FOUND, NotFound.code, NOT_FOUND)


_no_such_address.csrf_exempt = True  # type: ignore[attr-defined]  # how Django marks views
