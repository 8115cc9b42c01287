"""Forgets uploads that nobody goes on with, and blobs that nothing needs any more."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from challenges.blobs import site_blobs
from challenges.digestset import DigestSet
from challenges.errors import ChallengeError
from challenges.models import MissingBlob, TeamBlob, Upload
from challenges.selectors.references import referenced
from challenges.services.idempotency import forget_old_answers
from evaluator.blobs import LocalBlobs, StoredBlob
from evaluator.partial_blobs import remove_old

logger = logging.getLogger(__name__)

# Whoever stores a blob names it in the database within this time: a folder of truth that is being
# loaded, a log or picture whose message waits for the site to come back.
GRACE = timedelta(hours=24)
BATCH = 500  # blobs; nothing can be stored while one batch is being removed
ROWS = 5000


class CollectingRefused(ChallengeError):
    """Blobs are not collected now; the text says why."""

    code = "collecting-refused"


@dataclass(frozen=True)
class Collected:
    """What was forgotten, or would be."""

    blobs: int
    size_bytes: int


def collect(*, dry_run: bool = False) -> Collected:
    """Remove what nothing needs and return how much that was; with `dry_run`, only count it.

    Uploads, submissions and everything else may go on meanwhile. Raises: CollectingRefused.
    """
    store = site_blobs()
    with _alone(store):
        if not dry_run:
            forget_uploads()
        needed = _needed()
        if not dry_run:
            _forget_team_blobs(needed)
        collected = _sweep(store, needed, dry_run=dry_run)
    logger.info("blobs.collected blobs=%d bytes=%d", collected.blobs, collected.size_bytes)
    return collected


def forget_uploads() -> None:
    """Forget uploads that expired long ago, and what came half."""
    now, wait = timezone.now(), timedelta(days=settings.AGON_UPLOAD_DAYS)
    expired = Upload.objects.unfinished().filter(expires_at__lte=now)
    MissingBlob.objects.filter(upload__in=expired).delete()
    Upload.objects.filter(expires_at__lte=now - wait).delete()
    forget_old_answers()
    store, day = site_blobs(), time.time() - GRACE.total_seconds()
    remove_old(store, touched_before=time.time() - wait.total_seconds())
    for path in store.temporary.glob("*"):
        # Of a process that was killed; whoever still writes to a file has touched it lately.
        if path.is_file() and path.stat().st_mtime < day:
            path.unlink(missing_ok=True)


def _needed() -> DigestSet:
    """Return every digest that the database names. Raises: CollectingRefused when it is none."""
    needed, is_empty = DigestSet(), True
    for digest in referenced():
        needed.add(digest)
        is_empty = False
    if is_empty and any(True for _ in site_blobs().walk()):
        raise CollectingRefused(
            "The database names no blob at all, but the store has some. Nothing is removed: check "
            "AGON_DATABASE_URL and AGON_BLOBS, one of them may be another site's."
        )
    return needed


def _forget_team_blobs(needed: DigestSet) -> None:
    """Forget which blobs teams have sent that none of their uploads has named for long."""
    old = timezone.now() - timedelta(days=settings.AGON_UPLOAD_DAYS)
    last = 0
    while rows := list(_team_blobs_after(last, TeamBlob.objects.filter(used_at__lt=old))):
        gone = [pk for pk, digest in rows if digest not in needed]
        # An upload that has begun since has made its rows young: they stay.
        TeamBlob.objects.filter(pk__in=gone, used_at__lt=old).delete()
        last = rows[-1][0]


def _team_blobs_after(last: int, rows: QuerySet[TeamBlob]) -> QuerySet[TeamBlob, tuple[int, str]]:
    return rows.filter(pk__gt=last).order_by("pk").values_list("pk", "sha256")[:ROWS]


def _sweep(store: LocalBlobs, needed: DigestSet, *, dry_run: bool) -> Collected:
    oldest = time.time() - GRACE.total_seconds()
    unneeded = (b for b in store.walk() if b.stored_at < oldest and b.digest not in needed)
    blobs = size_bytes = 0
    while batch := list(islice(unneeded, BATCH)):
        if dry_run:
            doomed = _not_sent(batch)
        else:
            # Nobody can take a blob in, and so need it anew, between the question and the answer.
            with store.exclusive():
                doomed = _not_sent(batch)
                store.remove((blob.digest for blob in doomed), stored_before=oldest)
        blobs += len(doomed)
        size_bytes += sum(blob.size for blob in doomed)
    return Collected(blobs, size_bytes)


def _not_sent(batch: list[StoredBlob]) -> list[StoredBlob]:
    """Return those that no team may reckon with."""
    digests = [blob.digest for blob in batch]
    sent = set(TeamBlob.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    return [blob for blob in batch if blob.digest not in sent]


@contextmanager
def _alone(store: LocalBlobs) -> Iterator[None]:
    """Raises: CollectingRefused while another process collects."""
    descriptor = os.open(store.root, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise CollectingRefused("Another process is collecting blobs just now.") from error
    try:
        yield
    finally:
        os.close(descriptor)
