"""What the person's team may still hand in to a phase."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from challenges.errors import ChallengeError
from challenges.models import Phase
from challenges.quotas import Used, check_quota, day_start
from challenges.services.submissions import check_phase_open, used
from web.api.access import find_phase, find_team
from web.api.auth import SIGNED_IN, person
from web.api.schemas.challenges import LimitsInfo
from web.api.schemas.quotas import CountInfo, QuotaInfo, RefusalInfo

router = Router(tags=["submissions"])


@router.get("challenges/{slug}/phases/{phase}/quota", auth=SIGNED_IN, response=QuotaInfo)
def show_quota(request: HttpRequest, slug: str, phase: str) -> QuotaInfo:
    """What your team has handed in to a phase, what it still may, and when the day's count ends."""
    target = find_phase(slug, phase)
    team = find_team(target.challenge, person(request))
    now, limits = timezone.now(), target.config.limits
    spent = used(team, target, now)
    return QuotaInfo(
        challenge=slug,
        phase=phase,
        team=team.name,
        today=_count(spent.today, limits.per_day),
        total=_count(spent.total, limits.total),
        in_flight=_count(spent.in_flight, limits.in_flight),
        limits=limits_info(target),
        renews_at=day_start(now) + timedelta(days=1),
        refusal=_refusal(target, spent),
    )


def limits_info(phase: Phase) -> LimitsInfo:
    """Return a phase's limits as the API shows them."""
    limits = phase.config.limits
    return LimitsInfo(
        per_day=limits.per_day,
        total=limits.total,
        in_flight=limits.in_flight,
        upload_bytes=limits.upload,
    )


def _count(spent: int, limit: int) -> CountInfo:
    return CountInfo(used=spent, limit=limit, left=max(0, limit - spent))


def _refusal(phase: Phase, spent: Used) -> RefusalInfo | None:
    now = timezone.now()
    try:
        check_phase_open(phase, now)
        check_quota(spent, phase.config.limits, phase=phase.title, now=now)
    except ChallengeError as error:
        return RefusalInfo(code=error.code, message=str(error))
    return None
