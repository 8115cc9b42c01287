"""Uploads of one team at once, and collecting meanwhile: nothing is lost and nothing doubled.

Runs on the database of the settings: `make test` takes SQLite and PostgreSQL in turn.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from challenges.blobs import site_blobs
from challenges.errors import ChallengeError, SubmissionQuotaExceeded
from challenges.models import (
    Challenge,
    KeptAnswer,
    MissingBlob,
    Phase,
    Submission,
    Team,
    TeamBlob,
    Upload,
)
from challenges.selectors.uploads import missing
from challenges.services.collecting import CollectingRefused, collect
from challenges.services.idempotency import Answer, Request, once
from challenges.services.submissions import Details
from challenges.services.uploads import hand_in
from challenges.upload_errors import UploadIncomplete
from tests import factories, packing
from tests.packing import send

pytestmark = pytest.mark.django_db(transaction=True)

LIMITS = {"per_day": 2, "total": 500, "in_flight": 500, "upload": "1 MiB"}


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path / "folder", factories.config(limits=LIMITS))


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def team(challenge: Challenge) -> Team:
    return factories.make_team(challenge)


def at_once(work: list[Callable[[], object]]) -> list[object]:
    """Do several things in threads that start together; errors of the domain are results."""
    barrier = Barrier(len(work))

    def run(one: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return one()
        except ChallengeError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_the_same_upload_begun_many_times_at_once_is_one(team: Team, phase: Phase) -> None:
    uploads = at_once([lambda: packing.begun(team, phase).pk] * 6)

    assert len(set(uploads)) == 1
    assert Upload.objects.count() == 1
    assert MissingBlob.objects.count() == 3


def test_what_is_sent_while_another_upload_begins_is_missing_in_none(
    team: Team, phase: Phase
) -> None:
    files = {f"c/{number}": f"chunk {number}".encode() for number in range(12)}
    first = packing.begun(team, phase, files)

    def begin_another(number: int) -> object:
        return packing.begun(team, phase, {**files, f"new/{number}": b"new"})

    at_once(
        [partial(send, first, content) for content in files.values()]
        + [partial(begin_another, number) for number in range(4)]
    )

    assert missing(first).files == 0
    assert {missing(upload).files for upload in Upload.objects.exclude(pk=first.pk)} == {1}


def test_two_packs_with_the_same_blobs_bring_each_once(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)

    results = at_once([lambda: send(upload, *packing.STORE.values())] * 4)

    assert results == [None] * 4
    assert missing(upload).files == 0
    assert TeamBlob.objects.count() == 3


def test_an_upload_that_is_handed_in_many_times_at_once_is_one_submission(
    team: Team, phase: Phase
) -> None:
    upload = packing.begun(team, phase)
    send(upload, *packing.STORE.values())

    def work() -> object:
        fresh = Upload.objects.get(pk=upload.pk)
        return hand_in(upload=fresh, user=None, details=Details())[0].pk

    assert set(at_once([work] * 5)) == {Submission.objects.get().pk}


def test_of_uploads_handed_in_together_as_many_are_taken_as_there_are_places(
    team: Team, phase: Phase
) -> None:
    uploads = [packing.begun(team, phase, {"a": f"{number}".encode()}) for number in range(5)]
    for number, upload in enumerate(uploads):
        send(upload, f"{number}".encode())

    def work(upload: Upload) -> object:
        return hand_in(upload=upload, user=None, details=Details())

    results = at_once([partial(work, upload) for upload in uploads])

    assert sum(isinstance(result, SubmissionQuotaExceeded) for result in results) == 3
    assert Submission.objects.count() == 2
    assert Upload.objects.unfinished().count() == 3


def test_requests_with_one_key_that_come_together_are_done_once(team: Team) -> None:
    user = team.memberships.get().user
    done = []

    def work() -> Answer:
        done.append(1)
        time.sleep(0.05)
        return Answer(201, f"number {len(done)}")

    answers = at_once([lambda: once(Request(user, "key", "a"), work).body] * 4)

    assert set(answers) == {"number 1"}
    assert KeptAnswer.objects.count() == 1


@pytest.fixture
def collecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Collect again and again, what is older than a second; yields what was removed each time."""
    monkeypatch.setattr("challenges.services.collecting.GRACE", timedelta(seconds=1))
    stop, removed = Event(), []

    def run() -> None:
        while not stop.is_set():
            try:
                removed.append(collect().blobs)
            except CollectingRefused:
                continue
        connection.close()

    thread = Thread(target=run)
    thread.start()
    yield removed
    stop.set()
    thread.join()


def test_nothing_that_is_handed_in_is_collected_meanwhile(
    team: Team, phase: Phase, collecting: list[int], challenge: Challenge
) -> None:
    """Two teams send the same few blobs again and again; what they have had is old each time."""
    Phase.objects.update(config_json=phase.config_json.replace('"per_day":2', '"per_day":500'))
    teams = [team, factories.make_team(challenge)]
    until = time.monotonic() + 6

    def compete(mine: Team, step: int) -> int:
        number = 0
        while time.monotonic() < until:
            number += step
            contents = [f"shared {number % 3}".encode(), f"shared {number % 4 + 10}".encode()]
            forget_all(mine)
            hand_in_all(mine, Phase.objects.get(), contents)
        return number // step

    rounds = at_once([partial(compete, teams[0], 1), partial(compete, teams[1], 5)])

    assert all(isinstance(number, int) and number > 1 for number in rounds), rounds
    assert sum(collecting) > 0


def forget_all(team: Team) -> None:
    """Let the team's submissions be gone, and what it has sent be old."""
    mine = Submission.objects.filter(team=team)
    last = list(mine.order_by("-submitted_at").values_list("pk", flat=True)[:1])
    mine.exclude(pk__in=last).delete()
    TeamBlob.objects.filter(team=team).update(used_at=timezone.now() - timedelta(days=30))
    for blob in site_blobs().walk():
        try:
            os.utime(site_blobs().local_path(blob.digest), (1000, 1000))
        except (OSError, ChallengeError):
            continue


def hand_in_all(team: Team, phase: Phase, contents: list[bytes]) -> None:
    """Send and hand in, and assert that all of it is in the store afterwards."""
    files = {f"c/{number}": content for number, content in enumerate(contents)}
    while True:
        upload = packing.begun(team, phase, files)
        lacking = set(upload.missing.values_list("sha256", flat=True))
        send(upload, *(c for c in contents if packing.digest_of(c) in lacking))
        try:
            hand_in(upload=upload, user=None, details=Details())
        except UploadIncomplete:
            continue
        assert all(site_blobs().contains(packing.digest_of(content)) for content in contents)
        return
