"""Times as people read them: in words, with the exact moment and its zone behind them."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

UNITS = (("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400), ("hour", 3600))
MINUTE = 60


@register.filter
def exact(moment: datetime) -> str:
    """Return a time with seconds and zone: `1 January 2036, 00:00:00 UTC`."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M:%S} UTC"


@register.filter
def moment(value: datetime) -> SafeString:
    """Return a time element that shows the time to the minute."""
    utc = value.astimezone(UTC)
    shown = f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(value), exact(value), shown)


@register.filter
def second(value: datetime) -> SafeString:
    """Return a time element that shows the time to the second."""
    utc = value.astimezone(UTC)
    shown = f"{utc.day} {utc:%b %Y, %H:%M:%S} UTC"
    return format_html('<time datetime="{}">{}</time>', _iso(value), shown)


@register.filter
def day(value: datetime) -> SafeString:
    """Return a time element that shows the day."""
    utc = value.astimezone(UTC)
    shown = f"{utc.day} {utc:%b %Y}"
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(value), exact(value), shown)


@register.filter
def relative(value: datetime) -> SafeString:
    """Return a time element that says how far away the time is."""
    shown = in_words(value, timezone.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(value), exact(value), shown)


def in_words(value: datetime, now: datetime) -> str:
    """Return `3 days ago`, `in 2 hours`, `just now`."""
    span = value - now
    length = span_in_words(abs(span))
    if length == "less than a minute":
        return "just now" if span <= timedelta(0) else "in less than a minute"
    return f"{length} ago" if span < timedelta(0) else f"in {length}"


def span_in_words(span: timedelta) -> str:
    """Return the largest whole unit of a span: `3 days`."""
    seconds = span.total_seconds()
    for name, length in UNITS:
        count = int(seconds // length)
        if count:
            return f"{count} {name}{'s' if count > 1 else ''}"
    minutes = int(seconds // MINUTE)
    if minutes == 0:
        return "less than a minute"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


@register.filter
def wait(span: timedelta) -> str:
    """Return an estimate: `about 20 seconds`, `about 3 minutes`."""
    seconds = span.total_seconds()
    if seconds < MINUTE:
        rounded = max(5, 5 * round(seconds / 5))
        return f"about {rounded} seconds"
    return f"about {span_in_words(timedelta(seconds=seconds + MINUTE / 2))}"


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
