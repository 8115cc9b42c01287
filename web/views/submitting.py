"""Handing in: the form, and the upload that streams into the blob store."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from challenges.errors import ChallengeError, MetadataInvalid
from challenges.models import Membership, Phase
from challenges.services.submissions import check_may_submit, check_metadata, submit
from web.access import find_phase, member_page, person
from web.allowance import allowance_of
from web.expected import expected_files
from web.forms.submission import SubmissionForm
from web.frame import Frame, frame_context
from web.middleware import status_of
from web.wholeform import WholeForm


@member_page
def choose_phase(request: HttpRequest, frame: Frame, membership: Membership) -> HttpResponse:  # noqa: ARG001 - who takes part
    """Lead to the form of the only open phase, or ask for which one."""
    phases = frame.open_phases
    if len(phases) == 1:
        return redirect("submit", frame.challenge.slug, phases[0].slug)
    return render(request, "submissions/phases.html", frame_context(frame, "submit", request))


# Exempt only until the upload handler is set: the check of the token reads the whole body, and
# Django takes no handler after that. `_receive` checks it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def submit_to_phase(
    request: HttpRequest, frame: Frame, membership: Membership, phase: str
) -> HttpResponse:
    """Show the form; take an upload."""
    target = find_phase(frame.challenge, phase)
    if request.method != "POST":
        return _form_page(request, frame, membership, target, _form(target))
    try:
        check_may_submit(membership.team, target)  # before a byte of the body is read
        request.upload_handlers = [WholeForm(request, target.config.limits.upload)]
        return _receive(request, frame, membership, target)
    except ChallengeError as error:
        form = _form(target)
        return _refused(request, frame, membership, target, form, error)


@csrf_protect
def _receive(
    request: HttpRequest, frame: Frame, membership: Membership, phase: Phase
) -> HttpResponse:
    # An upload can take hours: rules and deadline may be new.
    phase = get_object_or_404(Phase.objects.select_related("challenge__current"), pk=phase.pk)
    form = SubmissionForm(_schema(phase), request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(
            request, frame, membership, phase, form, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    try:
        details = form.details()
        # Before the file is kept: what is refused must leave nothing behind.
        check_metadata(details.metadata or {}, _schema(phase))
        check_may_submit(membership.team, phase)
        submission = submit(
            team=membership.team,
            phase=phase,
            user=person(request),
            upload=form.cleaned_data["file"].upload(),
            details=details,
        )
    except ChallengeError as error:
        return _refused(request, frame, membership, phase, form, error)
    address = submission.get_absolute_url()
    return HttpResponseClientRedirect(address) if is_partial(request) else redirect(address)


def _refused(
    request: HttpRequest,
    frame: Frame,
    membership: Membership,
    phase: Phase,
    form: SubmissionForm,
    error: ChallengeError,
) -> HttpResponse:
    if isinstance(error, MetadataInvalid):
        form.show_problems(error)
    elif form.is_bound:
        form.add_error(None, str(error))
    return _form_page(
        request, frame, membership, phase, form, status=status_of(error), refusal=str(error)
    )


def _form_page(
    request: HttpRequest,
    frame: Frame,
    membership: Membership,
    phase: Phase,
    form: SubmissionForm,
    *,
    status: int = HTTPStatus.OK,
    refusal: str = "",
) -> HttpResponse:
    """Answer with the page; a script that sent the form gets only what was wrong with it."""
    context = frame_context(frame, "submit", request) | {
        "phase": phase,
        "team": membership.team,
        "form": form,
        "expected": expected_files(phase),
        "allowance": allowance_of(membership.team, phase),
        "refusal": refusal if not form.is_bound else "",
    }
    template = "submissions/_problems.html" if is_partial(request) else "submissions/submit.html"
    return render(request, template, context, status=status)


def is_partial(request: HttpRequest) -> bool:
    """True when a script of ours asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def _form(phase: Phase) -> SubmissionForm:
    return SubmissionForm(_schema(phase))


def _schema(phase: Phase) -> dict[str, object]:
    return phase.challenge.revision.config.metadata_schema
