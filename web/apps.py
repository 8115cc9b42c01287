"""The site as a Django application."""

import importlib

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class WebConfig(AppConfig):
    """Pages, REST API, accounts."""

    name = "web"

    def ready(self) -> None:
        """Register the checks of settings, and our command with the identity provider."""
        importlib.import_module("web.checks")
        devices = importlib.import_module("web.devices")
        provider = apps.get_app_config("allauth_idp_oidc")
        post_migrate.connect(devices.ensure_client, sender=provider)
