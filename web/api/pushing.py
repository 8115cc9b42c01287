"""Pushing a challenge: its folder as a ZIP file becomes the current revision."""

from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from challenges.errors import PushTooLarge
from challenges.services.pushing import (
    Pushed,
    check_may_push,
    opened,
    push,
    working_folder,
)
from web.api.auth import ORGANISING, person
from web.api.challenges import router as challenges
from web.api.errors import LengthRequired, RequestMalformed
from web.api.organising import revision_info
from web.api.schemas.base import Frozen
from web.api.schemas.organising import CheckedInfo, PushedInfo
from web.wholeform import UploadCutOff

ZIP = "application/zip"
PIECE_BYTES = 1024**2
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
    }
}

router = Router(tags=["organising"])


class PushQuery(Frozen):
    """What else to do."""

    rescore: bool = Field(
        default=False, description="score all submissions again where scorer or truth changed"
    )
    baselines: bool = Field(default=False, description="hand in baselines that are new or changed")


# At the router of the list, whose address it shares. The same folder again changes nothing, so that
# no answer need be kept for a key.
@challenges.post(
    "challenges",
    auth=ORGANISING,
    response={200: PushedInfo, 201: PushedInfo},
    openapi_extra=BODY,
)
def push_challenge(
    request: HttpRequest, query: Annotated[PushQuery, Query()]
) -> Status[PushedInfo]:
    """Make a folder, sent as a ZIP file, a challenge's current revision; organisers may.

    The same folder again changes nothing and answers 200. A challenge that the site does not have
    yet only its staff may push.
    """
    user = person(request)
    check_may_push(user)  # before a byte of the body is read
    with working_folder() as folder:
        archive = _received(request, folder / "challenge.zip")
        pushed = push(archive, by=user, rescore=query.rescore, with_baselines=query.baselines)
    status = HTTPStatus.CREATED if pushed.loaded.is_new else HTTPStatus.OK
    return Status(status, _pushed(pushed))


@router.post("challenge-checks", auth=ORGANISING, response=CheckedInfo, openapi_extra=BODY)
def check_challenge(request: HttpRequest) -> CheckedInfo:
    """Say what is wrong with a folder, sent as a ZIP file, and change nothing."""
    user = person(request)
    check_may_push(user)
    with working_folder() as folder:
        archive = _received(request, folder / "challenge.zip")
        with opened(archive, by=user) as found:
            return CheckedInfo(challenge=found.config.slug, files=len(found.files))


def _received(request: HttpRequest, target: Path) -> Path:
    """Write the request's body to a file and return it.

    Raises: RequestMalformed, LengthRequired, PushTooLarge, UploadCutOff.
    """
    if request.content_type != ZIP:
        raise RequestMalformed(f"Send the folder as a ZIP file, with the type {ZIP}.")
    length = request.headers.get("Content-Length", "")
    if not length.isdigit():
        raise LengthRequired
    if int(length) > settings.AGON_CHALLENGE_BYTES:
        raise PushTooLarge(settings.AGON_CHALLENGE_BYTES)
    with target.open("xb") as file:
        while piece := request.read(PIECE_BYTES):
            file.write(piece)
    if target.stat().st_size < int(length):
        raise UploadCutOff
    return target


def _pushed(pushed: Pushed) -> PushedInfo:
    loaded = pushed.loaded
    return PushedInfo(
        challenge=loaded.challenge.slug,
        revision=revision_info(loaded.revision, loaded.challenge),
        is_new=loaded.is_new,
        requeued=loaded.requeued,
        baselines=tuple(submission.pk for submission in pushed.baselines),
    )
