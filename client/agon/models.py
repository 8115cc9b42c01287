"""What the site tells: immutable data, as its API names it. Times are UTC, sizes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agon.reading import LOCAL

FINAL = frozenset({"scored", "rejected", "failed", "cancelled"})


def raw_document() -> Any:  # what dataclasses call a field, whatever its type
    """Return a field that keeps the site's document as it came, for `--json`."""
    return field(default_factory=dict, repr=False, compare=False, metadata=LOCAL)


@dataclass(frozen=True)
class MembershipInfo:
    """With which team a person takes part in a challenge."""

    challenge: str
    title: str
    team: str
    joined_at: datetime
    raw: Mapping[str, Any] = raw_document()


@dataclass(frozen=True)
class Person:
    """Who is signed in, where they take part, what they organise."""

    name: str
    email: str
    memberships: tuple[MembershipInfo, ...] = ()
    organises: tuple[str, ...] = ()
    raw: Mapping[str, Any] = raw_document()


@dataclass(frozen=True)
class PhaseSummary:
    """A phase in time; `state` is open, upcoming or closed."""

    slug: str
    title: str
    opens_at: datetime
    closes_at: datetime
    state: str


@dataclass(frozen=True)
class ChallengeSummary:
    """One line of the list of challenges."""

    slug: str
    title: str
    summary: str
    phases: tuple[PhaseSummary, ...]
    teams: int
    submissions: int


@dataclass(frozen=True)
class Limits:
    """What a team may hand in to a phase. Days are UTC days."""

    per_day: int
    total: int
    in_flight: int
    upload_bytes: int


@dataclass(frozen=True)
class CaseInfo:
    """One thing that an upload must hold; one of `paths` is enough."""

    id: str
    paths: tuple[str, ...]
    dtype: str
    column: str | None = None
    index: str | None = None


@dataclass(frozen=True)
class TaskInfo:
    """One thing that an upload is scored on."""

    slug: str
    title: str
    cases: tuple[CaseInfo, ...]
    scores: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of a leaderboard; `better` is higher or lower."""

    key: str
    title: str
    better: str
    digits: int
    unit: str = ""
    ranks: bool = True


@dataclass(frozen=True)
class BoardInfo:
    """A leaderboard of a phase; `splits` are the sides that you may see now."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    entry: str = ""
    per: str = "team"
    show: str = "live"
    splits: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhaseInfo(PhaseSummary):
    """A phase with its rules."""

    limits: Limits
    tasks: tuple[TaskInfo, ...]
    leaderboards: tuple[BoardInfo, ...]


@dataclass(frozen=True)
class FileInfo:
    """One file of the site, by the path that its challenge knows it by."""

    path: str
    size: int
    sha256: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One place on a leaderboard; scores are rounded as the board shows them."""

    rank: int
    team: str
    method: str
    scores: dict[str, float]
    submission: str
    submitted_at: datetime
    entries: int = 1
    is_baseline: bool = False
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a submission."""

    code: str
    path: str
    message: str


@dataclass(frozen=True)
class Queue:
    """Where a waiting submission stands; position 1 is next. The estimate is until its score."""

    position: int
    estimate_seconds: float | None = None


@dataclass(frozen=True)
class TaskResult:
    """How one task of a submission went; `notes` are what its team should know besides."""

    task: str
    title: str
    status: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubmissionInfo:
    """What the site tells of a submission; a list tells less than asking for one."""

    id: str
    challenge: str
    phase: str
    team: str
    status: str
    submitted_at: datetime
    method: str = ""
    filename: str = ""
    size: int = 0
    is_chosen: bool = False
    code: str | None = None
    message: str = ""
    split: str | None = None
    scores: dict[str, float] = field(default_factory=dict)
    description: str = ""
    metadata: dict[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    cases: dict[str, dict[str, float]] = field(default_factory=dict)
    queue: Queue | None = None
    tasks: tuple[TaskResult, ...] = ()

    @property
    def is_final(self) -> bool:
        """True when nothing changes it any more."""
        return self.status in FINAL


@dataclass(frozen=True)
class Log:
    """What the scoring of a submission printed, once."""

    task: str
    status: str
    attempt: int
    log: str
    host: str = ""
    code: str | None = None


@dataclass(frozen=True)
class UploadState:
    """How far an upload is; `state` is open, finished or expired. Files are counted once each."""

    id: str
    state: str
    files: int
    bytes: int
    missing_files: int
    missing_bytes: int
    pack_bytes: int
    part_bytes: int
    submission: str | None = None


@dataclass(frozen=True)
class MissingPage:
    """Digests of what is still to come, ascending; `partial` counts the bytes of begun ones."""

    digests: tuple[str, ...]
    next: str | None = None
    partial: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    """How many submissions of a limit are used, and how many are left."""

    used: int
    limit: int
    left: int


@dataclass(frozen=True)
class Refusal:
    """Why nothing can be handed in now."""

    code: str
    message: str


@dataclass(frozen=True)
class Quota:
    """What a team has handed in to a phase and still may; `refusal` is None when it may now."""

    challenge: str
    phase: str
    team: str
    today: Count
    total: Count
    in_flight: Count
    renews_at: datetime
    refusal: Refusal | None = None
    raw: Mapping[str, Any] = raw_document()


@dataclass(frozen=True)
class Member:
    """A member of your team."""

    name: str
    joined_at: datetime
    is_you: bool = False


@dataclass(frozen=True)
class Team:
    """Your team in a challenge; whoever has the invitation can join it."""

    challenge: str
    name: str
    members: tuple[Member, ...]
    invitation_url: str | None = None
    raw: Mapping[str, Any] = raw_document()
