"""Hands in the baselines of a challenge by the way that everybody's uploads take."""

from django.db import transaction

from challenges.baselines import TOLERANCE, Baseline
from challenges.blobs import site_blobs
from challenges.models import Challenge, Phase, Submission, Team
from challenges.services.submissions import Details, Upload, submit
from evaluator.codes import Status
from evaluator.manifests import FileEntry, Manifest


@transaction.atomic
def submit_baseline(*, challenge: Challenge, phase: Phase, baseline: Baseline) -> Submission | None:
    """Hand a baseline in for a team of its own; None when that team's upload is this one already.

    Raises: what `submit` raises.
    """
    declared = baseline.declared
    team, _ = Team.objects.get_or_create(
        challenge=challenge, name=declared.method, defaults={"is_baseline": True}
    )
    digest, size = site_blobs().put_file(baseline.upload)
    entry = FileEntry(path=baseline.upload.name, size=size, sha256=digest)
    manifest = Manifest(files=(entry,))
    last = team.submissions.filter(phase=phase).order_by("-submitted_at").first()
    if last is not None and last.manifest == manifest:
        return None
    return submit(
        team=team,
        phase=phase,
        user=None,
        upload=Upload(baseline.upload.name, manifest),
        details=Details(declared.method, declared.description, declared.metadata),
    )


def differences(submission: Submission, baseline: Baseline) -> list[str]:
    """Return a sentence for each declared score that a finished baseline did not get."""
    scores: dict[str, float] = {}
    for evaluation in submission.current_evaluations:
        if evaluation.status != Status.SCORED:
            return [f"{baseline.name}: {evaluation.status}: {evaluation.message}"]
        for score in evaluation.scores.filter(split="all"):
            scores[score.key] = scores[f"{evaluation.task.slug}.{score.key}"] = score.value
    return [
        f"{baseline.name}: {key} is {scores.get(key)}, declared is {declared}"
        for key, declared in baseline.declared.scores.items()
        if key not in scores or abs(scores[key] - declared) > TOLERANCE
    ]
