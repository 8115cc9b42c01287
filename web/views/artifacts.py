"""Pictures and files of a submission."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from web.access import find_artifact
from web.artifacts import serve_artifact


@require_safe
@login_required
def show_artifact(request: HttpRequest, submission_id: UUID, artifact_id: UUID) -> HttpResponseBase:
    """Return a picture or file of a submission, whole or in part."""
    return serve_artifact(request, find_artifact(request, submission_id, artifact_id))
