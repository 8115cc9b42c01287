"""A challenge, its immutable revisions, and the phases and tasks of the current one."""

from functools import lru_cache

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from pydantic import TypeAdapter

from challenges.config import ChallengeConfig, PhaseConfig, TaskConfig
from evaluator.manifests import Manifest
from evaluator.plans import Plan

_PLAN: TypeAdapter[Plan] = TypeAdapter(Plan)


class Challenge(models.Model):
    """One competition."""

    slug = models.SlugField(max_length=60, unique=True)
    current = models.OneToOneField(
        "Revision", on_delete=models.PROTECT, null=True, related_name="current_of"
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    organisers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="organised", blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_served_at = models.DateTimeField(
        null=True, editable=False
    )  # fair share between challenges

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the challenge's first page."""
        return reverse("challenge", args=[self.slug])

    @property
    def revision(self) -> "Revision":
        """The current revision; a challenge is never stored without one."""
        if self.current is None:
            raise Revision.DoesNotExist(f"challenge {self.slug} has no revision")
        return self.current

    def is_organiser(self, user: object) -> bool:
        """True for staff and for people whose verified address the challenge names."""
        if not getattr(user, "is_authenticated", False):
            return False
        if getattr(user, "is_superuser", False):
            return True
        return self.organisers.filter(pk=getattr(user, "pk", None)).exists()


class Revision(models.Model):
    """One state of a challenge's folder, named by its digest; never changed once stored."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    config_json = models.TextField()
    manifest_json = models.TextField()
    loaded_at = models.DateTimeField(default=timezone.now, editable=False)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="revision_number"),
            models.UniqueConstraint(fields=["challenge", "digest"], name="revision_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.slug} revision {self.number}"

    @property
    def config(self) -> ChallengeConfig:
        """What `challenge.yaml` said."""
        return _challenge_config(self.config_json)

    @property
    def manifest(self) -> Manifest:
        """Every file of the folder."""
        return _manifest(self.manifest_json)


class Phase(models.Model):
    """A period of a challenge with its own rules, truth and boards."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="phases")
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    queue = models.CharField(max_length=60, default="default")
    config_json = models.TextField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["challenge", "slug"], name="phase_slug")]

    def __str__(self) -> str:
        return self.title

    @property
    def config(self) -> PhaseConfig:
        """What `challenge.yaml` says about the phase."""
        return _phase_config(self.config_json)


class Task(models.Model):
    """One thing that a phase scores; knows which scorer and truth are current."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="tasks")
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    scorer = models.ForeignKey(
        "ScorerVersion", on_delete=models.PROTECT, null=True, related_name="current_of"
    )
    truth = models.ForeignKey(
        "TruthVersion", on_delete=models.PROTECT, null=True, related_name="current_of"
    )
    resources_json = models.TextField()

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["phase", "slug"], name="task_slug")]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def config(self) -> TaskConfig:
        """What `challenge.yaml` says about the task."""
        return next(task for task in self.phase.config.all_tasks if task.slug == self.slug)

    @property
    def versions(self) -> tuple["ScorerVersion", "TruthVersion"]:
        """The current scorer and truth; a task is never stored without them."""
        if self.scorer is None or self.truth is None:
            raise ScorerVersion.DoesNotExist(f"task {self.slug} has no scorer or no truth")
        return self.scorer, self.truth


class ScorerVersion(models.Model):
    """A plan and its program, named by digest."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="scorers")
    digest = models.CharField(max_length=64)
    plan_json = models.TextField()
    program_json = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "digest"], name="scorer_digest")]

    def __str__(self) -> str:
        return f"scorer {self.digest[:12]}"

    @property
    def plan(self) -> Plan:
        """What the evaluator is to do."""
        return _PLAN.validate_json(self.plan_json)

    @property
    def program(self) -> Manifest:
        """The files of the scoring program; empty for built-in metrics."""
        return _manifest(self.program_json)


class TruthVersion(models.Model):
    """The ground truth of a task, named by digest; its files are only in the blob store."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="truths")
    digest = models.CharField(max_length=64)
    manifest_json = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "digest"], name="truth_digest")]

    def __str__(self) -> str:
        return f"truth {self.digest[:12]}"

    @property
    def manifest(self) -> Manifest:
        """The files of the truth."""
        return _manifest(self.manifest_json)


# Rows hold their configuration as JSON text; parsing it costs more than reading the row.
@lru_cache(maxsize=256)
def _challenge_config(text: str) -> ChallengeConfig:
    return ChallengeConfig.model_validate_json(text)


@lru_cache(maxsize=1024)
def _phase_config(text: str) -> PhaseConfig:
    return PhaseConfig.model_validate_json(text)


@lru_cache(maxsize=64)
def _manifest(text: str) -> Manifest:
    return Manifest.model_validate_json(text)
