"""Sends what the site lacks of an upload, over several connections, whatever breaks meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock, local

from agon.errors import ClientError, Refused, SiteUnreachable
from agon.models import UploadState
from agon.parallel import Job, run_all
from agon.progress import Progress
from agon.transport import Body, Transport
from agon.uploads.packs import BUFFER_BYTES, Content, pack_body, part_body
from agon.uploads.planning import Large, Pack, Sizes, plan
from agon.uploads.remote import RemoteUpload
from agon.uploads.sources import changed

CONNECTIONS = 4
_MISMATCH = "blob-mismatch"
_OFFSET = "offset-mismatch"
_CUT_OFF = "pack-cut-off"  # told by what stands between: the line broke behind it


@dataclass
class Sent:
    """What went over the line, also in vain."""

    bytes: int = 0


class Sender:
    """Sends one upload; `sent` counts."""

    def __init__(
        self, transport: Transport, state: UploadState, content: Content, progress: Progress
    ) -> None:
        self._transport = transport
        self._remote = RemoteUpload(transport, state.id)
        self._state = state
        self._content = content
        self._progress = progress
        self._own = local()
        self._lock = Lock()
        self.sent = Sent()

    def send(self, connections: int = CONNECTIONS) -> None:
        """Send all that is missing. Raises: ClientError; what has come need not come again."""
        self._progress.begin("Sending", total=self._state.missing_bytes)
        sizes = Sizes.of(self._state, connections)
        try:
            run_all(self._jobs(sizes), connections)
        finally:
            self._progress.end()

    def _jobs(self, sizes: Sizes) -> Iterator[Job]:
        for item in plan(self._remote, self._content, self._state, sizes):
            yield self._pack_job(item) if isinstance(item, Pack) else self._large_job(item, sizes)

    def _pack_job(self, pack: Pack) -> Job:
        def work() -> None:
            attempts = self._transport.attempts()
            numbers = list(pack.numbers)
            while numbers:
                counter = _Counter(self)
                try:
                    self._send_pack(numbers, counter)
                    left: list[int] = []
                except SiteUnreachable as error:
                    attempts.wait_after(error)
                    left = self._still_missing(numbers)
                if len(left) < len(numbers):
                    attempts.progress()
                counter.settle(self._bytes(numbers) - self._bytes(left))
                numbers = left

        return work

    def _large_job(self, large: Large, sizes: Sizes) -> Job:
        def work() -> None:
            attempts = self._transport.attempts()
            number, size = large.number, self._content.tree.files[large.number].size
            offset = large.offset
            while offset < size:
                counter = _Counter(self)
                try:
                    reached = self._send_part(number, offset, counter, sizes.part)
                except SiteUnreachable as error:
                    attempts.wait_after(error)
                    held = self._remote.held(self._content.digests[number])
                    reached = size if held is None else held
                if reached > offset:
                    attempts.progress()
                counter.settle(reached - offset)
                offset = reached

        return work

    def _send_pack(self, numbers: list[int], counter: "_Counter") -> None:
        body = pack_body(self._content, numbers, self._buffer())
        try:
            self._remote.send_pack(counter.counted(body))
        except Refused as error:
            raise self._explained(error) from error

    def _send_part(self, number: int, offset: int, counter: "_Counter", part: int) -> int:
        """Return how many bytes of the file are there afterwards."""
        end = min(offset + part, self._content.tree.files[number].size)
        body = part_body(self._content, number, (offset, end), self._buffer())
        try:
            digest = self._content.digests[number]
            return self._remote.send_part(digest, offset, counter.counted(body))
        except Refused as error:
            if error.code == _OFFSET and isinstance(error.details.get("offset"), int):
                return int(str(error.details["offset"]))
            raise self._explained(error) from error

    def _explained(self, error: Refused) -> ClientError:
        """Return what a refusal means on this side."""
        if error.code == _CUT_OFF:
            return SiteUnreachable(str(error))
        if error.code != _MISMATCH:
            return error
        digest = bytes.fromhex(str(error.details.get("sha256", "")))
        files, digests = self._content.tree.files, self._content.digests
        paths = (file.path for n, file in enumerate(files) if digests[n] == digest)
        return changed(next(paths, "A file"))

    def _still_missing(self, numbers: list[int]) -> list[int]:
        digests = self._content.digests
        missing = self._remote.missing_among([digests[number] for number in numbers])
        return [number for number in numbers if digests[number] in missing]

    def _bytes(self, numbers: list[int]) -> int:
        return sum(self._content.tree.files[number].size for number in numbers)

    def _buffer(self) -> memoryview:
        """Return this thread's own buffer."""
        if not hasattr(self._own, "buffer"):
            self._own.buffer = memoryview(bytearray(BUFFER_BYTES))
        buffer: memoryview = self._own.buffer
        return buffer

    def count(self, sent: int) -> None:
        """Note bytes that the line has taken."""
        with self._lock:
            self.sent.bytes += sent
        self._progress.advance(sent)

    def correct(self, difference: int) -> None:
        """Bring the progress to what the site really has."""
        self._progress.advance(difference)


class _Counter:
    """Counts the bytes of one request while they leave."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._counted = 0

    def counted(self, body: Body) -> Body:
        """Return the body, counted piece by piece."""
        return Body(self._pieces(body), body.size)

    def settle(self, kept: int) -> None:
        """Correct the count when it is known how many bytes were kept."""
        self._sender.correct(kept - self._counted)

    def _pieces(self, body: Body) -> Iterator[bytes | memoryview]:
        for piece in body.pieces:
            yield piece
            self._counted += len(piece)
            self._sender.count(len(piece))
