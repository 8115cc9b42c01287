"""What load balancers and the start-up script ask."""

from http import HTTPStatus

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from challenges.blobs import site_blobs
from challenges.models import Host


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Answer 200 when the site can serve pages."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - as above
    """Answer 200 when database, blobs and a live host are there, else 503 and what is missing."""
    checks = {"database": _database(), "blobs": _blobs()}
    checks["host"] = checks["database"] and Host.objects.live().exists()
    is_ready = all(checks.values())
    status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"status": "ready" if is_ready else "not ready"} | checks, status=status)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _blobs() -> bool:
    try:
        with site_blobs().writer():
            return True
    except OSError:
        return False
