"""What a team may still hand in to a phase, in numbers and in one sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from challenges.config import Limits
from challenges.errors import ChallengeError
from challenges.models import Phase, Team
from challenges.quotas import day_start
from challenges.services.submissions import check_may_submit, used


@dataclass(frozen=True)
class Allowance:
    """What is left; `refusal` says why nothing can be handed in now, and is empty else."""

    left_today: int
    left_total: int
    in_flight: int
    limits: Limits
    renews_at: datetime  # when the day's count begins anew
    refusal: str


def allowance_of(team: Team, phase: Phase) -> Allowance:
    """Return what the team may still hand in."""
    now = timezone.now()
    spent, limits = used(team, phase, now), phase.config.limits
    left_total = max(0, limits.total - spent.total)
    return Allowance(
        left_today=min(left_total, max(0, limits.per_day - spent.today)),
        left_total=left_total,
        in_flight=spent.in_flight,
        limits=limits,
        renews_at=day_start(now) + timedelta(days=1),
        refusal=_refusal(team, phase),
    )


def _refusal(team: Team, phase: Phase) -> str:
    try:
        check_may_submit(team, phase)
    except ChallengeError as error:
        return str(error)
    return ""
