"""What organisers see over the wire."""

from datetime import datetime
from uuid import UUID

from evaluator.codes import Status
from web.api.schemas.base import Frozen


class RevisionInfo(Frozen):
    """One state of a challenge's folder; `loaded_by` is None for the operator's."""

    number: int
    digest: str
    is_current: bool
    loaded_at: datetime
    loaded_by: str | None


class RevisionList(Frozen):
    """A challenge's revisions, the latest first; `next` is the cursor of the following."""

    revisions: tuple[RevisionInfo, ...]
    next: str | None


class CodeCountInfo(Frozen):
    """How many evaluations ended with a code."""

    status: Status
    code: str
    number: int


class TaskVersions(Frozen):
    """Under which scorer and truth a task is scored now."""

    phase: str
    task: str
    scorer: str
    truth: str


class OverviewInfo(Frozen):
    """A challenge as its organisers see it."""

    challenge: str
    revision: RevisionInfo
    tasks: tuple[TaskVersions, ...]
    troubles: tuple[CodeCountInfo, ...]


class RerunInfo(Frozen):
    """How many failed evaluations were queued again."""

    evaluations: int


class FolderFile(Frozen):
    """A file of a challenge's folder; no `url` for ground truth, which is never served."""

    path: str
    size: int
    sha256: str
    url: str | None


class FolderFiles(Frozen):
    """Files of a revision, by path; `next` is the cursor of the following."""

    revision: int
    files: tuple[FolderFile, ...]
    next: str | None


class PushedInfo(Frozen):
    """What pushing a folder did; `is_new` is false when it was the current revision already."""

    challenge: str
    revision: RevisionInfo
    is_new: bool
    requeued: int
    baselines: tuple[UUID, ...]


class CheckedInfo(Frozen):
    """A folder with which nothing is wrong."""

    challenge: str
    files: int
