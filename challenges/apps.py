"""The domain as a Django application."""

from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    """Challenges, teams, submissions, evaluations and boards."""

    name = "challenges"
    default_auto_field = "django.db.models.BigAutoField"
