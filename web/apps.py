"""The site as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, REST API, accounts."""

    name = "web"
