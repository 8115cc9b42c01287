"""One submission: its state, live; cancelling and choosing it; its log; a team's list."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from challenges.errors import ChallengeError
from challenges.models import Membership, Submission
from challenges.selectors.submissions import result_of, team_submissions
from challenges.services.submissions import cancel, check_phase_open, choose
from web.access import find_frame, find_submission, member_page, person
from web.exports import csv_text
from web.forms.schema import asked_fields
from web.frame import Frame, frame_context
from web.logs import log_text
from web.results import scores_in_short, state_token, submission_view

LIST_ROWS = 25
NOT_MODIFIED = 204  # htmx leaves the page as it is


@require_safe
@login_required
@vary_on_headers("HX-Request")
def show_submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Show a submission; to a script that asks again, only its state, and only when it changed."""
    submission, viewer = find_submission(request, submission_id)
    pages = {request.GET.get("task", ""): request.GET.get("page")}
    view = submission_view(submission, viewer, pages=pages)
    token = state_token(view)
    is_live = request.headers.get("HX-Request") == "true"
    if is_live and request.GET.get("seen") == token:
        return HttpResponse(status=NOT_MODIFIED)
    context = {
        "submission": submission,
        "viewer": viewer,
        "view": view,
        "said": _said(submission),
        "token": token,
        "logs": [log_text(task.evaluation) for task in view.tasks] if viewer.is_organiser else [],
    }
    if is_live:
        return render(request, "submissions/_state.html", context)
    frame = find_frame(request, submission.phase.challenge.slug)
    tab = "submissions" if viewer.team_id == submission.team_id else "organise"
    return render(
        request, "submissions/submission.html", frame_context(frame, tab, request) | context
    )


def _said(submission: Submission) -> list[tuple[str, object]]:
    """Return what the team says, under the titles that the challenge gives its fields."""
    schema = submission.phase.challenge.revision.config.metadata_schema
    labels = {asked.name: asked.label for asked in asked_fields(schema)}
    said = submission.metadata if isinstance(submission.metadata, dict) else {}
    return [(labels.get(str(name), str(name)), value) for name, value in said.items()]


@require_POST
@login_required
def cancel_submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """End what waits or runs of a submission."""
    submission, _ = find_submission(request, submission_id)
    try:
        cancel(submission=submission, by=person(request))
    except ChallengeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The submission was cancelled. It costs none of your quota.")
    return redirect(submission)


@require_POST
@login_required
def choose_submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Make a submission the one that its team wants ranked, while the phase is open."""
    submission, viewer = find_submission(request, submission_id)
    if viewer.team_id != submission.team_id:
        raise Http404("There is no such submission.")
    # Once private scores are out, choosing would be picking the best of them.
    check_phase_open(submission.phase, timezone.now())
    choose(submission=submission)
    messages.success(request, "This is the submission that stands for your team now.")
    return redirect(submission)


@require_safe
@login_required
def show_log(request: HttpRequest, submission_id: UUID, evaluation_id: UUID) -> HttpResponse:
    """Show an evaluation's log as plain text; organisers only."""
    submission, viewer = find_submission(request, submission_id)
    evaluation = submission.evaluations.model.objects.filter(
        submission=submission, pk=evaluation_id
    ).first()
    if evaluation is None or not viewer.is_organiser:
        raise Http404("There is no such log.")
    response = HttpResponse(log_text(evaluation).text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
@login_required
def cases_csv(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """Return the scores per case as CSV, as far as the person sees them."""
    submission, viewer = find_submission(request, submission_id)
    rows = [
        (task.evaluation.task.slug, case, key, value)
        for task in result_of(submission, viewer).tasks
        for case, scores in task.cases
        for key, value in scores.items()
    ]
    text = csv_text(["task", "case", "score", "value"], rows)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"cases-{submission.pk}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@member_page
def my_submissions(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:
    """Show what the person's team has handed in, newest first."""
    wanted = request.GET.get("phase", "")
    phase = next((row.phase for row in frame.phases if row.phase.slug == wanted), None)
    rows = team_submissions(membership.team, phase)
    page = Paginator(rows, LIST_ROWS).get_page(request.GET.get("page"))
    results = [result_of(submission, frame.viewer, cases=False) for submission in page]
    context = frame_context(frame, "submissions", request) | {
        "team": membership.team,
        "page": page,
        "lines": [(result, scores_in_short(result)) for result in results],
        "wanted": phase,
    }
    return render(request, "submissions/list.html", context)
