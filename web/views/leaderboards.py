"""Leaderboards: as a page that follows the board, and as files."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from challenges.models import Leaderboard, Split
from challenges.selectors.leaderboard import Standing, standing
from web.access import find_board, find_frame, find_phase
from web.boards import SIDES, board_view, explanation, present_board, splits_of, state_token
from web.exports import board_csv, board_json
from web.frame import Frame, frame_context

NOT_MODIFIED = 204  # htmx leaves the page as it is
MAX_QUERY = 60


@dataclass(frozen=True)
class Side:
    """One side of a board that the person may see."""

    split: Split
    title: str


@require_safe
@vary_on_headers("HX-Request")
def default_board(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the board that matters now: of the open phase, else of the last that can be seen."""
    frame = find_frame(request, slug)
    return _board_page(request, frame, present_board(frame))


@require_safe
@vary_on_headers("HX-Request")
def show_board(request: HttpRequest, slug: str, phase: str, board: str) -> HttpResponse:
    """Show a board; to a script that asks again, only its table, and only when it changed."""
    if is_live(request) and _is_unchanged(request, slug, phase, board):
        return HttpResponse(status=NOT_MODIFIED)
    frame = find_frame(request, slug)
    return _board_page(request, frame, find_board(find_phase(frame.challenge, phase), board))


@require_safe
def board_as_csv(request: HttpRequest, slug: str, phase: str, board: str) -> HttpResponse:
    """Return the whole board as CSV."""
    return _file(request, slug, phase, board, _csv)


@require_safe
def board_as_json(request: HttpRequest, slug: str, phase: str, board: str) -> HttpResponse:
    """Return the whole board as JSON."""
    return _file(request, slug, phase, board, _json)


def is_live(request: HttpRequest) -> bool:
    """True when a script of ours asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def _is_unchanged(request: HttpRequest, slug: str, phase: str, board: str) -> bool:
    """True when the script has the present state already: one query, however many people look on.

    The token is known only to those who were shown that state, so it needs no further check.
    """
    seen = request.GET.get("seen")
    rows = Leaderboard.objects.filter(slug=board, phase__slug=phase, phase__challenge__slug=slug)
    row = rows.only("pk", "version").first() if seen else None
    return row is not None and any(state_token(row, split) == seen for split in Split)


def _board_page(request: HttpRequest, frame: Frame, board: Leaderboard) -> HttpResponse:
    splits = splits_of(frame, board)
    context = frame_context(frame, "leaderboard", request) | {
        "board": board,
        "phase": board.phase,
        "boards": [b for row in frame.phases for b in row.phase.leaderboards.all()],
    }
    if not splits:
        return render(request, "leaderboards/hidden.html", context)
    split = _wanted(request, splits)
    query = request.GET.get("q", "")[:MAX_QUERY]
    context |= {
        "split": split,
        "sides": [Side(side, SIDES[side]) for side in splits],
        "query": query,
        "view": board_view(
            board, split, team_id=frame.team_id, query=query, page=_number(request.GET.get("page"))
        ),
        "token": state_token(board, split),
        "explanation": explanation(board.config, split),
    }
    template = "leaderboards/_table.html" if is_live(request) else "leaderboards/board.html"
    return render(request, template, context)


def _wanted(request: HttpRequest, splits: tuple[Split, ...]) -> Split:
    asked = request.GET.get("split", "")
    return next((split for split in splits if split == asked), splits[0])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1


def _file(
    request: HttpRequest,
    slug: str,
    phase: str,
    board: str,
    write: Callable[[Leaderboard, Split, Standing], HttpResponse],
) -> HttpResponse:
    frame = find_frame(request, slug)
    found = find_board(find_phase(frame.challenge, phase), board)
    splits = splits_of(frame, found)
    if not splits:
        raise Http404("This leaderboard is not shown, or not yet.")
    split = _wanted(request, splits)
    return write(found, split, standing(found, split))


def _csv(board: Leaderboard, split: Split, ranked: Standing) -> HttpResponse:
    response = HttpResponse(board_csv(ranked), content_type="text/csv; charset=utf-8")
    name = f"{board.phase.challenge.slug}-{board.phase.slug}-{board.slug}-{split}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _json(board: Leaderboard, split: Split, ranked: Standing) -> HttpResponse:
    return JsonResponse(board_json(board.config, split, board.version, ranked))
