"""Scores, sizes and durations as people read them."""

import re
from collections.abc import Mapping

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from challenges.config import Column
from challenges.config.boards import Better
from web.scores import Titled

register = template.Library()

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")
NOTHING = "\N{EN DASH}"
FIXED_BELOW = 1e6
BREAKS = re.compile(r"(?<=[/_])(?=\w)|(?<=\.)(?=[A-Za-z])")
COARSE_SECONDS = 5  # finer times would tell participants something about the truth


@register.filter
def get(values: Mapping[str, object], key: str) -> object:
    """Return a value of a mapping; None when it is not there."""
    return values.get(key)


@register.filter
def digits(value: float | None, column: Column) -> str:
    """Return a score with as many digits as its column shows; 0 is a score like any other."""
    return NOTHING if value is None else f"{value:.{column.digits}f}".replace("-", "\N{MINUS SIGN}")


@register.filter
def score(value: float | None, name: Titled) -> str:
    """Return a score as its board shows it; what no board shows, with the digits of its like."""
    if value is None:
        return NOTHING
    if name.column is not None:
        return digits(value, name.column)
    text = f"{value:.{name.digits}f}" if abs(value) < FIXED_BELOW else f"{value:.10g}"
    return text.replace("-", "\N{MINUS SIGN}")


@register.filter
def breakable(text: str) -> SafeString:
    """Return text whose paths may go on in the next line after a slash or between words."""
    parts = ((part,) for part in BREAKS.split(text))
    return format_html_join(mark_safe("<wbr>"), "{}", parts)


@register.filter
def size(number: int | None) -> str:
    """Return bytes in the largest fitting unit: `4.5 MiB`."""
    if number is None:
        return NOTHING
    value, unit = float(number), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    shown = f"{value:.0f}" if unit == 0 or value >= 100 else f"{value:.1f}".removesuffix(".0")
    return f"{shown} {UNITS[unit]}"


@register.filter
def seconds(value: float | None) -> str:
    """Return a duration: `3.2 s`, `4 min 10 s`."""
    if value is None:
        return NOTHING
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest} s"


@register.filter
def coarse(value: float | None) -> str:
    """Return a duration to the next 5 s: `under 5 s`, `about 15 s`."""
    if value is None:
        return NOTHING
    rounded = COARSE_SECONDS * round(value / COARSE_SECONDS)
    return f"about {rounded} s" if rounded else f"under {COARSE_SECONDS} s"


@register.filter
def arrow(column: Column) -> SafeString:
    """Return the sign for the better end of a column, with its words for those who hear it."""
    sign, words = (
        ("↑", "higher is better")
        if column.better is Better.HIGHER
        else (
            "↓",
            "lower is better",
        )
    )
    return mark_safe(  # noqa: S308 - our own words only
        f'<span class="arrow" aria-hidden="true" title="{words}">{sign}</span>'
        f'<span class="visually-hidden"> ({words})</span>'
    )


@register.filter
def counted(number: int, words: str) -> str:
    """Return a number with its noun: `{{ 3|counted:"team,teams" }}` is `3 teams`."""
    one, many = words.split(",")
    return f"{number:,} {one if number == 1 else many}"
