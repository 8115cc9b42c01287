"""What of an evaluation's pictures and files somebody may see: decided here, for every door."""

from challenges.config.phases import Pictures
from challenges.config.scoring import ArtifactsFor
from challenges.models import Artifact, Evaluation
from challenges.pictures import may_be_shown
from challenges.visibility import Viewer
from evaluator.codes import Status


def visible_artifacts(
    evaluation: Evaluation, viewer: Viewer, *, sees_scores: bool
) -> tuple[Artifact, ...]:
    """Return what the viewer may see now, in the order in which it was kept.

    `sees_scores`: whether the viewer sees the scores of the submission on every board. What the
    challenge says today counts, not what it said when the evaluation ran.
    """
    if evaluation.status != Status.SCORED:
        return ()  # nothing is there, and pages that wait ask often
    artifacts = evaluation.artifacts.all()
    if viewer.is_organiser:
        return tuple(artifacts)
    if viewer.team_id != evaluation.submission.team_id:
        return ()
    return tuple(a for a in artifacts if _may_see(a, evaluation, sees_scores=sees_scores))


def _may_see(artifact: Artifact, evaluation: Evaluation, *, sees_scores: bool) -> bool:
    task = evaluation.task.config
    if artifact.is_of_case:
        is_shown = may_be_shown(artifact.case, evaluation.task.phase.config, task)
        return is_shown and (sees_scores or task.pictures is Pictures.ALL)
    program = task.scoring.program
    return sees_scores and program is not None and program.artifacts is ArtifactsFor.TEAM
