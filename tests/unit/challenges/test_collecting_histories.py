"""Whatever happens to uploads and submissions: collecting never removes what something needs."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from challenges.blobs import site_blobs
from challenges.models import Challenge, Phase, Submission, Team, TeamBlob, Upload
from challenges.services.collecting import collect
from challenges.services.submissions import Details
from challenges.services.uploads import forget, hand_in
from tests import factories, packing
from tests.packing import send

pytestmark = pytest.mark.django_db

LIMITS = {"per_day": 500, "total": 500, "in_flight": 500, "upload": "1 MiB"}


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path / "folder", factories.config(limits=LIMITS))


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


def grow_old(days: float = 2) -> None:
    """Let everything in the store have been stored some days ago."""
    moment = time.time() - days * 86_400
    for path in site_blobs().root.rglob("*"):
        if path.is_file():
            os.utime(path, (moment, moment))


def forget_who_sent() -> None:
    """Let teams have used what they sent last month."""
    TeamBlob.objects.update(used_at=timezone.now() - timedelta(days=30))


class World(NamedTuple):
    """Two teams, and what has happened to them."""

    phase: Phase
    teams: list[Team]


CONTENTS = [f"content {number}".encode() for number in range(6)]
Act = Callable[[World], None]


def uploads(world: World, team: int) -> list[Upload]:
    return list(Upload.objects.open().filter(team=world.teams[team]).order_by("created_at"))


def begin_some(team: int, chosen: list[int]) -> Act:
    def act(world: World) -> None:
        files = {f"files/{number}": CONTENTS[number] for number in chosen}
        packing.begun(world.teams[team], world.phase, files)

    return act


def begin_and_send(team: int, chosen: list[int]) -> Act:
    def act(world: World) -> None:
        files = {f"files/{number}": CONTENTS[number] for number in chosen}
        send(packing.begun(world.teams[team], world.phase, files), *files.values())

    return act


def send_some(team: int, which: int, number: int) -> Act:
    def act(world: World) -> None:
        for upload in uploads(world, team)[which : which + 1]:
            missing = upload.missing.order_by("sha256").values_list("sha256", flat=True)[:number]
            send(upload, *(c for c in CONTENTS if packing.digest_of(c) in set(missing)))

    return act


def hand_in_one(team: int, which: int) -> Act:
    def act(world: World) -> None:
        for upload in uploads(world, team)[which : which + 1]:
            if not upload.missing.exists():
                hand_in(upload=upload, user=None, details=Details())

    return act


def forget_one(team: int, which: int) -> Act:
    def act(world: World) -> None:
        for upload in uploads(world, team)[which : which + 1]:
            forget(upload=upload)

    return act


def expire_one(team: int, which: int) -> Act:
    def act(world: World) -> None:
        for upload in uploads(world, team)[which : which + 1]:
            past = timezone.now() - timedelta(days=3)
            Upload.objects.filter(pk=upload.pk).update(expires_at=past)

    return act


def hand_in_a_file(team: int, which: int) -> Act:
    def act(world: World) -> None:
        upload = factories.make_upload(CONTENTS[which])
        factories.make_submission(world.phase, world.teams[team], upload=upload)

    return act


def lose_a_submission(which: int) -> Act:
    def act(_: World) -> None:
        for submission in Submission.objects.order_by("submitted_at")[which : which + 1]:
            submission.delete()

    return act


def collect_what_is_old() -> None:
    grow_old()
    collect()


def plainly(work: Callable[[], object]) -> Act:
    def act(_: World) -> None:
        work()

    return act


TEAMS, PLACES = st.integers(0, 1), st.integers(0, 2)
CHOSEN = st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True)
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.builds(begin_some, TEAMS, CHOSEN),
    st.builds(begin_and_send, TEAMS, CHOSEN),
    st.builds(send_some, TEAMS, PLACES, st.integers(1, 4)),
    st.builds(hand_in_one, TEAMS, PLACES),
    st.builds(forget_one, TEAMS, PLACES),
    st.builds(expire_one, TEAMS, PLACES),
    st.builds(hand_in_a_file, TEAMS, st.integers(0, 5)),
    st.builds(lose_a_submission, PLACES),
    st.sampled_from([plainly(collect_what_is_old), plainly(forget_who_sent), plainly(collect)]),
)


def needed() -> set[str]:
    """Return, told by rows and not by texts, which blobs must be there."""
    manifests = [s.manifest for s in Submission.objects.all()]
    manifests += [r.manifest for r in Challenge.objects.get().revisions.all()]
    digests = {entry.sha256 for manifest in manifests for entry in manifest.files}
    for upload in Upload.objects.open():
        lacking = set(upload.missing.values_list("sha256", flat=True))
        digests |= {entry.sha256 for entry in upload.manifest.files} - lacking
    return digests | set(TeamBlob.objects.values_list("sha256", flat=True))


def announced() -> set[str]:
    """Return what open uploads name: if others have sent it, it may stay until they end."""
    uploads = Upload.objects.open()
    return {entry.sha256 for upload in uploads for entry in upload.manifest.files}


@pytest.fixture
def world(challenge: Challenge, phase: Phase) -> World:
    return World(phase, [factories.make_team(challenge, name) for name in ("Owls", "Cats")])


@examples(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(ACTS, min_size=5, max_size=30))
def test_nothing_that_is_needed_is_ever_removed(acts: list[Act], world: World) -> None:
    before = {blob.digest for blob in site_blobs().walk()}
    with transaction.atomic():
        for act in acts:
            act(world)
            assert needed() <= {blob.digest for blob in site_blobs().walk()}
        grow_old()
        forget_who_sent()
        collect()

        left = {blob.digest for blob in site_blobs().walk()}
        assert needed() <= left <= needed() | announced()
        transaction.set_rollback(True)
    with site_blobs().exclusive():
        site_blobs().remove(left - before, stored_before=time.time() + 1)
