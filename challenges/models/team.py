"""Teams of a challenge and who is in them."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from challenges.models.challenge import Challenge, Revision


def new_invitation() -> str:
    """Return an unguessable word for an invitation link."""
    return secrets.token_urlsafe(24)


class Team(models.Model):
    """The party that takes part: has one quota and one place on a board."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=60)
    invitation = models.CharField(max_length=64, unique=True, default=new_invitation)
    is_baseline = models.BooleanField(default=False)  # the organisers' own; has no members
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_served_at = models.DateTimeField(null=True, editable=False)  # fair share between teams

    class Meta:
        constraints = [models.UniqueConstraint("challenge", Lower("name"), name="team_name")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's taking part in a challenge: the team, and the rules that were accepted."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    # A person who leaves the site must not take the team's scores along.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    accepted_revision = models.ForeignKey(Revision, on_delete=models.PROTECT)
    accepted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "user"], name="membership_one_team")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"
