"""What participants say about their submissions: text of strangers."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html

register = template.Library()

LINKS = {"http", "https"}


@register.filter
def said(value: object) -> str:
    """Return a value of a submission's metadata; only web addresses become links."""
    if value is None or value == "":
        return "\N{EN DASH}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if not is_web_address(text):
        return text
    shown = text.split("://", 1)[1].removesuffix("/")
    return format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', text, shown)


def is_web_address(text: str) -> bool:
    """True for an address that a person can be sent to; `javascript:` and the like are none."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in LINKS and bool(parts.netloc)
