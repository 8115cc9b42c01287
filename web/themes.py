"""Light, dark, or as the person's system has it."""

from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("system", "light", "dark")
ONE_YEAR = 365 * 86_400


def theme_of(request: HttpRequest) -> str:
    """Return the theme that the person has chosen."""
    theme = request.COOKIES.get(COOKIE, "")
    return theme if theme in THEMES else "system"
