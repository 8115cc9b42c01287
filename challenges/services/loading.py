"""Takes a checked challenge folder in as a revision."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F, Max

from challenges.blobs import site_blobs
from challenges.config import ChallengeConfig, ChallengeFolder, PhaseConfig, TaskConfig
from challenges.errors import PhaseInUse, RescoreNeeded
from challenges.models import (
    Challenge,
    Evaluation,
    Leaderboard,
    Phase,
    Revision,
    ScorerVersion,
    Submission,
    Task,
    TruthVersion,
    User,
)
from challenges.services.boards import recompute
from challenges.services.organisers import sync_organisers
from challenges.services.splitting import resplit
from evaluator import SCORER_RELEASE
from evaluator.manifests import FileEntry, Manifest


@dataclass(frozen=True)
class Loaded:
    """What loading a folder did."""

    challenge: Challenge
    revision: Revision
    is_new: bool  # False when the folder was the current revision already
    requeued: int  # submissions that are being scored again


def load_challenge(
    folder: ChallengeFolder, *, by: User | None = None, rescore: bool = False
) -> Loaded:
    """Store the folder as the challenge's current revision; the same folder twice changes nothing.

    Raises: RescoreNeeded when scores would change and `rescore` is off, PhaseInUse when a phase
    with submissions is left out. Nothing is changed then.
    """
    manifest = _store(folder)
    with transaction.atomic():
        challenge = _challenge(folder.config)
        if challenge.current and challenge.current.digest == manifest.digest:
            return Loaded(challenge, challenge.current, is_new=False, requeued=0)
        revision = _revision(challenge, folder.config, manifest, by)
        _apply(challenge, folder.config, revision)
        changed = _set_versions(challenge, folder.config, manifest)
        requeued = _requeue(challenge, changed, rescore=rescore)
        for phase in challenge.phases.all():
            resplit(phase)
            for board in phase.leaderboards.all():
                recompute(board)
    return Loaded(challenge, revision, is_new=True, requeued=requeued)


def _store(folder: ChallengeFolder) -> Manifest:
    blobs = site_blobs()
    entries = []
    for path, file in sorted(folder.files.items()):
        digest, size = blobs.put_file(file)
        entries.append(FileEntry(path=path, size=size, sha256=digest))
    return Manifest(files=tuple(entries))


def _challenge(config: ChallengeConfig) -> Challenge:
    challenge, _ = Challenge.objects.select_for_update().get_or_create(
        slug=config.slug, defaults={"title": config.title, "summary": config.summary}
    )
    return challenge


def _revision(
    challenge: Challenge, config: ChallengeConfig, manifest: Manifest, by: User | None
) -> Revision:
    last = challenge.revisions.aggregate(last=Max("number"))["last"] or 0
    revision, _ = Revision.objects.get_or_create(
        challenge=challenge,
        digest=manifest.digest,
        defaults={
            "number": last + 1,
            "config_json": config.model_dump_json(),
            "manifest_json": manifest.model_dump_json(),
            "loaded_by": by,
        },
    )
    return revision


def _apply(challenge: Challenge, config: ChallengeConfig, revision: Revision) -> None:
    challenge.current = revision
    challenge.title, challenge.summary = config.title, config.summary
    challenge.save(update_fields=["current", "title", "summary"])
    sync_organisers(challenge)
    _remove_others(challenge.phases.all(), [phase.slug for phase in config.phases], "Phase")
    for position, phase_config in enumerate(config.phases):
        _apply_phase(challenge, phase_config, position)


def _apply_phase(challenge: Challenge, config: PhaseConfig, position: int) -> None:
    phase, _ = Phase.objects.update_or_create(
        challenge=challenge,
        slug=config.slug,
        defaults={
            "position": position,
            "title": config.title,
            "opens_at": config.opens,
            "closes_at": config.closes,
            "queue": config.queue,
            "config_json": config.model_dump_json(),
        },
    )
    _remove_others(phase.tasks.all(), [task.slug for task in config.all_tasks], "Task")
    for number, task in enumerate(config.all_tasks):
        Task.objects.update_or_create(
            phase=phase,
            slug=task.slug,
            defaults={
                "position": number,
                "title": task.title,
                "resources_json": task.resources.planned().model_dump_json(),
            },
        )
    phase.leaderboards.exclude(slug__in=[board.slug for board in config.all_boards]).delete()
    for number, board in enumerate(config.all_boards):
        Leaderboard.objects.update_or_create(
            phase=phase, slug=board.slug, defaults={"position": number, "title": board.title}
        )


def _remove_others(rows: Iterable[Phase] | Iterable[Task], kept: list[str], noun: str) -> None:
    for row in rows:
        if row.slug in kept:
            continue
        phase = row if isinstance(row, Phase) else row.phase
        if phase.submissions.exists():
            raise PhaseInUse(f"{noun} '{row.slug}'")
        row.delete()


def _set_versions(challenge: Challenge, config: ChallengeConfig, manifest: Manifest) -> list[Task]:
    """Make each task's scorer and truth current; return the tasks where one of them changed."""
    changed = []
    for phase_config in config.phases:
        phase = challenge.phases.get(slug=phase_config.slug)
        for task_config in phase_config.all_tasks:
            task = phase.tasks.get(slug=task_config.slug)
            scorer = _scorer(task, task_config, phase_config, manifest)
            truth = _truth(task, task_config, manifest)
            if (task.scorer, task.truth) != (scorer, truth):
                task.scorer, task.truth = scorer, truth
                task.save(update_fields=["scorer", "truth"])
                changed.append(task)
    return changed


