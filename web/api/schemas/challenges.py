"""Challenges over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import Field, StrictBool

from challenges.config.boards import Better
from challenges.models import Split
from web.api.schemas.base import Frozen


class PhaseSummary(Frozen):
    """A phase in time."""

    slug: str
    title: str
    opens_at: datetime
    closes_at: datetime
    state: Literal["open", "upcoming", "closed"]


class ChallengeSummary(Frozen):
    """One card of the list of challenges."""

    slug: str
    title: str
    summary: str
    phases: tuple[PhaseSummary, ...]
    teams: int
    submissions: int


class ChallengeList(Frozen):
    """Challenges, by slug; `next` is the cursor of the following."""

    challenges: tuple[ChallengeSummary, ...]
    next: str | None


class LimitsInfo(Frozen):
    """What a team may hand in to a phase. Days are UTC days."""

    per_day: int
    total: int
    in_flight: int
    upload_bytes: int


class CaseInfo(Frozen):
    """One thing that an upload must hold; one of `paths` is enough."""

    id: str
    paths: tuple[str, ...]
    dtype: str
    column: str | None
    index: str | None


class TaskInfo(Frozen):
    """One thing that an upload is scored on."""

    slug: str
    title: str
    cases: tuple[CaseInfo, ...]
    scores: tuple[str, ...]


class ColumnInfo(Frozen):
    """One column of a leaderboard."""

    key: str
    title: str
    better: Better
    digits: int
    unit: str
    ranks: bool


class BoardInfo(Frozen):
    """A leaderboard of a phase; `splits` are the sides that the person may see now."""

    slug: str
    title: str
    columns: tuple[ColumnInfo, ...]
    entry: Literal["best", "latest", "chosen"]
    per: Literal["team", "method"]
    show: str
    splits: tuple[Split, ...]


class PhaseInfo(PhaseSummary):
    """A phase with its rules."""

    limits: LimitsInfo
    tasks: tuple[TaskInfo, ...]
    leaderboards: tuple[BoardInfo, ...]


class ChallengeInfo(Frozen):
    """One challenge. `team` is the person's own, None for those who do not take part."""

    slug: str
    title: str
    summary: str
    license: str
    revision: int
    metadata_schema: dict[str, object]
    phases: tuple[PhaseInfo, ...]
    team: str | None
    is_organiser: bool


class FileInfo(Frozen):
    """One public file of a challenge."""

    path: str
    size: int
    sha256: str
    url: str


class FileList(Frozen):
    """Public files of the current revision, by path; `next` is the cursor of the following."""

    revision: int
    files: tuple[FileInfo, ...]
    next: str | None


class JoinRequest(Frozen):
    """What joining takes: asking for it accepts the rules, unless it says otherwise.

    Without a name the team is called like the person.
    """

    accepts_rules: StrictBool = True
    team_name: str = Field(default="", max_length=200)


class MembershipInfo(Frozen):
    """With which team a person takes part in a challenge."""

    challenge: str
    title: str
    team: str
    joined_at: datetime
