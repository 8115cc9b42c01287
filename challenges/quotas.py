"""What a team has handed in and what it still may: plain rules."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from challenges.config import Limits
from challenges.errors import SubmissionQuotaExceeded, TooManyInFlight


@dataclass(frozen=True)
class Used:
    """Submissions of a team to a phase that count."""

    today: int  # in the present UTC day
    total: int
    in_flight: int  # still being scored


def day_start(now: datetime) -> datetime:
    """Return the beginning of the UTC day."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def check_quota(used: Used, limits: Limits, *, phase: str, now: datetime) -> None:
    """Let one more submission pass.

    Raises: TooManyInFlight, SubmissionQuotaExceeded.
    """
    if used.in_flight >= limits.in_flight:
        raise TooManyInFlight(phase=phase, limit=limits.in_flight)
    if used.total >= limits.total:
        raise SubmissionQuotaExceeded(phase=phase, limit=limits.total, retry_at=None)
    if used.today >= limits.per_day:
        retry_at = day_start(now) + timedelta(days=1)
        raise SubmissionQuotaExceeded(phase=phase, limit=limits.per_day, retry_at=retry_at)
