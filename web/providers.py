"""Sign-in with other sites, by settings only."""

from typing import Any

from web.environment import SiteSettings


def social_providers(settings: SiteSettings) -> dict[str, Any]:
    """Return allauth's table of the providers that have credentials."""
    providers: dict[str, Any] = {}
    if settings.github_client_id:
        secret = settings.github_client_secret.get_secret_value()
        providers["github"] = _provider(settings.github_client_id, secret, ["user:email"])
    if settings.google_client_id:
        secret = settings.google_client_secret.get_secret_value()
        providers["google"] = _provider(settings.google_client_id, secret, ["profile", "email"])
    if settings.orcid_client_id:
        secret = settings.orcid_client_secret.get_secret_value()
        providers["orcid"] = _provider(settings.orcid_client_id, secret, [])
    if settings.oidc_client_id:
        providers["openid_connect"] = {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": settings.oidc_name or "Single sign-on",
                    "client_id": settings.oidc_client_id,
                    "secret": settings.oidc_client_secret.get_secret_value(),
                    "settings": {"server_url": settings.oidc_server_url},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    return providers


def _provider(client_id: str, secret: str, scope: list[str]) -> dict[str, Any]:
    provider: dict[str, Any] = {"APPS": [{"client_id": client_id, "secret": secret}]}
    if scope:
        provider["SCOPE"] = scope
    return provider
