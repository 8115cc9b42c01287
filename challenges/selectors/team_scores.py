"""The fully scored submissions of a team, as a board compares them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from challenges.models import Evaluation, Leaderboard, Score, Split, Submission, Team
from challenges.ranking import is_complete, standing


@dataclass(frozen=True)
class Scored:
    """A fully scored submission of a team on one side of a board."""

    submission_id: UUID
    method: str
    submitted_at: datetime
    is_chosen: bool
    scores: dict[str, float]


def scored_submissions(leaderboard: Leaderboard, split: Split, team: Team) -> list[Scored]:
    """Return the team's submissions that have every score the board ranks by; one query."""
    phase = leaderboard.phase
    evaluations = Evaluation.objects.counting(phase).filter(submission__team=team)
    rows = Score.objects.filter(evaluation__in=evaluations, split=split).values_list(
        "evaluation__submission_id",
        "evaluation__submission__method",
        "evaluation__submission__submitted_at",
        "evaluation__submission__is_chosen",
        "evaluation__task__slug",
        "key",
        "value",
    )
    found: dict[UUID, Scored] = {}
    for submission_id, method, submitted_at, is_chosen, task, key, value in rows:
        scored = found.setdefault(
            submission_id, Scored(submission_id, method, submitted_at, is_chosen, {})
        )
        for name in (key, f"{task}.{key}"):
            scored.scores[name] = value
    return [scored for scored in found.values() if is_complete(scored.scores, leaderboard.config)]


def improved(submission: Submission, leaderboard: Leaderboard, split: Split) -> bool:
    """True when nothing that the team handed in earlier was as good on the board."""
    columns = leaderboard.config.ranking_columns
    rivals = scored_submissions(leaderboard, split, submission.team)
    own = next((s for s in rivals if s.submission_id == submission.pk), None)
    if own is None:
        return False
    earlier = [s for s in rivals if s.submitted_at < own.submitted_at]
    key = standing(own.scores, columns)
    return all(key < standing(other.scores, columns) for other in earlier)
