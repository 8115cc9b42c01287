"""A challenge and its phases, with what can be done in them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agon.errors import UsageWrong
from agon.leaderboard import Leaderboard
from agon.models import (
    FileInfo,
    Limits,
    MembershipInfo,
    PhaseInfo,
    Quota,
    Team,
    raw_document,
)
from agon.progress import Progress
from agon.reading import LOCAL, read
from agon.reprs import html_pairs, html_table
from agon.submission import Submission
from agon.transport import Request, Transport, api_path, below
from agon.units import moment, size
from agon.uploads.handing_in import Details, HandingIn, Manner, Target

if TYPE_CHECKING:
    from agon.downloads.fetching import Fetched


@dataclass(frozen=True, kw_only=True)
class Phase(PhaseInfo):
    """A period of a challenge with its own rules, ground truth and leaderboards."""

    challenge: str = field(metadata=LOCAL)
    transport: Transport = field(repr=False, compare=False, metadata=LOCAL)

    @property
    def path(self) -> str:
        """Its path below the API."""
        return below("challenges", self.challenge, "phases", self.slug)

    def submit(
        self,
        what: str | Path | Mapping[str, Any],
        *,
        method: str = "",
        description: str = "",
        metadata: Mapping[str, Any] | None = None,
        manner: Manner | None = None,
    ) -> Submission:
        """Hand in a file, a folder, or arrays in memory; return the submission, not yet scored.

        Arrays come as a mapping from the path that the challenge asks for to the array:
        `case-01.zarr/labels` is written as Zarr (version 3), `labels.npy` and `all.npz/labels` as
        NumPy does, `table.csv` from columns or a data frame. Everything else lies on the disk.
        Raises: ClientError; run again, it goes on where it was.
        """
        details = Details(method, description, dict(metadata or {}))
        target = Target(self.challenge, self.slug, self.limits.upload_bytes)
        handing = HandingIn(self.transport, target, manner or Manner())
        if not isinstance(what, Mapping):
            return Submission.of(self.transport, handing.submit(Path(what), details))
        import tempfile  # noqa: PLC0415 - as below

        from agon.arrays import write_all  # noqa: PLC0415 - needs NumPy, which few commands do

        with tempfile.TemporaryDirectory(prefix="agon-") as scratch:
            folder = Path(scratch, "arrays")
            write_all(what, folder)
            tops = list(folder.iterdir())
            whole = tops[0] if len(tops) == 1 else folder
            return Submission.of(self.transport, handing.submit(whole, details))

    def leaderboard(self, board: str | None = None, *, split: str | None = None) -> Leaderboard:
        """Return a leaderboard, the first when none is named, whole. Raises: ClientError."""
        path = f"{self.path}/leaderboard"
        document = self.transport.pages(path, "rows", board=board, split=split, limit=1000)
        return read(Leaderboard, document, raw=document)

    def plans(self) -> list[dict[str, Any]]:
        """Return what each task checks and how it scores, as the site tells it.

        Raises: ClientError.
        """
        plans: list[dict[str, Any]] = self.transport.get(f"{self.path}/plans")["plans"]
        return plans

    def quota(self) -> Quota:
        """Return what your team may still hand in. Raises: ClientError."""
        document = self.transport.get(f"{self.path}/quota")
        return read(Quota, document, raw=document)

    def _repr_html_(self) -> str:
        pairs = [
            ("State", self.state),
            ("Opens", moment(self.opens_at)),
            ("Closes", moment(self.closes_at)),
            ("Uploads", limits_in_words(self.limits)),
        ]
        return html_pairs(f"{self.challenge}, phase {self.title}", pairs)


@dataclass(frozen=True, kw_only=True)
class Challenge:
    """One challenge. `team` is your own, None while you do not take part."""

    slug: str
    title: str
    summary: str
    license: str
    revision: int
    metadata_schema: dict[str, object]
    phases: tuple[PhaseInfo, ...]
    team: str | None
    is_organiser: bool
    transport: Transport = field(repr=False, compare=False, metadata=LOCAL)
    raw: Mapping[str, Any] = raw_document()

    @classmethod
    def load(cls, transport: Transport, slug: str) -> "Challenge":
        """Return a challenge. Raises: ClientError."""
        document = transport.get(below("challenges", slug))
        return read(cls, document, transport=transport, raw=document)

    def phase(self, slug: str | None = None) -> Phase:
        """Return a phase: the named one, else the only one, else the only one that is open.

        Raises: UsageWrong.
        """
        found = [phase for phase in self.phases if slug in {None, phase.slug}]
        if slug is None and len(found) > 1:
            found = [phase for phase in found if phase.state == "open"]
        if len(found) != 1:
            names = ", ".join(f"{phase.slug} ({phase.state})" for phase in self.phases)
            asked = f"There is no phase '{slug}' in" if slug else "It is not clear which phase of"
            raise UsageWrong(f"{asked} '{self.slug}'.", hint=f"Name one of: {names}.")
        return Phase(**vars(found[0]), challenge=self.slug, transport=self.transport)

    def join(self, team_name: str = "") -> MembershipInfo:
        """Accept the rules and take part; again it changes nothing. Raises: ClientError."""
        wish = {"accepts_rules": True, "team_name": team_name}
        document = self.transport.post(below("challenges", self.slug, "join"), wish)
        return read(MembershipInfo, document, raw=document)

    def my_team(self) -> Team:
        """Return your team, with the link that invites others. Raises: ClientError."""
        document = self.transport.get(below("challenges", self.slug, "team"))
        return read(Team, document, raw=document)

    def rename_team(self, name: str) -> Team:
        """Give your team another name and return it. Raises: ClientError."""
        path = api_path(below("challenges", self.slug, "team"))
        body = json.dumps({"name": name}).encode()
        headers = {"Content-Type": "application/json"}
        document = self.transport.call(Request("PATCH", path, body, headers)).json()
        return read(Team, document, raw=document)

    def renew_invitation(self) -> Team:
        """Give your team a new invitation; the old one is void. Raises: ClientError."""
        document = self.transport.post(below("challenges", self.slug, "team", "invitation"))
        return read(Team, document, raw=document)

    def leave_team(self) -> None:
        """Leave your team; what it has handed in stays with it. Raises: ClientError."""
        self.transport.post(below("challenges", self.slug, "team", "leave"))

    def files(self) -> tuple[FileInfo, ...]:
        """Return the public files. Raises: ClientError."""
        document = self.transport.pages(
            below("challenges", self.slug, "files"), "files", limit=10_000
        )
        return tuple(read(FileInfo, file) for file in document["files"])

    def download(
        self,
        folder: str | Path,
        *patterns: str,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> "Fetched":
        """Bring public files into a folder: those that fit a pattern, all when there is none.

        What is there already is not fetched again; what is there and differs is left alone, and
        told, unless `overwrite`. Raises: ClientError; run again, it goes on where it was.
        """
        from agon.downloads.fetching import Fetcher  # noqa: PLC0415 - few commands download
        from agon.downloads.targets import chosen_files, targets_in  # noqa: PLC0415 - the same

        chosen = chosen_files(self.files(), patterns)
        fetcher = Fetcher(self.transport, progress or Progress())
        return fetcher.fetch(targets_in(Path(folder), chosen), overwrite=overwrite)

    def submissions(self, phase: str | None = None) -> tuple[Submission, ...]:
        """Return your team's submissions, newest first. Raises: ClientError."""
        path = below("challenges", self.slug, "submissions")
        document = self.transport.pages(path, "submissions", phase=phase, limit=200)
        return tuple(Submission.of(self.transport, each) for each in document["submissions"])

    def _repr_html_(self) -> str:
        rows = [[p.slug, p.title, p.state, moment(p.closes_at)] for p in self.phases]
        return html_table(self.title, ["Phase", "Title", "State", "Closes"], rows)


def limits_in_words(limits: Limits) -> str:
    """Return what a team may hand in."""
    return (
        f"{limits.per_day} a day, {limits.total} in all, {limits.in_flight} at a time, "
        f"at most {size(limits.upload_bytes)} each"
    )
