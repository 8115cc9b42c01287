"""Brings files of the site here: in parallel, going on where it was, each held to its digest."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import local

from agon.connections import TROUBLE
from agon.downloads.places import Places
from agon.downloads.segments import Partial, Segment
from agon.downloads.targets import Target, check_replaceable, is_there
from agon.errors import AnswerUnknown, SiteUnreachable, UsageWrong
from agon.parallel import Job, run_all
from agon.progress import Progress
from agon.transport import Transport, unreachable

CONNECTIONS = 4
BLOCK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Fetched:
    """What came of a download: files that are new here, and the bytes that had to come."""

    files: int
    bytes: int


class Fetcher:
    """Fetches files of one site."""

    def __init__(self, transport: Transport, progress: Progress) -> None:
        self._transport = transport
        self._places = Places(transport)
        self._progress = progress
        self._own = local()

    def fetch(self, targets: Sequence[Target], *, overwrite: bool = False) -> Fetched:
        """Bring what is not here. Raises: ClientError; what has come need not come again."""
        wanted = _absent(targets)
        if not overwrite:
            check_replaceable(wanted)
        try:
            return self._bring(wanted)
        except OSError as error:  # of the disk: trouble with the line has a name of its own
            raise UsageWrong(f"'{error.filename}' cannot be written: {error.strerror}.") from error
        finally:
            self._progress.end()
            self._places.close()

    def _bring(self, wanted: Sequence[Target]) -> Fetched:
        partials = [Partial(target) for target in wanted]
        total = sum(s.end - s.begin for partial in partials for s in partial.missing)
        self._progress.begin("Fetching", total=total)
        run_all(self._jobs(partials), CONNECTIONS)
        return Fetched(len(wanted), total)

    def _jobs(self, partials: Sequence[Partial]) -> Iterator[Job]:
        for partial in partials:
            partial.prepare()
            for segment in partial.missing:
                yield self._job(partial, segment)

    def _job(self, partial: Partial, segment: Segment) -> Job:
        def work() -> None:
            attempts, reached = self._transport.attempts(), _Reached(segment.begin)
            while reached.at < segment.end:
                before = reached.at
                try:
                    self._read(partial.target, segment, reached)
                except SiteUnreachable as error:
                    if reached.at > before:
                        attempts.progress()
                    attempts.wait_after(error)
            partial.finish(segment)

        return work

    def _read(self, target: Target, segment: Segment, reached: "_Reached") -> None:
        """Read until the segment is whole; `reached` says how far it came. Raises: ClientError."""
        buffer = self._buffer()
        with (
            self._places.opened(target.file.url, (reached.at, segment.end)) as response,
            target.part.open("r+b") as out,
        ):
            if response.status != 206 and reached.at:
                raise AnswerUnknown(f"The site does not send parts of '{target.file.path}'.")
            out.seek(reached.at)
            while reached.at < segment.end:
                try:
                    count = response.readinto(buffer[: segment.end - reached.at])
                except TROUBLE as error:
                    raise unreachable(self._transport.site, error) from error
                if not count:
                    raise SiteUnreachable(f"'{target.file.path}' broke off.")
                out.write(buffer[:count])
                reached.at += count
                self._progress.advance(count)

    def _buffer(self) -> memoryview:
        """Return this thread's own buffer."""
        if not hasattr(self._own, "buffer"):
            self._own.buffer = memoryview(bytearray(BLOCK_BYTES))
        buffer: memoryview = self._own.buffer
        return buffer


@dataclass
class _Reached:
    """The first byte of a segment that has not come."""

    at: int


def _absent(targets: Sequence[Target]) -> list[Target]:
    """Return the targets that are not here as the site has them."""
    found = [False] * len(targets)

    def job(number: int) -> Job:
        def work() -> None:
            found[number] = is_there(targets[number])

        return work

    run_all((job(number) for number in range(len(targets))), os.cpu_count() or 1)
    return [target for target, here in zip(targets, found, strict=True) if not here]
