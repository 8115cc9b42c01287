"""What a request is about, and whether the person may know of it: 404 for both kinds of no."""

from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from challenges.errors import NotTakingPart
from challenges.models import Challenge, Leaderboard, Phase, Split, Submission, Team, User
from challenges.selectors.challenges import challenge_page
from challenges.selectors.submissions import viewer_of
from challenges.visibility import visible_splits
from web.access import find_submission
from web.api.errors import NotFound


def find_challenge(slug: str) -> Challenge:
    """Return a challenge with its phases, tasks and boards. Raises: NotFound."""
    challenge = challenge_page().exclude(current=None).filter(slug=slug).first()
    if challenge is None:
        raise NotFound(f"There is no challenge '{slug}'.")
    return challenge


def find_phase(slug: str, phase_slug: str) -> Phase:
    """Return a phase with its challenge. Raises: NotFound."""
    phases = Phase.objects.select_related("challenge__current")
    phase = phases.filter(challenge__slug=slug, slug=phase_slug).first()
    if phase is None:
        raise NotFound(f"There is no phase '{phase_slug}' in a challenge '{slug}'.")
    return phase


def find_board(slug: str, phase_slug: str, board: str | None) -> Leaderboard:
    """Return a board of a phase, the first when none is named. Raises: NotFound."""
    boards = Leaderboard.objects.select_related("phase__challenge__current").filter(
        phase__slug=phase_slug, phase__challenge__slug=slug
    )
    found = (boards.filter(slug=board) if board else boards).first()
    if found is None:
        raise NotFound(
            f"There is no leaderboard '{board or 'main'}' in phase '{phase_slug}' of '{slug}'."
        )
    return found


def visible_split(board: Leaderboard, request: HttpRequest, wanted: Split | None) -> Split:
    """Return which side of a board to show, the one that counts now when none is named.

    Raises: NotFound when the person may not see that side, or not yet.
    """
    phase = board.phase
    viewer = viewer_of(phase.challenge, request.user)
    splits = visible_splits(
        board.config, closes_at=phase.closes_at, now=timezone.now(), viewer=viewer
    )
    if not splits:
        raise NotFound("This leaderboard is not shown, or not yet.")
    if wanted is not None and wanted not in splits:
        raise NotFound(f"This leaderboard shows: {', '.join(splits)}.")
    return wanted or splits[0]


def find_team(challenge: Challenge, user: User) -> Team:
    """Return the team with which a person takes part. Raises: NotTakingPart."""
    team = Team.objects.filter(challenge=challenge, memberships__user=user).first()
    if team is None:
        raise NotTakingPart(challenge.title)
    return team


def find_organised_challenge(request: HttpRequest, slug: str) -> Challenge:
    """Return a challenge that the person organises; for others this of it does not exist.

    Raises: NotFound.
    """
    rows = Challenge.objects.exclude(current=None).select_related("current")
    challenge = rows.filter(slug=slug).first()
    if challenge is None or not challenge.is_organiser(request.user):
        raise NotFound
    return challenge


def find_organised(request: HttpRequest, submission_id: UUID) -> Submission:
    """Return a submission of a challenge that the person organises. Raises: Http404, NotFound."""
    submission, viewer = find_submission(request, submission_id)
    if not viewer.is_organiser:
        raise NotFound
    return submission


def find_own(request: HttpRequest, submission_id: UUID) -> Submission:
    """Return a submission of the person's own team. Raises: Http404, NotFound."""
    submission, viewer = find_submission(request, submission_id)
    if viewer.team_id != submission.team_id:
        raise NotFound
    return submission
