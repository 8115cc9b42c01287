"""The list of challenges, and the pages of one."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.selectors.challenges import challenge_list
from web.access import find_challenge, find_frame
from web.boards import leaders
from web.cards import cards
from web.frame import Frame, frame_context
from web.pages import public_files
from web.serving import serve

MAX_FILES = 500  # in the list; the API has all


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show all challenges, open ones first."""
    return render(request, "challenges/list.html", {"cards": cards(challenge_list())})


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a challenge's first page with its phases."""
    frame = find_frame(request, slug)
    context: dict[str, object] = {"page": frame.page("overview"), "leaders": leaders(frame)}
    return _page(request, frame, "overview", context | {"is_overview": True})


@require_safe
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what may be downloaded."""
    frame = find_frame(request, slug)
    files = sorted(public_files(frame.challenge).items())
    context: dict[str, object] = {
        "page": frame.page("data"),
        "files": files[:MAX_FILES],
        "more_files": len(files) - MAX_FILES,
    }
    return _page(request, frame, "data", context)


@require_safe
def page(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Show one of the challenge's other pages."""
    frame = find_frame(request, slug)
    found = frame.page(name)
    if found is None:
        raise Http404(f"There is no page '{name}'.")
    return _page(request, frame, name, {"page": found})


@require_safe
def download(request: HttpRequest, slug: str, path: str) -> HttpResponseBase:
    """Serve one public file; nothing outside `public/` has an address."""
    entry = public_files(find_challenge(slug)).get(path)
    if entry is None:
        raise Http404(f"There is no public file '{path}'.")
    return serve(request, entry)


def _page(request: HttpRequest, frame: Frame, tab: str, context: dict[str, object]) -> HttpResponse:
    return render(request, "challenges/page.html", frame_context(frame, tab, request) | context)
