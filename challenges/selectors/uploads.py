"""What an upload lacks, and whose it is."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from challenges.blobs import site_blobs
from challenges.models import Upload, User
from evaluator.partial_blobs import sizes_of


@dataclass(frozen=True)
class Missing:
    """What is still to come of an upload: blobs, each counted once, and their bytes."""

    files: int
    size_bytes: int


@dataclass(frozen=True)
class MissingPage:
    """Digests of blobs that are to come, in ascending order."""

    digests: tuple[str, ...]
    next: str | None  # the digest behind which the following page begins
    partial: dict[str, int]  # bytes that are here, of those of which some are


def uploads_of(user: User) -> QuerySet[Upload]:
    """Return the uploads of a person's teams, with phase and team."""
    rows = Upload.objects.filter(team__memberships__user=user)
    return rows.select_related("phase__challenge__current", "team")


def upload_of(user: User, upload_id: UUID) -> Upload | None:
    """Return an upload of one of the person's teams; None for anybody else's."""
    return uploads_of(user).filter(pk=upload_id).first()


def missing(upload: Upload) -> Missing:
    """Return how much is still to come, in one query."""
    found = upload.missing.aggregate(files=Count("pk"), size_bytes=Sum("size_bytes"))
    return Missing(found["files"], found["size_bytes"] or 0)


def missing_page(upload: Upload, *, after: str, limit: int) -> MissingPage:
    """Return the digests behind `after`, `limit` at most."""
    rows = upload.missing.filter(sha256__gt=after).order_by("sha256")
    digests = list(rows.values_list("sha256", flat=True)[: limit + 1])
    shown = tuple(digests[:limit])
    begun = sizes_of(site_blobs(), str(upload.team_id))
    return MissingPage(
        digests=shown,
        next=shown[-1] if len(digests) > limit else None,
        partial={digest: begun[digest] for digest in shown if digest in begun},
    )
