"""What a request is about, and whether the person may know of it: decided here, once.

Whatever a person may not see answers as what does not exist does: 404.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from challenges.models import Artifact, Challenge, Leaderboard, Membership, Phase, Submission, User
from challenges.selectors.submissions import artifacts_of, viewer_of, with_results
from challenges.visibility import Viewer
from web.frame import Frame, challenge_with_boards, frame_of

P = ParamSpec("P")
# Django calls views with keywords that no Callable type can name.
Page = Callable[..., HttpResponseBase]


def person(request: HttpRequest) -> User:
    """Return who is signed in; for views that ask for it."""
    return cast("User", request.user)


def find_frame(request: HttpRequest, slug: str) -> Frame:
    """Return a challenge with what all its pages show. Raises: Http404."""
    challenge = challenge_with_boards(request.user).filter(slug=slug).first()
    if challenge is None:
        raise Http404(f"There is no challenge '{slug}'.")
    return frame_of(challenge)


def find_challenge(slug: str) -> Challenge:
    """Return a challenge with its current revision, in one query. Raises: Http404."""
    rows = Challenge.objects.exclude(current=None).select_related("current")
    challenge = rows.filter(slug=slug).first()
    if challenge is None:
        raise Http404(f"There is no challenge '{slug}'.")
    return challenge


def find_phase(challenge: Challenge, slug: str) -> Phase:
    """Return a phase of the challenge. Raises: Http404."""
    for phase in challenge.phases.all():
        if phase.slug == slug:
            return phase
    raise Http404(f"There is no phase '{slug}' in '{challenge}'.")


def find_board(phase: Phase, slug: str) -> Leaderboard:
    """Return a board of the phase. Raises: Http404."""
    for board in phase.leaderboards.all():
        if board.slug == slug:
            return board
    raise Http404(f"There is no leaderboard '{slug}' in phase '{phase}'.")


def find_submission(request: HttpRequest, submission_id: UUID) -> tuple[Submission, Viewer]:
    """Return a submission of the person's team, or of a challenge that the person organises.

    Raises: Http404.
    """
    rows = with_results(Submission.objects.filter(pk=submission_id))
    submission = rows.first() if request.user.is_authenticated else None
    if submission is None:
        raise Http404("There is no such submission.")
    viewer = viewer_of(submission.phase.challenge, request.user)
    if not viewer.is_organiser and viewer.team_id != submission.team_id:
        raise Http404("There is no such submission.")
    return submission, viewer


def find_artifact(request: HttpRequest, submission_id: UUID, artifact_id: UUID) -> Artifact:
    """Return a picture or file of a submission that the person may see now. Raises: Http404."""
    submission, viewer = find_submission(request, submission_id)
    for artifact in artifacts_of(submission, viewer):
        if artifact.pk == artifact_id:
            return artifact
    raise Http404("There is no such file.")


def member_page(
    view: Callable[Concatenate[HttpRequest, Frame, Membership, P], HttpResponseBase],
) -> Page:
    """Make a view of people who take part; others are led to joining, strangers to signing in."""

    @wraps(view)
    def inner(
        request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        frame = find_frame(request, slug)
        membership = _membership(request, frame)
        if membership is None:
            return redirect("join", slug)
        return view(request, frame, membership, *args, **kwargs)

    return login_required(inner)


def _membership(request: HttpRequest, frame: Frame) -> Membership | None:
    rows = frame.challenge.memberships.filter(user=person(request))
    return rows.select_related("team").first()


def organiser_page(
    view: Callable[Concatenate[HttpRequest, Frame, P], HttpResponseBase],
) -> Page:
    """Make a view of the challenge's organisers; for everybody else it does not exist."""

    @wraps(view)
    def inner(
        request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        frame = find_frame(request, slug)
        if not frame.is_organiser:
            raise Http404("There is no such page.")
        return view(request, frame, *args, **kwargs)

    return inner
