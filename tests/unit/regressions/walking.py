"""Every address that the site answers to, and everything that its database holds."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.urls import URLPattern, URLResolver, get_resolver

from challenges.models import RequestRate

# Of a route (`<uuid:submission_id>`) or of a regular expression (`(?P<key>.+)`).
PLACE = re.compile(r"\(\?P<(\w+)>(?:\[[^\]]*\]|[^()])*\)|<(?:\w+:)?(\w+)>")
# Whoever signs in has a session; whoever asks is counted.
SECOND_NATURE = {RequestRate, Session}


@dataclass(frozen=True)
class Addresses:
    """The site's addresses, with a value for each of their places."""

    values: Mapping[str, object]

    def __iter__(self) -> Iterator[str]:
        """Yield each address once, in the order of the URL configuration."""
        yield from dict.fromkeys(self._filled(pattern) for pattern in patterns())

    def but(self, **values: object) -> "Addresses":
        """Return the addresses with other values."""
        return replace(self, values={**self.values, **values})

    def with_place(self, name: str) -> list[str]:
        """Return the addresses that have a place of this name."""
        wanted = [pattern for pattern in patterns() if name in places(pattern)]
        return list(dict.fromkeys(self._filled(pattern) for pattern in wanted))

    def _filled(self, pattern: str) -> str:
        filled = PLACE.sub(lambda match: str(self.values[match[1] or match[2]]), pattern)
        return "/" + filled.replace("^", "").replace("$", "")


def patterns() -> list[str]:
    """Return every address as the URL configuration writes it."""
    return list(_below(get_resolver().url_patterns, ""))


def places(pattern: str) -> list[str]:
    """Return the names of a pattern's places."""
    return [match[1] or match[2] for match in PLACE.finditer(pattern)]


def _below(rows: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for row in rows:
        path = prefix + str(row.pattern)
        if isinstance(row, URLResolver):
            yield from _below(row.url_patterns, path)
        else:
            yield path


def contents() -> dict[str, list[dict[str, Any]]]:
    """Return every row of every table, but for sessions, counters and the last sign-in's time."""
    models = [model for model in apps.get_models() if model not in SECOND_NATURE]
    return {model._meta.label: _rows(model) for model in models}


def _rows(model: type[Any]) -> list[dict[str, Any]]:
    rows = list(model._default_manager.order_by("pk").values())
    if issubclass(model, AbstractBaseUser):
        rows = [{**row, "last_login": None} for row in rows]
    return rows
