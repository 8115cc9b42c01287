"""Placeholder until the settings are read from the environment."""

SECRET_KEY = "x"  # noqa: S105
INSTALLED_APPS: list[str] = []
USE_TZ = True
