"""Uploads that never start over: a list of files, then only what the site lacks of them."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from challenges.models import Upload, UploadState
from challenges.selectors.uploads import missing, missing_page, upload_of
from challenges.services.receiving import Receiver, take_part
from challenges.services.submissions import check_may_submit
from challenges.services.uploads import begin, check_open, forget
from evaluator.manifests import Digest
from web.api.access import find_phase, find_team
from web.api.auth import SIGNED_IN, person
from web.api.errors import NotFound
from web.api.idempotency import answered_once
from web.api.manifests import described, read_announced
from web.api.packs import Body, BodyTooLarge
from web.api.schemas.uploads import (
    MissingList,
    MissingQuery,
    PackReceived,
    PartQuery,
    PartReceived,
    UploadInfo,
)

PACK_BYTES = 32 * 1024**2
PART_BYTES = 8 * 1024**2
HEADS_BYTES = 8 * 1024**2  # of a pack's frames, 40 bytes each: 200,000 of them
PACK_TYPE = "application/vnd.agon.pack"


def _body(media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a body that is read by hand, before or while it comes."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


BYTES = {"type": "string", "format": "binary"}

router = Router(tags=["uploads"])


@router.post(
    "challenges/{slug}/phases/{phase}/uploads",
    auth=SIGNED_IN,
    response={200: UploadInfo, 201: UploadInfo},
    openapi_extra=_body("application/json", described()),
)
def begin_upload(request: HttpRequest, slug: str, phase: str) -> Status[UploadInfo]:
    """Say what is to be uploaded; the same files again give the same upload, with what it lacks."""
    target, user = find_phase(slug, phase), person(request)
    team = find_team(target.challenge, user)
    check_may_submit(team, target)  # before the list is read
    announced = read_announced(request)

    def work() -> Status[UploadInfo]:
        upload, is_new = begin(team=team, phase=target, user=user, announced=announced)
        return Status(HTTPStatus.CREATED if is_new else HTTPStatus.OK, upload_info(upload))

    asked = f"{announced.name}\n{announced.digest}"
    return answered_once(request, asked, UploadInfo, work)


@router.get("uploads/{uuid:upload_id}", auth=SIGNED_IN, response=UploadInfo)
def show_upload(request: HttpRequest, upload_id: UUID) -> UploadInfo:
    """An upload of your team: how much is still missing, and what became of it."""
    return upload_info(_find(request, upload_id))


@router.get("uploads/{uuid:upload_id}/missing", auth=SIGNED_IN, response=MissingList)
def list_missing(
    request: HttpRequest, upload_id: UUID, query: Annotated[MissingQuery, Query()]
) -> MissingList:
    """The digests of the blobs that are still to be sent."""
    upload = _find(request, upload_id)
    page = missing_page(upload, after=query.after or "", limit=query.limit)
    return MissingList(digests=page.digests, next=page.next, partial=page.partial)


@router.post(
    "uploads/{uuid:upload_id}/packs",
    auth=SIGNED_IN,
    response=PackReceived,
    openapi_extra=_body(PACK_TYPE, BYTES),
)
def send_pack(request: HttpRequest, upload_id: UUID) -> PackReceived:
    """Send many small blobs: of each the SHA-256 (32 bytes), length (8, little-endian), bytes."""
    upload = _open(request, upload_id)
    body = _bounded(request, PACK_BYTES + HEADS_BYTES)
    with Receiver(upload) as receiver:
        for frame in body.frames():
            receiver.keep(frame.digest, frame.size, frame.pieces)
    lacking = missing(upload)
    return PackReceived(
        received=receiver.blobs,
        bytes=receiver.size_bytes,
        missing_files=lacking.files,
        missing_bytes=lacking.size_bytes,
    )


@router.put(
    "uploads/{uuid:upload_id}/blobs/{sha256}",
    auth=SIGNED_IN,
    response=PartReceived,
    openapi_extra=_body("application/octet-stream", BYTES),
)
def send_part(
    request: HttpRequest, upload_id: UUID, sha256: Digest, query: Annotated[PartQuery, Query()]
) -> PartReceived:
    """Send a part of one large blob, from `offset` on; parts come in order."""
    upload = _open(request, upload_id)
    body = _bounded(request, PART_BYTES)
    total = take_part(
        upload=upload,
        sha256=sha256,
        offset=query.offset,
        length=body.length,
        pieces=body.pieces(body.length),
    )
    return PartReceived(received=total)


@router.delete("uploads/{uuid:upload_id}", auth=SIGNED_IN, response={204: None})
def delete_upload(request: HttpRequest, upload_id: UUID) -> Status[None]:
    """End an upload that has not been handed in."""
    forget(upload=_find(request, upload_id))
    return Status(HTTPStatus.NO_CONTENT, None)


def upload_info(upload: Upload) -> UploadInfo:
    """Return an upload as the API shows it."""
    lacking = missing(upload)
    return UploadInfo(
        id=upload.pk,
        challenge=upload.phase.challenge.slug,
        phase=upload.phase.slug,
        name=upload.name,
        state=UploadState(upload.state),
        expires_at=upload.expires_at,
        files=upload.files,
        bytes=upload.size_bytes,
        missing_files=lacking.files,
        missing_bytes=lacking.size_bytes,
        pack_bytes=PACK_BYTES,
        part_bytes=PART_BYTES,
        submission=upload.submission_id,
    )


def _find(request: HttpRequest, upload_id: UUID) -> Upload:
    upload = upload_of(person(request), upload_id)
    if upload is None:
        raise NotFound("There is no such upload, or it has been forgotten. Begin it again.")
    return upload


def _open(request: HttpRequest, upload_id: UUID) -> Upload:
    upload = _find(request, upload_id)
    check_open(upload)
    return upload


def _bounded(request: HttpRequest, limit_bytes: int) -> Body:
    body = Body(request)
    if body.length > limit_bytes:
        raise BodyTooLarge(limit_bytes)
    return body
