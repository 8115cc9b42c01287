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
from challenges.models.idempotency import KeptAnswer
from challenges.models.lookups import Among
from challenges.models.people import User
from challenges.models.rate import RequestRate
from challenges.models.submission import Submission
from challenges.models.team import Membership, Team
from challenges.models.token import AccessToken, Scope
from challenges.models.upload import MissingBlob, TeamBlob, Upload, UploadState

__all__ = [
    "AccessToken",
    "Among",
    "Artifact",
    "CaseScore",
    "Challenge",
    "Entry",
    "Evaluation",
    "Event",
    "Host",
    "KeptAnswer",
    "Leaderboard",
    "Lease",
    "Membership",
    "MissingBlob",
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
    "TeamBlob",
    "TruthVersion",
    "Upload",
    "UploadState",
    "User",
]
