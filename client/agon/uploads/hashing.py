"""SHA-256 of many files at once."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from threading import local

from agon.parallel import Job, run_all
from agon.progress import Progress
from agon.uploads.digests import Digests
from agon.uploads.hash_cache import HashCache
from agon.uploads.sources import Source
from agon.uploads.walking import LocalFile, LocalTree

BLOCK_BYTES = 1024**2
_JOB_FILES = 64  # small files that one thread takes at a time
_JOB_BYTES = 16 * 1024**2


def hash_files(tree: LocalTree, cache: HashCache, progress: Progress) -> Digests:
    """Return the digests of the files.

    Raises: UploadUnfit when a file cannot be read, or changes meanwhile.
    """
    digests = Digests(len(tree.files))
    unknown = cache.load(digests)
    progress.begin("Reading", total=sum(tree.files[number].size for number in unknown))
    hasher = _Hasher(tree, digests, progress.advance)
    run_all(hasher.jobs(unknown), threads=min(8, os.cpu_count() or 1))
    progress.end()
    if unknown:
        cache.store(digests)
    return digests


class _Hasher:
    """Writes digests into their places; each thread has a buffer of its own."""

    def __init__(self, tree: LocalTree, digests: Digests, advance: Callable[[int], None]) -> None:
        self._tree = tree
        self._digests = digests
        self._advance = advance
        self._own = local()

    def jobs(self, numbers: Sequence[int]) -> Iterator[Job]:
        """Yield the work in portions of several small files or one large one."""
        portion: list[int] = []
        size = 0
        for number in numbers:
            portion.append(number)
            size += self._tree.files[number].size
            if len(portion) == _JOB_FILES or size >= _JOB_BYTES:
                yield self._job(portion)
                portion, size = [], 0
        if portion:
            yield self._job(portion)

    def _job(self, numbers: list[int]) -> Job:
        def work() -> None:
            for number in numbers:
                self._digests[number] = self._digest(self._tree.files[number])

        return work

    def _digest(self, file: LocalFile) -> bytes:
        if not hasattr(self._own, "buffer"):
            self._own.buffer = memoryview(bytearray(BLOCK_BYTES))
        buffer: memoryview = self._own.buffer
        digest = hashlib.sha256()
        with Source(self._tree, file) as source:
            while source.left:
                count = source.fill(buffer)
                digest.update(buffer[:count])
                self._advance(count)
        return digest.digest()
