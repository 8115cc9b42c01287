"""The site as a Django application."""

import importlib

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, REST API, accounts."""

    name = "web"

    def ready(self) -> None:
        """Register the checks of settings."""
        importlib.import_module("web.checks")
