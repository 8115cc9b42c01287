from challenges.models.artifact import Artifact, Replicates
from challenges.models.board import Entry, Leaderboard
from challenges.models.challenge import (
    Challenge,
    Phase,
    Revision,
    ScorerVersion,
    Task,
    TruthVersion,
)
from challenges.models.evaluation import CaseScore, Evaluation, Lease, Score, Split, StaleAttempt
from challenges.models.event import Event
from challenges.models.host import Host
from challenges.models.people import User
from challenges.models.rate import RequestRate
from challenges.models.submission import Submission
from challenges.models.team import Membership, Team
from challenges.models.token import AccessToken, Scope

__all__ = [
    "AccessToken",
    "Artifact",
    "CaseScore",
    "Challenge",
    "Entry",
    "Evaluation",
    "Event",
    "Host",
    "Leaderboard",
    "Lease",
    "Membership",
    "Phase",
    "Replicates",
    "RequestRate",
    "Revision",
    "Scope",
    "Score",
    "ScorerVersion",
    "Split",
    "StaleAttempt",
    "Submission",
    "Task",
    "Team",
    "TruthVersion",
    "User",
]
