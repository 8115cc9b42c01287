"""Placeholder until the settings are read from the environment."""

SECRET_KEY = "x"
INSTALLED_APPS: list[str] = []
USE_TZ = True
