"""Pages of lists: each has the cursor of the next, which says where it begins and is signed."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from pydantic import Field

from web.api.errors import RequestInvalid
from web.api.schemas.base import Frozen

MAX_CURSOR = 1600  # characters: a path of 1,024 bytes, encoded and signed
M = TypeVar("M", bound=Model)


class _Utf8Json:
    """JSON as it is: Django's own would write six letters for many a letter of a path."""

    def dumps(self, value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def loads(self, data: bytes) -> object:
        return json.loads(data)


class PageQuery(Frozen):
    """Which page of a list."""

    cursor: str | None = Field(
        default=None,
        max_length=MAX_CURSOR,
        pattern="^[A-Za-z0-9_:.-]+$",
        description="`next` of the page before",
    )
    limit: int = Field(default=50, ge=1, le=200)


def cursor_at(name: str, *place: object) -> str:
    """Return the cursor of a list for the page that begins after `place`."""
    return signing.dumps([str(part) for part in place], salt=_salt(name), serializer=_Utf8Json)


def place_of(name: str, cursor: str | None, parts: int = 1) -> list[str] | None:
    """Return after which place a page begins; None for the first page.

    Raises: RequestInvalid for a cursor that this list did not give.
    """
    if cursor is None:
        return None
    try:
        place = signing.loads(cursor, salt=_salt(name), serializer=_Utf8Json)
    except signing.BadSignature as error:
        raise RequestInvalid({"cursor": "is not one that this list gave"}) from error
    if not isinstance(place, list) or len(place) != parts:
        raise RequestInvalid({"cursor": "is of an earlier release; begin at the first page"})
    return [str(part) for part in place]


def newest_first(
    rows: QuerySet[M], page: PageQuery, *, name: str, moment: str
) -> tuple[list[M], str | None]:
    """Return a page of rows by the field `moment`, newest first, and the cursor of the next."""
    place = place_of(name, page.cursor, parts=2)
    if place is not None:
        at, key = datetime.fromisoformat(place[0]), place[1]
        same = Q(**{moment: at, "pk__lt": key})
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | same)
    found = list(rows.order_by(f"-{moment}", "-pk")[: page.limit + 1])
    shown = found[: page.limit]
    if len(found) <= page.limit:
        return shown, None
    last: Any = shown[-1]  # a model with the field that `moment` names
    return shown, cursor_at(name, getattr(last, moment).isoformat(), last.pk)


def by_name(
    names: Sequence[str], page: PageQuery, *, name: str
) -> tuple[Sequence[str], str | None]:
    """Return a page of sorted names and the cursor of the next."""
    place = place_of(name, page.cursor)
    begin = 0 if place is None else bisect_right(names, place[0])
    shown = names[begin : begin + page.limit]
    is_last = begin + page.limit >= len(names)
    return shown, None if is_last else cursor_at(name, shown[-1])


def _salt(name: str) -> str:
    return f"web.api.paging.{name}"
