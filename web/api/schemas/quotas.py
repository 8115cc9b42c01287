"""What a team may still hand in, over the wire."""

from datetime import datetime

from web.api.schemas.base import Frozen
from web.api.schemas.challenges import LimitsInfo


class CountInfo(Frozen):
    """How many submissions of a limit are used, and how many are left."""

    used: int
    limit: int
    left: int


class RefusalInfo(Frozen):
    """Why nothing can be handed in now."""

    code: str
    message: str


class QuotaInfo(Frozen):
    """What a team has handed in to a phase and still may; `refusal` is None when it may now."""

    challenge: str
    phase: str
    team: str
    today: CountInfo
    total: CountInfo
    in_flight: CountInfo
    limits: LimitsInfo
    renews_at: datetime
    refusal: RefusalInfo | None
