"""Evaluation hosts, as they report themselves."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

# A host says hello every 5 s; three missed ones and nothing more is sent to it.
HOST_TIMEOUT = timedelta(seconds=15)


class HostQuerySet(models.QuerySet["Host"]):
    """Names filters."""

    def live(self) -> "HostQuerySet":
        """Those heard of lately, by the database's clock."""
        return self.filter(seen_at__gt=Now() - HOST_TIMEOUT)


class Host(models.Model):
    """One worker process."""

    name = models.CharField(max_length=120, unique=True)
    queue = models.CharField(max_length=60)
    slots = models.PositiveSmallIntegerField()
    runtime = models.CharField(max_length=120)
    seen_at = models.DateTimeField()

    objects = HostQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
