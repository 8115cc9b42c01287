"""How much of a limit on requests somebody has used."""

from django.db import models


class RequestRate(models.Model):
    """One counter that runs empty by itself: `empty_at` is when nothing of it is used any more."""

    key = models.CharField(max_length=120, primary_key=True)
    empty_at = models.FloatField(db_index=True)  # seconds since 1970

    def __str__(self) -> str:
        return self.key
