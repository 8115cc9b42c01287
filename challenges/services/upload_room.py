"""How long uploads wait, and how much of them a team may keep that no submission uses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from challenges.blobs import site_blobs
from challenges.models import MissingBlob, TeamBlob, Upload
from challenges.upload_errors import TooMuchUnfinished
from evaluator.partial_blobs import sizes_of

MAX_UPLOADS = 32  # of a team, on their way at once
IDLE = timedelta(hours=1)  # after which an upload gives its place to a new one
# Uploads of the largest size that a team may have here, or on their way, and not handed in.
UNFINISHED_SIZES = 10


def expiry(now: datetime) -> datetime:
    """Return when an upload expires of which something has come now."""
    return now + timedelta(days=settings.AGON_UPLOAD_DAYS)


def make_room(upload: Upload) -> None:
    """Let an upload that has just begun pass; others of its team that rest may go for it.

    Nothing of those is lost but their numbers: begun again, they go on with what is here. Call
    inside a transaction that has the team locked. Raises: TooMuchUnfinished.
    """
    limit = UNFINISHED_SIZES * upload.phase.config.limits.upload
    here = _bytes_here(upload.team_id)
    waiting = _waiting(upload.team_id)
    idle_until = expiry(timezone.now()) - IDLE
    while len(waiting) > MAX_UPLOADS or here + _coming(waiting) > limit:
        oldest = waiting[-1]
        if oldest.pk == upload.pk or oldest.expires_at > idle_until:
            _refuse(len(waiting), here + _coming(waiting), limit)
        Upload.objects.filter(pk=oldest.pk).delete()
        waiting.pop()


@dataclass(frozen=True)
class _Waiting:
    pk: UUID
    expires_at: datetime
    coming: int  # bytes


def _waiting(team_id: int) -> list[_Waiting]:
    """Return the unfinished uploads of a team; the one that has rested longest is last."""
    mine = Upload.objects.unfinished().filter(team=team_id).order_by("-expires_at")
    rows = list(mine.values_list("pk", "expires_at"))
    missing = MissingBlob.objects.filter(upload__in=[pk for pk, _ in rows])
    sums = missing.values("upload").order_by().annotate(total=Sum("size_bytes"))
    coming = dict(sums.values_list("upload", "total"))
    return [_Waiting(pk, expires_at, coming.get(pk, 0)) for pk, expires_at in rows]


def _coming(waiting: list[_Waiting]) -> int:
    return sum(row.coming for row in waiting)


def _bytes_here(team_id: int) -> int:
    """Return how many bytes are here that no submission of the team uses."""
    unused = TeamBlob.objects.filter(team=team_id, is_submitted=False)
    kept: int = unused.aggregate(total=Sum("size_bytes"))["total"] or 0
    return kept + sum(sizes_of(site_blobs(), str(team_id)).values())


def _refuse(uploads: int, kept: int, limit: int) -> NoReturn:
    if uploads > MAX_UPLOADS:
        raise TooMuchUnfinished.uploads_over(MAX_UPLOADS)
    raise TooMuchUnfinished.bytes_over(kept, limit, settings.AGON_UPLOAD_DAYS)
