"""Writes and reads rows about blobs by the thousand: one upload may have 200,000 of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from challenges.models import MissingBlob, TeamBlob, Upload

QUERY_BLOBS = 20_000  # in one query, which holds their digests as one text
# Rows that were used lately are not written again: nothing forgets them for a day at least.
LATELY = timedelta(hours=1)


def add_missing(upload: Upload, blobs: Iterable[tuple[str, int]]) -> None:
    """Note digests and sizes as still to come."""
    _insert(MissingBlob, blobs, {"upload": upload.pk})


def add_of_team(team_id: int, blobs: Iterable[tuple[str, int]], now: datetime) -> None:
    """Note that a team has sent blobs of these digests and sizes; those it had are used again."""
    again = "ON CONFLICT (team_id, sha256) DO UPDATE SET used_at = excluded.used_at"
    _insert(TeamBlob, blobs, {"team": team_id, "used_at": now, "is_submitted": False}, again)


def use_of_team(team_id: int, digests: Sequence[str]) -> dict[str, int]:
    """Return the size of each of these blobs that a team has; they count as used now."""
    held: dict[str, int] = {}
    now = timezone.now()
    for some in batches(digests):
        rows = TeamBlob.objects.filter(team=team_id, sha256__among=some)
        # Before they are read: young rows are not collected, and locked ones not just now.
        rows.filter(used_at__lt=now - LATELY).update(used_at=now)
        held.update(rows.values_list("sha256", "size_bytes"))
    return held


def note_submitted(team_id: int, digests: Sequence[str]) -> None:
    """Note that a submission of the team uses these blobs."""
    for some in batches(digests):
        rows = TeamBlob.objects.filter(team=team_id, sha256__among=some, is_submitted=False)
        rows.update(is_submitted=True)


def batches(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield digests, as many at a time as one query takes."""
    for first in range(0, len(digests), QUERY_BLOBS):
        yield digests[first : first + QUERY_BLOBS]


def _insert(
    model: type[MissingBlob] | type[TeamBlob],
    blobs: Iterable[tuple[str, int]],
    same: Mapping[str, object],
    conflict: str = "",
) -> None:
    """Insert a row for each digest and size, with what is `same` in all of them."""
    fields = {field.name: field for field in model._meta.fields}  # noqa: SLF001 - Django's interface
    names = ["sha256", "size_bytes", *same]
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(str(fields[name].column)) for name in names)
    marks = ", ".join(["%s"] * len(names))
    table = quoted(model._meta.db_table)  # noqa: SLF001 - as above
    shared = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    rows = [(digest, size, *shared) for digest, size in blobs]
    if not rows:
        return
    # bulk_create takes nine times as long, in which it keeps every other thread from working.
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks}) {conflict}"  # noqa: S608 - our own words
        cursor.executemany(statement, rows)
