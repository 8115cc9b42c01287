"""Personal access tokens for scripts, and what a token may do."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Scope(models.TextChoices):
    """What a token may do of all that its person may."""

    READ = "read", "Look: challenges, boards, your teams and their submissions"
    SUBMIT = "submit", "Take part: join, hand in, cancel, choose, change teams"
    ORGANISE = "organise", "Organise: push challenges, run again, see all teams and logs"


EVERYTHING = frozenset(Scope)


def with_reading(words: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes that the words name; whoever may do something may also look at it."""
    named = {Scope(word) for word in words if word in Scope.values}
    return frozenset(named | {Scope.READ}) if named else frozenset()


def in_words(scopes: Iterable[Scope]) -> str:
    """Return scopes as they are stored and sent: words with spaces between, weakest first."""
    kept = frozenset(scopes)
    return " ".join(scope for scope in Scope.values if scope in kept)


class AccessToken(models.Model):
    """A token of a person; only its digest is stored, so that it can be shown once and no more."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens"
    )
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=60, default=in_words(EVERYTHING))
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", Lower("name"), name="token_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def granted(self) -> frozenset[Scope]:
        """What the token may do."""
        return with_reading(self.scopes.split())

    @property
    def granted_words(self) -> str:
        """The same in words: "read, submit"."""
        return ", ".join(in_words(self.granted).split())
