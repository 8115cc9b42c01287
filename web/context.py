"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from web.themes import THEMES, theme_of


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name, how people sign in, and the theme that the person has chosen."""
    return {
        "site_name": settings.SITE_NAME,
        "signup_open": settings.AGON.signup_open,
        "sends_mail": bool(settings.AGON.email_url.get_secret_value()),
        "confirms_mail": settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory",
        "has_providers": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "mail_folder": settings.AGON_HOME / "mail",
        "theme": theme_of(request),
        "themes": THEMES,
    }
