"""Handing in."""

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Router
from ninja import Status as Answered
from pydantic import ValidationError

from challenges.models import Phase, Team
from challenges.services.submissions import (
    Details,
    check_may_submit,
    check_metadata,
    submit,
)
from evaluator.strictjson import JsonInvalid, parse
from web.api.access import find_phase, find_team
from web.api.auth import SIGNED_IN, person
from web.api.errors import RequestInvalid
from web.api.handing_in import created, hand_in_upload
from web.api.idempotency import answered_once
from web.api.multipart import read_form
from web.api.schemas.submissions import (
    SubmissionCreated,
    SubmissionForm,
)
from web.api.schemas.uploads import HandIn

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
            sha256 = upload.manifest.files[0].sha256
            return Answered(HTTPStatus.CREATED, created(submission, sha256))

        asked = json.dumps([upload.filename, upload.manifest.digest, *form.fields.lists()])
        return answered_once(request, asked, SubmissionCreated, work)


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
