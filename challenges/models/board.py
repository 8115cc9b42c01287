"""Leaderboards: which submission stands for each team."""

from django.db import models

from challenges.config import Board
from challenges.models.challenge import Phase
from challenges.models.evaluation import Split
from challenges.models.submission import Submission
from challenges.models.team import Team


class Leaderboard(models.Model):
    """One board of a phase. `version` grows with every change of its entries."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="leaderboards")
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    version = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["phase", "slug"], name="leaderboard_slug")]

    def __str__(self) -> str:
        return self.title

    @property
    def config(self) -> Board:
        """What `challenge.yaml` says about the board."""
        return next(board for board in self.phase.config.all_boards if board.slug == self.slug)

    @property
    def splits(self) -> tuple[Split, ...]:
        """The sides that are ranked apart."""
        return (Split.PUBLIC, Split.PRIVATE) if self.config.split else (Split.ALL,)


class Entry(models.Model):
    """The submission that stands for a team (or a team's method) on one side of a board."""

    leaderboard = models.ForeignKey(Leaderboard, on_delete=models.CASCADE, related_name="entries")
    split = models.CharField(max_length=10, choices=Split)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="entries")
    method = models.CharField(max_length=80, blank=True)  # empty on boards per team
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="entries")
    improved_at = models.DateTimeField()  # when the submission that stands here was handed in
    submissions = models.PositiveIntegerField(default=1)  # scored ones of this team (and method)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "split", "team", "method"], name="entry_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team} on {self.leaderboard}"
