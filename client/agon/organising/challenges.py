"""What organisers do with a challenge on a site."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agon.answers import Json
from agon.downloads.fetching import Fetched, Fetcher
from agon.downloads.targets import targets_in
from agon.models import FileInfo
from agon.organising.packing import FilePieces, pack_folder
from agon.progress import Progress
from agon.reading import read
from agon.transport import Body, Request, Transport, api_path, below, new_key

ZIP = "application/zip"


class Organising:
    """A site, for those who organise challenges on it. Needs a token with the scope organise."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def check(self, folder: Path) -> Json:
        """Return what the site says of a faultless folder. Raises: ClientError."""
        with _packed(folder) as archive:
            return self._send(api_path("challenge-checks"), archive)

    def push(self, folder: Path, *, rescore: bool = False, baselines: bool = False) -> Json:
        """Make a folder the current revision of its challenge. Raises: ClientError."""
        told = {"rescore": _flag(rescore), "baselines": _flag(baselines)}
        with _packed(folder) as archive:
            return self._send(api_path("challenges", **told), archive)

    def revisions(self, slug: str) -> dict[str, Any]:
        """Return the revisions of a challenge, the latest first. Raises: ClientError."""
        return self._transport.pages(below("challenges", slug, "revisions"), "revisions", limit=200)

    def pull(
        self, slug: str, folder: Path, *, revision: int, overwrite: bool, progress: Progress
    ) -> Fetched:
        """Bring a revision's folder here, without the ground truth, which is never served.

        Raises: ClientError.
        """
        path = below("challenges", slug, "revisions", str(revision), "files")
        document = self._transport.pages(path, "files", limit=10_000)
        served = tuple(read(FileInfo, f) for f in document["files"] if f["url"] is not None)
        fetcher = Fetcher(self._transport, progress)
        return fetcher.fetch(targets_in(folder, served), overwrite=overwrite)

    def rerun(self, slug: str) -> Json:
        """Queue every failed evaluation again. Raises: ClientError."""
        return self._transport.post(below("challenges", slug, "rerun"))

    def overview(self, slug: str) -> Json:
        """Return revision, versions and troubles. Raises: ClientError."""
        return self._transport.get(below("challenges", slug, "organise"))

    def submissions(self, slug: str, **wanted: object) -> dict[str, Any]:
        """Return the submissions of all teams, newest first. Raises: ClientError."""
        path = below("challenges", slug, "organise", "submissions")
        return self._transport.pages(path, "submissions", limit=200, **wanted)

    def _send(self, path: str, archive: Path) -> Json:
        pieces = FilePieces(archive)
        headers = {"Content-Type": ZIP, "Idempotency-Key": new_key()}
        body = Body(pieces, pieces.size, again=True)
        return self._transport.call(Request("POST", path, body, headers)).json()


@contextmanager
def _packed(folder: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agon-") as scratch:
        archive = Path(scratch, "challenge.zip")
        pack_folder(folder, archive)
        yield archive


def _flag(value: object) -> str | None:
    return "true" if value else None
