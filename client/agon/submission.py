"""A submission and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agon.errors import EvaluationFailed, NotFound, SubmissionRejected, TimeIsUp
from agon.leaderboard import Leaderboard
from agon.models import FileInfo, Log, SubmissionInfo, raw_document
from agon.patience import Clock
from agon.progress import Progress
from agon.reading import LOCAL, read
from agon.reprs import html_pairs
from agon.transport import Transport, below
from agon.units import duration, moment

if TYPE_CHECKING:
    from agon.downloads.fetching import Fetched

WAIT_SECONDS = 10  # in one request; the place in the queue is told anew after each
# Where the site answers at once, because too many wait there already.
_FIRST_PAUSE, _LARGEST_PAUSE, _GROWTH = 0.05, 2.0, 1.25


@dataclass(frozen=True, kw_only=True)
class Submission(SubmissionInfo):
    """One upload of a team, with its scores as far as you may see them.

    It does not change by itself: `refresh` and `wait` return it as it is then. `scores` are
    rounded as the leaderboard rounds them; `problems` says what to mend when it was rejected.
    """

    transport: Transport = field(repr=False, compare=False, metadata=LOCAL)
    raw: Mapping[str, Any] = raw_document()

    @classmethod
    def load(cls, transport: Transport, submission: str) -> "Submission":
        """Return a submission by its id. Raises: ClientError."""
        return cls.of(transport, transport.get(below("submissions", submission)))

    @classmethod
    def of(cls, transport: Transport, document: Mapping[str, Any]) -> "Submission":
        """Return the submission that a document of the site describes. Raises: AnswerUnknown."""
        return read(cls, document, transport=transport, raw=document)

    def refresh(self, wait: int = 0) -> "Submission":
        """Return the submission as it is now, or when its status changes, after `wait` s at most.

        Raises: ClientError.
        """
        told = {"wait": wait, "seen": self.status} if wait else {}
        return Submission.of(self.transport, self.transport.get(self.path, **told))

    @property
    def path(self) -> str:
        """Its path below the API."""
        return below("submissions", self.id)

    def wait(
        self, seconds: float | None = None, *, progress: Progress | None = None
    ) -> "Submission":
        """Return the submission as soon as it has its scores.

        Raises: SubmissionRejected, EvaluationFailed; TimeIsUp when that takes longer than
        `seconds`, without any harm to the submission.
        """
        return followed(self, seconds, progress or Progress()).checked()

    def checked(self) -> "Submission":
        """Return it if nothing went wrong. Raises: SubmissionRejected, EvaluationFailed."""
        details = {"submission": self.id, "problems": self.raw.get("problems", [])}
        code, message = self.code or self.status, self.message or f"It is {self.status}."
        if self.status == "rejected":
            raise SubmissionRejected(message, code=code, details=details)
        if self.status in {"failed", "cancelled"}:
            raise EvaluationFailed(message, code=code, details=details)
        return self

    def cancel(self) -> "Submission":
        """End what waits or runs; it costs no quota. Raises: ClientError."""
        return self._done("cancel")

    def choose(self) -> "Submission":
        """Make this the one that your team wants ranked. Raises: ClientError."""
        return self._done("choose")

    def logs(self) -> tuple[Log, ...]:
        """Return what the scoring printed; for organisers. Raises: ClientError."""
        document = self.transport.get(f"{self.path}/logs")
        return tuple(read(Log, log) for log in document["logs"])

    def files(self) -> tuple[FileInfo, ...]:
        """Return what your team handed in. Raises: ClientError."""
        document = self.transport.pages(f"{self.path}/files", "files", limit=10_000)
        return tuple(read(FileInfo, file) for file in document["files"])

    def download(
        self, folder: str | Path, *, overwrite: bool = False, progress: Progress | None = None
    ) -> "Fetched":
        """Bring what your team handed in into a folder, verified. Raises: ClientError."""
        from agon.downloads.fetching import Fetcher  # noqa: PLC0415 - few commands download
        from agon.downloads.targets import targets_in  # noqa: PLC0415 - the same

        fetcher = Fetcher(self.transport, progress or Progress())
        return fetcher.fetch(targets_in(Path(folder), self.files()), overwrite=overwrite)

    @property
    def rank(self) -> int | None:
        """The rank of the row that this submission counts for on its phase's first leaderboard.

        That is its own row where it is the best of its team. None: not on the board, not yet, or
        the board is not shown.
        """
        path = below("challenges", self.challenge, "phases", self.phase, "leaderboard")
        try:
            document = self.transport.pages(path, "rows", limit=1000)
        except NotFound:
            return None
        row = read(Leaderboard, document).row_of(submission=self.id, team=self.team)
        return row.rank if row else None

    def _done(self, verb: str) -> "Submission":
        document = self.transport.post(f"{self.path}/{verb}")
        return Submission.of(self.transport, document)

    def _repr_html_(self) -> str:
        scores = ((key, str(value)) for key, value in self.scores.items())
        status = f"{self.status} ({self.code})" if self.code else self.status
        pairs = [
            ("Challenge", f"{self.challenge}, phase {self.phase}"),
            ("Team", self.team),
            ("Method", self.method),
            ("Submitted", moment(self.submitted_at)),
            ("Status", status),
            ("Message", self.message),
        ]
        return html_pairs(f"Submission {self.id}", [*pairs, *scores])


def followed(
    submission: Submission,
    seconds: float | None,
    progress: Progress,
    *,
    clock: Clock | None = None,
) -> Submission:
    """Return a submission when nothing changes it any more. Raises: TimeIsUp, ClientError."""
    clock = clock or Clock()
    ends = None if seconds is None else clock.now() + seconds
    pause = _FIRST_PAUSE
    try:
        while not submission.is_final:
            progress.say(_standing(submission))
            asked_at = clock.now()
            if ends is not None and asked_at >= ends:
                raise TimeIsUp(
                    f"After {duration(seconds or 0)} the submission is still {submission.status}.",
                    hint=f"It goes on by itself. See: agon status {submission.id} --wait",
                )
            wait = WAIT_SECONDS if ends is None else max(1, min(WAIT_SECONDS, int(ends - asked_at)))
            fresh = submission.refresh(wait)
            if fresh.status == submission.status and clock.now() - asked_at < wait / 2:
                clock.sleep(pause)
                pause = min(_LARGEST_PAUSE, pause * _GROWTH)
            submission = fresh
    finally:
        progress.end()
    return submission


def _standing(submission: Submission) -> str:
    queue = submission.queue
    if queue is None:
        return f"{submission.status.capitalize()} …"
    estimate = queue.estimate_seconds
    about = f", a score in about {duration(estimate)}" if estimate is not None else ""
    return f"Queued, place {queue.position}{about}"
