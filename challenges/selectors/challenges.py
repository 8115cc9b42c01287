"""The list of challenges, and one challenge with its phases."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from challenges.models import Challenge, Leaderboard, Phase, Submission, Team, User


@dataclass(frozen=True)
class PhaseState:
    """Where a phase is in time."""

    phase: Phase
    state: str  # "open", "upcoming" or "closed"


def state_of(phase: Phase, now: datetime | None = None) -> str:
    """Return "open", "upcoming" or "closed"."""
    moment = now or timezone.now()
    if moment < phase.opens_at:
        return "upcoming"
    return "open" if moment < phase.closes_at else "closed"


def challenge_list() -> QuerySet[Challenge]:
    """Return all challenges with phases and the numbers that their cards show; two queries."""
    return (
        Challenge.objects.exclude(current=None)
        .select_related("current")
        .prefetch_related("phases")
        .annotate(
            team_count=_count(_active_teams(), "challenge"),
            submission_count=_count(Submission.objects.all(), "phase__challenge"),
        )
        .order_by("slug")
    )


def _active_teams() -> QuerySet[Team]:
    handed_in = Submission.objects.filter(team=OuterRef("pk"))
    return Team.objects.filter(Exists(handed_in), is_baseline=False)


def _count(rows: QuerySet[Team] | QuerySet[Submission], challenge: str) -> Coalesce:
    """Return an expression: how many of the rows belong to the challenge."""
    # Each number is counted by itself: joined, the rows of one would multiply those of the other.
    of_challenge = rows.filter(**{challenge: OuterRef("pk")}).order_by().values(challenge)
    return Coalesce(Subquery(of_challenge.annotate(number=Count("pk")).values("number")), 0)


def challenge_page() -> QuerySet[Challenge]:
    """Return challenges ready for a page: revision, phases, tasks and boards; four queries."""
    phases = Phase.objects.prefetch_related(
        "tasks", Prefetch("leaderboards", queryset=Leaderboard.objects.select_related("phase"))
    )
    return Challenge.objects.select_related("current").prefetch_related(
        Prefetch("phases", queryset=phases)
    )


def challenges_of(user: User) -> QuerySet[Challenge]:
    """Return the challenges that a person takes part in or organises."""
    return challenge_list().filter(Q(memberships__user=user) | Q(organisers=user)).distinct()
