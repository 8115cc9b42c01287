"""Hands in, cancels and chooses submissions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import jsonschema
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from challenges.config import Limits
from challenges.errors import (
    MetadataInvalid,
    NotCancellable,
    PhaseClosed,
    PhaseNotOpen,
    UploadEmpty,
    UploadTooLarge,
)
from challenges.models import Evaluation, Event, Phase, Submission, Team, User
from challenges.quotas import Used, check_quota, day_start
from challenges.services.boards import refresh
from evaluator.codes import Code, Status
from evaluator.manifests import Manifest

UNFINISHED = (Status.QUEUED, Status.RUNNING)
FREE_OF_CHARGE = (Status.FAILED, Status.CANCELLED)  # not the team's doing


@dataclass(frozen=True)
class Upload:
    """What arrived: files that are in the blob store, under the name that the person gave."""

    filename: str
    manifest: Manifest

    @property
    def size_bytes(self) -> int:
        """Sum of the sizes."""
        return self.manifest.size_bytes

    @property
    def manifest_json(self) -> str:
        """The manifest as it is stored."""
        return self.manifest.model_dump_json()


@dataclass(frozen=True)
class StoredUpload:
    """The same of files whose manifest is stored already: thousands need not be read again."""

    filename: str
    size_bytes: int
    manifest_json: str


@dataclass(frozen=True)
class Details:
    """What a team says about a submission."""

    method: str = ""
    description: str = ""
    metadata: Mapping[str, object] | None = None


def check_phase_open(phase: Phase, now: datetime) -> None:
    """Let a submission pass that comes within the phase, exact to the microsecond.

    Raises: PhaseNotOpen, PhaseClosed.
    """
    if now < phase.opens_at:
        raise PhaseNotOpen(phase.title, phase.opens_at)
    if now >= phase.closes_at:
        raise PhaseClosed(phase.title, phase.closes_at)


def used(team: Team, phase: Phase, now: datetime) -> Used:
    """Return what counts against the team's quota."""
    counted = _counted(team, phase, phase.config.limits)
    waiting = Evaluation.objects.current().filter(
        submission__team=team,
        submission__phase=phase,
        status__in=UNFINISHED,
        is_rescore=False,  # organisers' doing: it must not keep a team from handing in
    )
    return Used(
        today=counted.filter(submitted_at__gte=day_start(now)).count(),
        total=counted.count(),
        in_flight=waiting.values("submission").distinct().count(),
    )


def check_may_submit(team: Team, phase: Phase) -> None:
    """Let a team pass that may hand in now: asked before an upload is taken, and again at its end.

    Raises: PhaseNotOpen, PhaseClosed, TooManyInFlight, SubmissionQuotaExceeded.
    """
    now = timezone.now()
    check_phase_open(phase, now)
    if not team.is_baseline:
        check_quota(used(team, phase, now), phase.config.limits, phase=phase.title, now=now)


@transaction.atomic
def submit(
    *,
    team: Team,
    phase: Phase,
    user: User | None,
    upload: Upload | StoredUpload,
    details: Details,
) -> Submission:
    """Record an upload as a submission with one queued evaluation a task.

    Raises: PhaseNotOpen, PhaseClosed, TooManyInFlight, SubmissionQuotaExceeded, UploadEmpty,
    UploadTooLarge, MetadataInvalid; nothing is stored then.
    """
    limits = phase.config.limits
    if upload.size_bytes == 0:
        raise UploadEmpty
    if upload.size_bytes > limits.upload:
        raise UploadTooLarge(limits.upload)
    metadata = dict(details.metadata or {})
    check_metadata(metadata, phase.challenge.revision.config.metadata_schema)
    # The lock makes two uploads of one team take turns, so both cannot use the last free place.
    locked = Team.objects.select_for_update().get(pk=team.pk)
    check_may_submit(locked, phase)
    submission = Submission.objects.create(
        phase=phase,
        team=locked,
        user=user,
        method=details.method,
        description=details.description,
        metadata=metadata,
        filename=upload.filename,
        size_bytes=upload.size_bytes,
        manifest_json=upload.manifest_json,
    )
    for task in phase.tasks.select_related("scorer", "truth"):
        scorer, truth = task.versions
        evaluation = Evaluation.objects.create(
            submission=submission,
            task=task,
            scorer=scorer,
            truth=truth,
            queued_at=submission.submitted_at,
        )
        Event.objects.create(evaluation=evaluation, status=Status.QUEUED, attempt=0)
    return submission


def check_metadata(metadata: Mapping[str, object], schema: Mapping[str, object]) -> None:
    """Let metadata pass that the challenge's schema takes.

    Raises: MetadataInvalid with a sentence for each field.
    """
    validator = jsonschema.Draft202012Validator(
        schema or {"type": "object", "maxProperties": 0},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    problems = {
        ".".join(str(part) for part in error.absolute_path) or "details": error.message
        for error in validator.iter_errors(dict(metadata))
    }
    if problems:
        raise MetadataInvalid(problems)


@transaction.atomic
def cancel(*, submission: Submission, by: User) -> None:
    """End what is queued or running of a submission; costs no quota.

    Raises: NotCancellable when nothing is.
    """
    cancelled = 0
    for evaluation in submission.evaluations.filter(status__in=UNFINISHED):
        cancelled += Evaluation.objects.filter(
            pk=evaluation.pk, attempt=evaluation.attempt, status__in=UNFINISHED
        ).update(
            status=Status.CANCELLED,
            code=Code.CANCELLED,
            message="The submission was cancelled.",
            ended_at=timezone.now(),
        )
        Event.objects.create(
            evaluation=evaluation,
            status=Status.CANCELLED,
            attempt=evaluation.attempt,
            note=f"by {by}",
        )
    if not cancelled:
        raise NotCancellable


@transaction.atomic
def choose(*, submission: Submission) -> None:
    """Make a submission the one that its team wants ranked, where the board leaves the choice."""
    Team.objects.select_for_update().get(pk=submission.team_id)
    rivals = Submission.objects.filter(team=submission.team_id, phase=submission.phase_id)
    rivals.exclude(pk=submission.pk).update(is_chosen=False)
    rivals.filter(pk=submission.pk).update(is_chosen=True)
    for leaderboard in submission.phase.leaderboards.all():
        refresh(leaderboard, submission.team)


def _counted(team: Team, phase: Phase, limits: Limits) -> QuerySet[Submission]:
    free = FREE_OF_CHARGE if limits.counts_rejected else (*FREE_OF_CHARGE, Status.REJECTED)
    own = Evaluation.objects.current().filter(submission=OuterRef("pk"))
    # With several tasks, what one of them has scored counts: its score has been seen.
    forgiven = Exists(own.filter(status__in=free)) & ~Exists(own.filter(status=Status.SCORED))
    return Submission.objects.filter(team=team, phase=phase).exclude(forgiven)
