"""A file that arrives in pieces, over several connections and several runs."""

import json
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from agon.downloads.targets import Target, digest_of
from agon.errors import SiteUnreachable

SEGMENT_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class Segment:
    """A piece of a file, from `begin` to before `end`."""

    number: int
    begin: int
    end: int


class Partial:
    """A file on its way: its bytes beside the target, and a journal of its whole pieces."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._journal = target.part.with_name(f"{target.part.name}.done")
        self._lock = Lock()
        self._done = self._load()

    @property
    def missing(self) -> list[Segment]:
        """The pieces that are not whole; an empty file has one, of no bytes."""
        size = self.target.file.size
        begins = range(0, max(1, size), SEGMENT_BYTES)
        pieces = (Segment(n, b, min(size, b + SEGMENT_BYTES)) for n, b in enumerate(begins))
        return [piece for piece in pieces if piece.number not in self._done]

    def prepare(self) -> None:
        """Make the file that the pieces are written into."""
        part = self.target.part
        part.parent.mkdir(parents=True, exist_ok=True)
        if not self._done:
            with part.open("wb"):
                pass
            self._note({"sha256": self.target.file.sha256, "segment": SEGMENT_BYTES})

    def finish(self, segment: Segment) -> None:
        """Note that a piece is whole; with the last one the file takes its place.

        Raises: SiteUnreachable when the whole is not what the site has promised.
        """
        with self._lock:
            self._done.add(segment.number)
            self._note(segment.number)
            if self.missing:
                return
        target = self.target
        if digest_of(target.part) != target.file.sha256:
            self.discard()
            raise SiteUnreachable(
                f"'{target.file.path}' arrived damaged: its SHA-256 is not the promised one.",
                hint="Run the same command again.",
            )
        target.part.replace(target.place)
        self._journal.unlink(missing_ok=True)

    def discard(self) -> None:
        """Begin anew next time."""
        self.target.part.unlink(missing_ok=True)
        self._journal.unlink(missing_ok=True)

    def _load(self) -> set[int]:
        """Return the pieces that an earlier run has brought of this very file."""
        with suppress(OSError, ValueError):
            head, *numbers = map(json.loads, self._journal.read_text().splitlines())
            same = head == {"sha256": self.target.file.sha256, "segment": SEGMENT_BYTES}
            if same and self.target.part.is_file():
                return {int(number) for number in numbers}
        self._journal.unlink(missing_ok=True)
        return set()

    def _note(self, line: object) -> None:
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(f"{json.dumps(line)}\n")