def _scorer(
    task: Task, config: TaskConfig, phase: PhaseConfig, manifest: Manifest
) -> ScorerVersion:
    plan = config.plan(phase.submission.extra_files)
    program = _below(manifest, "scoring") if plan.has_code else Manifest(files=())
    parts = f"{SCORER_RELEASE}\n{plan.model_dump_json()}\n{program.digest}"
    version, _ = ScorerVersion.objects.get_or_create(
        task=task,
        digest=hashlib.sha256(parts.encode()).hexdigest(),
        defaults={
            "plan_json": plan.model_dump_json(),
            "program_json": program.model_dump_json(),
        },
    )
    return version


def _truth(task: Task, config: TaskConfig, manifest: Manifest) -> TruthVersion:
    files = _below(manifest, config.truth)
    version, _ = TruthVersion.objects.get_or_create(
        task=task, digest=files.digest, defaults={"manifest_json": files.model_dump_json()}
    )
    return version


def _below(manifest: Manifest, part: str) -> Manifest:
    """Return the files below a sub-folder, with paths relative to it."""
    prefix = f"{Path(part).as_posix()}/"
    return Manifest(
        files=tuple(
            entry.model_copy(update={"path": entry.path.removeprefix(prefix)})
            for entry in manifest.files
            if entry.path.startswith(prefix)
        )
    )


def _requeue(challenge: Challenge, changed: list[Task], *, rescore: bool) -> int:
    stale = Submission.objects.filter(
        phase__challenge=challenge, evaluations__task__in=changed
    ).distinct()
    count = stale.count()
    if count and not rescore:
        raise RescoreNeeded([f"task '{task.slug}'" for task in changed], count)
    for task in changed:
        Evaluation.objects.bulk_create(
            [
                Evaluation(
                    submission=submission,
                    task=task,
                    scorer=task.scorer,
                    truth=task.truth,
                    is_rescore=True,
                )
                for submission in stale.filter(phase=task.phase)
            ],
            ignore_conflicts=True,  # scored under this pair before: the old numbers stand
        )
    Leaderboard.objects.filter(phase__challenge=challenge).update(version=F("version") + 1)
    return count
