"""The files of a submission, for the team that handed them in: nobody else gets them back."""

import json
from functools import lru_cache
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import Query, Router
from pydantic import Field

from challenges.models import Submission
from evaluator.manifests import FileEntry
from web.api.auth import SIGNED_IN, person
from web.api.challenges import BYTES
from web.api.errors import NotFound
from web.api.paging import PageQuery, by_name
from web.api.schemas.submissions import OwnFile, OwnFiles
from web.serving import serve

router = Router(tags=["submissions"])


class FilesQuery(PageQuery):
    """Which files."""

    limit: int = Field(default=1000, ge=1, le=10_000)


@router.get("submissions/{uuid:submission_id}/files", auth=SIGNED_IN, response=OwnFiles)
def list_own_files(
    request: HttpRequest, submission_id: UUID, query: Annotated[FilesQuery, Query()]
) -> OwnFiles:
    """What your team handed in, by path, with digests."""
    files = _files_of(request, submission_id)
    paths, following = by_name(sorted(files), query, name=f"files-{submission_id}")
    return OwnFiles(
        files=tuple(_info(submission_id, files[path]) for path in paths), next=following
    )


@router.get(
    "submissions/{uuid:submission_id}/files/{path:path}", auth=SIGNED_IN, openapi_extra=BYTES
)
def download_own_file(request: HttpRequest, submission_id: UUID, path: str) -> HttpResponseBase:
    """A file that your team handed in, or a part of it (Range); its ETag is its SHA-256."""
    entry = _files_of(request, submission_id).get(path)
    if entry is None:
        raise NotFound(f"There is no file '{path}' in this submission.")
    response = serve(request, entry)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _files_of(request: HttpRequest, submission_id: UUID) -> dict[str, FileEntry]:
    own = Submission.objects.filter(pk=submission_id, team__memberships__user=person(request))
    if not own.exists():
        raise NotFound
    return _files(submission_id)


# What was handed in never changes; a store of 16,000 files is asked for 16,000 times.
@lru_cache(maxsize=4)
def _files(submission_id: UUID) -> dict[str, FileEntry]:
    text = Submission.objects.values_list("manifest_json", flat=True).get(pk=submission_id)
    # Our own text, which was checked before it was stored.
    entries = (FileEntry.model_construct(**entry) for entry in json.loads(text)["files"])
    return {entry.path: entry for entry in entries}


def _info(submission_id: UUID, entry: FileEntry) -> OwnFile:
    return OwnFile.model_construct(
        path=entry.path,
        size=entry.size,
        sha256=entry.sha256,
        url=reverse("api:download_own_file", args=[submission_id, entry.path]),
    )
