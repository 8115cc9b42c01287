"""Handing in an upload that is whole, and the answer to everything that was handed in."""

from http import HTTPStatus

from django.http import HttpRequest
from django.urls import reverse
from ninja import Status as Answered
from pydantic import ValidationError

from challenges.models import Phase, Submission, Team
from challenges.selectors.uploads import uploads_of
from challenges.services.submissions import Details
from challenges.services.uploads import hand_in
from evaluator.codes import Status
from web.api.auth import person
from web.api.errors import NotFound, RequestInvalid, RequestMalformed
from web.api.idempotency import answered_once
from web.api.schemas.submissions import SubmissionCreated
from web.api.schemas.uploads import HandIn


def hand_in_upload(request: HttpRequest, team: Team, phase: Phase) -> Answered[SubmissionCreated]:
    """Make an upload of the team a submission, or return the one that it has become.

    Raises: RequestMalformed, RequestInvalid, NotFound, and what `hand_in` raises.
    """
    wanted = _read(request.body)
    rows = uploads_of(person(request)).filter(team=team, phase=phase, pk=wanted.upload)
    upload = rows.select_related("submission").first()
    if upload is None:
        raise NotFound("There is no such upload to this phase. Begin it again.")
    said = Details(wanted.method.strip(), wanted.description.strip(), wanted.metadata)

    def work() -> Answered[SubmissionCreated]:
        submission, is_new = hand_in(upload=upload, user=person(request), details=said)
        sha256 = submission.manifest.files[0].sha256 if upload.files == 1 else upload.digest
        status = HTTPStatus.CREATED if is_new else HTTPStatus.OK
        return Answered(status, created(submission, sha256))

    return answered_once(request, wanted.model_dump_json(), SubmissionCreated, work)


def created(submission: Submission, sha256: str) -> SubmissionCreated:
    """Return what is answered to whoever has handed a submission in.

    The digest is that of the file, or of the manifest of several.
    """
    return SubmissionCreated(
        id=submission.pk,
        status=Status.QUEUED,
        challenge=submission.phase.challenge.slug,
        phase=submission.phase.slug,
        team=submission.team.name,
        filename=submission.filename,
        size=submission.size_bytes,
        sha256=sha256,
        submitted_at=submission.submitted_at,
        url=reverse("api:show_submission", args=[submission.pk]),
    )


def _read(data: bytes) -> HandIn:
    try:
        return HandIn.model_validate_json(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        if found[0]["type"] == "json_invalid":
            raise RequestMalformed("The body is not JSON in UTF-8.") from error
        raise RequestInvalid({str(e["loc"][-1]): e["msg"] for e in found if e["loc"]}) from error
