"""Which of the missing files travel together, and which one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

from agon.errors import AnswerUnknown
from agon.models import MissingPage, UploadState
from agon.uploads.digests import Finder
from agon.uploads.packs import HEAD_BYTES, Content
from agon.uploads.remote import PAGE_DIGESTS, RemoteUpload

_SMALLEST_PACK = 1024**2
_PACKS_EACH = 4  # of a connection, so that none of them ends long after the others


@dataclass(frozen=True)
class Pack:
    """The numbers of files that travel together, ascending by digest."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Large:
    """A file that travels in parts, and how many of its bytes are there."""

    number: int
    offset: int


@dataclass(frozen=True)
class Sizes:
    """What may be in one request, in bytes."""

    pack: int
    part: int

    @classmethod
    def of(cls, state: UploadState, connections: int) -> "Sizes":
        """Return what suits what is missing and the connections that carry it."""
        share = state.missing_bytes // (connections * _PACKS_EACH)
        pack = min(state.pack_bytes, max(_SMALLEST_PACK, share))
        return cls(pack, min(state.part_bytes, state.pack_bytes))


def plan(
    remote: RemoteUpload, content: Content, state: UploadState, sizes: Sizes
) -> Iterator[Pack | Large]:
    """Yield what to send, while the site is asked page by page what it lacks.

    Raises: ClientError.
    """
    finder = Finder(content.digests)
    for page in _pages(remote, content, state):
        yield from _portions(page, finder, content, sizes)


def _pages(remote: RemoteUpload, content: Content, state: UploadState) -> Iterator[MissingPage]:
    if len(content.digests) <= PAGE_DIGESTS:
        digests = content.digests.distinct()
        if len(digests) == state.missing_files:  # all of them: there is nothing to ask
            yield MissingPage(digests)
            return
    after: str | None = ""
    while after is not None:
        page = remote.missing(after)
        yield page
        after = page.next


def _portions(
    page: MissingPage, finder: Finder, content: Content, sizes: Sizes
) -> Iterator[Pack | Large]:
    numbers: list[int] = []
    filled = 0
    for digest in page.digests:
        number = finder.find(bytes.fromhex(digest))
        if number is None:
            raise AnswerUnknown(f"The site asks for a file that is not in the upload: {digest}.")
        size = HEAD_BYTES + content.tree.files[number].size
        if size > sizes.part:
            yield Large(number, page.partial.get(digest, 0))
            continue
        if numbers and filled + size > sizes.pack:
            yield Pack(tuple(numbers))
            numbers, filled = [], 0
        numbers.append(number)
        filled += size
    if numbers:
        yield Pack(tuple(numbers))
