"""Submissions: handing in, following, cancelling, choosing."""

import json
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Query, Router
from ninja import Status as Answered
from pydantic import Field, ValidationError

from challenges.blobs import site_blobs
from challenges.models import Evaluation, Phase, Submission, Team
from challenges.selectors.submissions import team_submissions, viewer_of
from challenges.services.submissions import (
    Details,
    cancel,
    check_may_submit,
    check_metadata,
    check_phase_open,
    choose,
    submit,
)
from evaluator.codes import Status
from evaluator.strictjson import JsonInvalid, parse
from web.access import find_artifact, find_submission
from web.api.access import find_challenge, find_organised, find_own, find_phase, find_team
from web.api.auth import SIGNED_IN, person
from web.api.challenges import BYTES
from web.api.errors import RequestInvalid
from web.api.handing_in import created, hand_in_upload
from web.api.idempotency import answered_once
from web.api.multipart import read_form
from web.api.results import details, summary
from web.api.schemas.base import Frozen
from web.api.schemas.submissions import (
    LogInfo,
    LogList,
    SubmissionCreated,
    SubmissionForm,
    SubmissionInfo,
    SubmissionList,
)
from web.api.schemas.uploads import HandIn
from web.artifacts import serve_artifact

MAX_METADATA_BYTES = 64 * 1024
MAX_METADATA_DEPTH = 10
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": HandIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "method": {"type": "string", "maxLength": 80},
                        "description": {"type": "string", "maxLength": 4000},
                        "metadata": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "description": "An object as the challenge's metadata_schema asks.",
                        },
                    },
                }
            },
        },
    }
}

router = Router(tags=["submissions"])


class ListQuery(Frozen):
    """Which submissions."""

    phase: str | None = None
    cursor: UUID | None = Field(default=None, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=200)


# The form is read inside, by hand: a declared field would be parsed before the checks.
@router.post(
    "challenges/{slug}/phases/{phase}/submissions",
    auth=SIGNED_IN,
    response={200: SubmissionCreated, 201: SubmissionCreated},
    openapi_extra=UPLOAD,
)
def create_submission(
    request: HttpRequest, slug: str, phase: str, response: HttpResponse
) -> Answered[SubmissionCreated]:
    """Hand in one file, or an upload that is whole; it is scored at once.

    Who may not is told before a file is read. The same upload again gives the same submission.
    """
    target = find_phase(slug, phase)
    team = find_team(target.challenge, person(request))
    if request.content_type == "application/json":
        answer = hand_in_upload(request, team, target)
    else:
        answer = _hand_in_file(request, team, target)
    response.headers["Location"] = answer.value.url
    return answer


def _hand_in_file(request: HttpRequest, team: Team, target: Phase) -> Answered[SubmissionCreated]:
    check_may_submit(team, target)
    form = read_form(request, limit_bytes=target.config.limits.upload)
    with form.file as file:
        said = _details(form.fields)
        # An upload can take hours: rules and deadline may be new.
        target = find_phase(target.challenge.slug, target.slug)
        # Also before the file is kept: what is refused must leave nothing behind.
        check_metadata(said.metadata or {}, target.challenge.revision.config.metadata_schema)
        check_may_submit(team, target)
        user, upload = person(request), file.upload()

        def work() -> Answered[SubmissionCreated]:
            submission = submit(team=team, phase=target, user=user, upload=upload, details=said)
            return Answered(HTTPStatus.CREATED, created(submission))

        asked = json.dumps([upload.filename, upload.manifest.digest, *form.fields.lists()])
        return answered_once(request, asked, SubmissionCreated, work)


@router.get("challenges/{slug}/submissions", auth=SIGNED_IN, response=SubmissionList)
def list_submissions(
    request: HttpRequest, slug: str, query: Annotated[ListQuery, Query()]
) -> SubmissionList:
    """Your team's submissions to a challenge, newest first."""
    challenge, user = find_challenge(slug), person(request)
    viewer = viewer_of(challenge, user)
    rows = team_submissions(find_team(challenge, user))
    if query.phase is not None:
        rows = rows.filter(phase__slug=query.phase)
    page = list(_after(rows, query.cursor)[: query.limit + 1])
    shown = page[: query.limit]
    return SubmissionList(
        submissions=tuple(summary(submission, viewer) for submission in shown),
        next=str(shown[-1].pk) if len(page) > len(shown) else None,
    )


