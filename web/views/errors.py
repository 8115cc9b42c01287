"""Pages of errors that no view answers itself."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from web.middleware import api_error


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that cannot be read."""
    return _answer(request, HTTPStatus.BAD_REQUEST, "The request cannot be read.")


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer what the person may not do."""
    return _answer(request, HTTPStatus.FORBIDDEN, "You may not do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer what does not exist, or must seem so."""
    return _answer(request, HTTPStatus.NOT_FOUND, "There is nothing here, or nothing you may see.")


def _answer(request: HttpRequest, status: HTTPStatus, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        code = status.phrase.lower().replace(" ", "-")
        return api_error(status, code, sentence)
    return render(request, f"{status.value}.html", {"sentence": sentence}, status=status)
