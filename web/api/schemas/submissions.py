"""Submissions over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from challenges.models import Split
from evaluator.codes import Status
from evaluator.outcomes import ArtifactKind
from web.api.schemas.base import Frozen, Text


class ProblemInfo(Frozen):
    """One thing to mend in a submission."""

    code: str
    path: str
    message: str


class QueueInfo(Frozen):
    """Where a waiting submission stands; position 1 is next. The estimate is until its score."""

    position: int
    estimate_seconds: float | None


class UsageInfo(Frozen):
    """What a run took: exact for organisers; for others to the nearest 5 s and no more."""

    wall_seconds: float
    cpu_seconds: float
    memory_peak_bytes: int | None
    read_bytes: int | None
    written_bytes: int | None


class ArtifactInfo(Frozen):
    """A picture or file beside the scores; `case` and `words` when it is our picture of a case."""

    id: UUID
    name: str
    kind: ArtifactKind
    case: str
    words: str
    size: int
    sha256: str
    url: str


class TaskResultInfo(Frozen):
    """How one task of a submission went; `notes` are sentences about the upload, scored or not."""

    task: str
    title: str
    status: Status
    code: str | None
    message: str
    problems: tuple[ProblemInfo, ...]
    notes: tuple[str, ...]
    scores: dict[str, float]
    cases: dict[str, dict[str, float]]
    artifacts: tuple[ArtifactInfo, ...]
    usage: UsageInfo | None
    started_at: datetime | None
    ended_at: datetime | None


class SubmissionSummary(Frozen):
    """A submission in a list. With several tasks, scores are named `task.key`."""

    id: UUID
    challenge: str
    phase: str
    team: str
    method: str
    filename: str
    size: int
    submitted_at: datetime
    is_chosen: bool
    status: Status
    code: str | None
    message: str
    split: Split | None
    scores: dict[str, float]


class SubmissionInfo(SubmissionSummary):
    """A submission with all that the person may see. With several tasks, cases are `task/case`."""

    description: str
    metadata: dict[str, object]
    sha256: str
    problems: tuple[ProblemInfo, ...]
    cases: dict[str, dict[str, float]]
    usage: UsageInfo | None
    queue: QueueInfo | None
    tasks: tuple[TaskResultInfo, ...]


class SubmissionList(Frozen):
    """Submissions of the person's team, newest first; `next` is the cursor of the following."""

    submissions: tuple[SubmissionSummary, ...]
    next: str | None


class SubmissionCreated(Frozen):
    """A submission that was just taken."""

    id: UUID
    status: Status
    challenge: str
    phase: str
    team: str
    filename: str
    size: int
    sha256: str
    submitted_at: datetime
    url: str


class SubmissionForm(Frozen):
    """The text fields of an upload; `metadata` is JSON text."""

    method: Annotated[Text, Field(max_length=80)] = ""
    description: Annotated[Text, Field(max_length=4000)] = ""
    metadata: str = ""


class LogInfo(Frozen):
    """The log of one evaluation; empty while it runs."""

    evaluation: UUID
    task: str
    status: Status
    attempt: int
    is_current: bool
    host: str
    runtime: str
    code: str | None
    log: str


class LogList(Frozen):
    """The logs of a submission's evaluations, oldest first."""

    logs: tuple[LogInfo, ...]


class OwnFile(Frozen):
    """One file of a submission."""

    path: str
    size: int
    sha256: str
    url: str


class OwnFiles(Frozen):
    """Files of a submission, by path; `next` is the cursor of the following."""

    files: tuple[OwnFile, ...]
    next: str | None


class EventInfo(Frozen):
    """One thing that happened to an evaluation of a submission."""

    task: str
    status: Status
    attempt: int
    note: str
    happened_at: datetime


class EventList(Frozen):
    """What happened to a submission, the first first."""

    events: tuple[EventInfo, ...]