@router.get("submissions/{uuid:submission_id}", auth=SIGNED_IN, response=SubmissionInfo)
def show_submission(request: HttpRequest, submission_id: UUID) -> SubmissionInfo:
    """A submission of your team, or of a challenge that you organise."""
    submission, viewer = find_submission(request, submission_id)
    return details(submission, viewer)


@router.get(
    "submissions/{uuid:submission_id}/artifacts/{uuid:artifact_id}",
    auth=SIGNED_IN,
    openapi_extra=BYTES,
)
def download_artifact(
    request: HttpRequest, submission_id: UUID, artifact_id: UUID
) -> HttpResponseBase:
    """A picture or file beside the scores, or a part of it (Range); its ETag is its SHA-256."""
    return serve_artifact(request, find_artifact(request, submission_id, artifact_id))


@router.get("submissions/{uuid:submission_id}/logs", auth=SIGNED_IN, response=LogList)
def show_logs(request: HttpRequest, submission_id: UUID) -> LogList:
    """What the scoring programs printed; for organisers."""
    submission = find_organised(request, submission_id)
    evaluations = submission.evaluations.select_related(None).select_related("task")
    return LogList(logs=tuple(_log(row) for row in evaluations.order_by("queued_at", "pk")))


@router.post("submissions/{uuid:submission_id}/cancel", auth=SIGNED_IN, response=SubmissionInfo)
def cancel_submission(request: HttpRequest, submission_id: UUID) -> SubmissionInfo:
    """End what waits or runs of a submission; it costs no quota."""
    user = person(request)
    submission, _ = find_submission(request, submission_id)
    cancel(submission=submission, by=user)
    return show_submission(request, submission_id)


@router.post("submissions/{uuid:submission_id}/choose", auth=SIGNED_IN, response=SubmissionInfo)
def choose_submission(request: HttpRequest, submission_id: UUID) -> SubmissionInfo:
    """Make a submission the one that your team wants ranked; while the phase is open."""
    submission = find_own(request, submission_id)
    # Once private scores are out, choosing would be picking the best of them.
    check_phase_open(submission.phase, timezone.now())
    choose(submission=submission)
    return show_submission(request, submission_id)


def _details(fields: QueryDict) -> Details:
    unknown = sorted(set(fields) - set(SubmissionForm.model_fields))
    if unknown:
        raise RequestInvalid(dict.fromkeys(unknown, "is no field of an upload"))
    try:
        form = SubmissionForm.model_validate(fields.dict())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestInvalid({str(e["loc"][-1]): e["msg"] for e in found}) from error
    return Details(form.method.strip(), form.description.strip(), _metadata(form.metadata))


def _metadata(text: str) -> dict[str, object]:
    if not text.strip():
        return {}
    try:
        data = parse(
            text.encode("utf-8", "surrogatepass"),
            max_bytes=MAX_METADATA_BYTES,
            max_depth=MAX_METADATA_DEPTH,
        )
    except JsonInvalid as error:
        raise RequestInvalid({"metadata": str(error)}) from error
    if not isinstance(data, dict):
        raise RequestInvalid({"metadata": "is not a JSON object"})
    return data


def _after(rows: QuerySet[Submission], cursor: UUID | None) -> QuerySet[Submission]:
    last = rows.filter(pk=cursor).first() if cursor else None
    if last is None:
        return rows
    earlier = Q(submitted_at=last.submitted_at, pk__lt=last.pk)
    return rows.filter(Q(submitted_at__lt=last.submitted_at) | earlier)


def _log(evaluation: Evaluation) -> LogInfo:
    digest = evaluation.log_sha256
    log = site_blobs().local_path(digest).read_bytes() if digest else b""
    return LogInfo(
        evaluation=evaluation.pk,
        task=evaluation.task.slug,
        status=Status(evaluation.status),
        attempt=evaluation.attempt,
        is_current=evaluation.is_current,
        host=evaluation.host,
        runtime=evaluation.runtime,
        code=evaluation.code or None,
        log=log.decode("utf-8", "replace"),
    )
