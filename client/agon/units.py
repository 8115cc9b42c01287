"""Sizes, times and moments as people read them."""

from datetime import datetime, timezone

_STEPS = ("B", "KiB", "MiB", "GiB", "TiB")


def size(count: int) -> str:
    """Return a number of bytes with at most three digits that matter."""
    value, step = float(count), 0
    while value >= 1000 and step < len(_STEPS) - 1:
        value, step = value / 1024, step + 1
    if step == 0:
        return f"{count} B"
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {_STEPS[step]}"


def duration(seconds: float) -> str:
    """Return a time in its two largest units."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def moment(at: datetime) -> str:
    """Return a moment in UTC, as the site's pages write it."""
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"
