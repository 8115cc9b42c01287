"""What the organisers of a challenge see."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.selectors.organising import Wanted, code_counts, submissions_of, tasks_of
from challenges.selectors.submissions import result_of
from web.access import organiser_page
from web.forms.filters import OrganiserFilter
from web.frame import Frame, frame_context
from web.results import scores_in_short

LIST_ROWS = 50


@require_safe
@organiser_page
def organise(request: HttpRequest, frame: Frame) -> HttpResponse:
    """Show all submissions of a challenge, and what went wrong how often."""
    form = OrganiserFilter(request.GET)
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
    rows = submissions_of(frame.challenge, wanted)
    page = Paginator(rows, LIST_ROWS).get_page(request.GET.get("page"))
    results = [result_of(submission, frame.viewer, cases=False) for submission in page]
    context = frame_context(frame, "organise", request) | {
        "form": form,
        "page": page,
        "lines": [(result, scores_in_short(result)) for result in results],
        "counts": code_counts(frame.challenge),
        "tasks": tasks_of(frame.challenge),
    }
    return render(request, "organisers/submissions.html", context)
