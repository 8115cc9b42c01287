"""Stores what an evaluation left beside its scores."""

from challenges.models import Artifact, Evaluation, Replicates
from evaluator.outcomes import Outcome


def store_artifacts(evaluation: Evaluation, outcome: Outcome) -> None:
    """Store pictures, files and resampled scores; call inside a transaction."""
    Artifact.objects.bulk_create(
        Artifact(
            evaluation=evaluation,
            position=position,
            name=artifact.name,
            kind=artifact.kind,
            size_bytes=artifact.size,
            sha256=artifact.sha256,
            case=artifact.case,
            words=artifact.words,
        )
        for position, artifact in enumerate(outcome.artifacts)
    )
    Replicates.objects.bulk_create(
        Replicates(evaluation=evaluation, key=key, numbers=list(values))
        for key, values in outcome.replicates.items()
    )
