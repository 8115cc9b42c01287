"""Following submissions: lists, states, files beside the scores, logs; cancelling, choosing."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from challenges.blobs import site_blobs
from challenges.models import Evaluation, Event, Scope, Submission
from challenges.selectors.organising import Wanted, submissions_of
from challenges.selectors.submissions import viewer_of
from challenges.services.submissions import cancel, check_phase_open, choose
from challenges.visibility import Viewer
from evaluator.codes import Code, Status
from web.access import find_artifact, find_submission
from web.api.access import find_challenge, find_organised, find_own, find_team
from web.api.auth import ORGANISING, SIGNED_IN, person, require
from web.api.challenges import BYTES
from web.api.etags import say_state
from web.api.paging import PageQuery, newest_first
from web.api.results import details, state_of_result, summary
from web.api.schemas.base import Frozen
from web.api.schemas.submissions import (
    EventInfo,
    EventList,
    LogInfo,
    LogList,
    SubmissionInfo,
    SubmissionList,
)
from web.api.waiting import MAX_SECONDS, status_now, waiting_room
from web.artifacts import serve_artifact

router = Router(tags=["submissions"])


class ListQuery(PageQuery):
    """Which submissions."""

    phase: str | None = None
    status: Status | None = None
    code: Code | None = None


class WaitQuery(Frozen):
    """How long to wait for something new."""

    wait: int = Field(
        default=0,
        ge=0,
        le=MAX_SECONDS,
        description="seconds to wait at most for another status than `seen`; many waiting at once "
        "are answered without waiting",
    )
    seen: Status | None = Field(
        default=None, description="the status that you know; that of this moment by default"
    )


@router.get("challenges/{slug}/submissions", auth=SIGNED_IN, response=SubmissionList)
def list_submissions(
    request: HttpRequest, slug: str, query: Annotated[ListQuery, Query()]
) -> SubmissionList:
    """Your team's submissions to a challenge, newest first."""
    challenge, user = find_challenge(slug), person(request)
    viewer, team = viewer_of(challenge, user), find_team(challenge, user)
    wanted = Wanted(status=query.status or "", code=query.code or "")
    rows = submissions_of(challenge, wanted).filter(team=team)
    if query.phase is not None:
        rows = rows.filter(phase__slug=query.phase)
    page, following = newest_first(rows, query, name=f"own-{slug}", moment="submitted_at")
    return SubmissionList(
        submissions=tuple(summary(submission, viewer) for submission in page), next=following
    )


@router.get("submissions/{uuid:submission_id}", auth=SIGNED_IN, response=SubmissionInfo)
def show_submission(
    request: HttpRequest,
    submission_id: UUID,
    response: HttpResponse,
    query: Annotated[WaitQuery, Query()],
) -> SubmissionInfo:
    """A submission of your team, or of a challenge that you organise; at once, or when it changes.

    With `wait`, the answer comes as soon as the status is another than `seen`, or is final.
    """
    submission, viewer = find_submission(request, submission_id)
    seen = query.seen or submission.status
    if query.wait and submission.status == seen and not seen.is_final:
        user = person(request)
        waiting_room().wait(user.pk, lambda: status_now(submission_id) != seen, query.wait)
        submission, viewer = find_submission(request, submission_id)
    return _told(request, response, submission, viewer)


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


@router.get("submissions/{uuid:submission_id}/events", auth=SIGNED_IN, response=EventList)
def list_events(request: HttpRequest, submission_id: UUID) -> EventList:
    """What happened to a submission: queued, started, taken back, ended."""
    submission, _ = find_submission(request, submission_id)
    current = [evaluation.pk for evaluation in submission.current_evaluations]
    rows = Event.objects.filter(evaluation__in=current).select_related("evaluation__task")
    return EventList(events=tuple(_event(row) for row in rows.order_by("pk")))


@router.get("submissions/{uuid:submission_id}/logs", auth=ORGANISING, response=LogList)
def show_logs(request: HttpRequest, submission_id: UUID) -> LogList:
    """What the scoring programs printed; for organisers."""
    submission = find_organised(request, submission_id)
    evaluations = submission.evaluations.select_related(None).select_related("task")
    return LogList(logs=tuple(_log(row) for row in evaluations.order_by("queued_at", "pk")))


@router.post("submissions/{uuid:submission_id}/cancel", auth=SIGNED_IN, response=SubmissionInfo)
def cancel_submission(
    request: HttpRequest, submission_id: UUID, response: HttpResponse
) -> SubmissionInfo:
    """End what waits or runs of a submission; it costs no quota."""
    user = person(request)
    submission, viewer = find_submission(request, submission_id)
    if viewer.team_id != submission.team_id:
        require(request, Scope.ORGANISE)
    cancel(submission=submission, by=user)
    return _told(request, response, *find_submission(request, submission_id))


@router.post("submissions/{uuid:submission_id}/choose", auth=SIGNED_IN, response=SubmissionInfo)
def choose_submission(
    request: HttpRequest, submission_id: UUID, response: HttpResponse
) -> SubmissionInfo:
    """Make a submission the one that your team wants ranked; while the phase is open."""
    submission = find_own(request, submission_id)
    # Once private scores are out, choosing would be picking the best of them.
    check_phase_open(submission.phase, timezone.now())
    choose(submission=submission)
    return _told(request, response, *find_submission(request, submission_id))


def _told(
    request: HttpRequest, response: HttpResponse, submission: Submission, viewer: Viewer
) -> SubmissionInfo:
    if submission.status.is_final:  # before, the place in the queue changes: its body decides
        say_state(request, response, *state_of_result(submission, viewer))
    return details(submission, viewer)


def _event(event: Event) -> EventInfo:
    return EventInfo(
        task=event.evaluation.task.slug,
        status=Status(event.status),
        attempt=event.attempt,
        note=event.note,
        happened_at=event.happened_at,
    )


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
