"""Accounts: what allauth needs to know of our people."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import user_email
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from challenges.models import User
from challenges.services.organisers import sync_organised


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts made with an address and a password."""

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Let an organiser find the challenges that name the address that was just verified."""
        sync_organised(user)
        return cast("HttpResponse | None", super().post_login(request, user, **kwargs))

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Confirm an address; who was signed in already must not have to sign in again."""
        is_confirmed = bool(super().confirm_email(request, email_address))
        sync_organised(email_address.user)
        return is_confirmed

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - as above
        """True when people can make accounts."""
        return bool(settings.AGON.signup_open)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # as above
    """Accounts made by signing in with another site."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: object) -> bool:  # noqa: ARG002
        """True when people can make accounts."""
        return bool(settings.AGON.signup_open)

    def get_app(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SocialApp:
        """Return the credentials for a provider. Raises: Http404 when the site has none."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise Http404(f"Signing in with {provider} is not set up here.") from error

    def populate_user(
        self, request: HttpRequest, sociallogin: object, data: dict[str, Any]
    ) -> User:
        """Take over the name from the other site."""
        user = cast("User", super().populate_user(request, sociallogin, data))
        parts = (data.get("name"), data.get("first_name"), data.get("last_name"))
        whole = parts[0] or " ".join(part for part in parts[1:] if part)
        user.name = (whole or user_email(user).partition("@")[0])[:80]
        return user
