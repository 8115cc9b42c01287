"""Collecting removes what nothing needs, and never anything else, whatever happened before."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from challenges.blobs import site_blobs
from challenges.models import Challenge, MissingBlob, Phase, Team, TeamBlob, Upload
from challenges.services.collecting import CollectingRefused, collect
from challenges.services.receiving import take_part
from challenges.services.submissions import Details
from challenges.services.uploads import forget, hand_in
from evaluator.partial_blobs import sizes_of
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


@pytest.fixture
def team(challenge: Challenge) -> Team:
    return factories.make_team(challenge, "Owls")


def grow_old(days: float = 2) -> None:
    """Let everything in the store have been stored some days ago."""
    moment = time.time() - days * 86_400
    for path in site_blobs().root.rglob("*"):
        if path.is_file():
            os.utime(path, (moment, moment))


def forget_who_sent() -> None:
    """Let teams have used what they sent last month."""
    TeamBlob.objects.update(used_at=timezone.now() - timedelta(days=30))


def contains(content: bytes) -> bool:
    return site_blobs().contains(packing.digest_of(content))


def test_what_nothing_names_is_removed(phase: Phase) -> None:
    site_blobs().put([b"nobody's"])
    grow_old()

    collected = collect()

    assert (collected.blobs, collected.size_bytes) == (1, 8)
    assert not contains(b"nobody's")
    assert phase.challenge.revision.manifest.files


def test_a_dry_run_only_counts(phase: Phase) -> None:  # noqa: ARG001 - names the other blobs
    site_blobs().put([b"nobody's"])
    grow_old()

    collected = collect(dry_run=True)

    assert (collected.blobs, collected.size_bytes) == (1, 8)
    assert contains(b"nobody's")


def test_what_was_stored_today_stays(phase: Phase) -> None:  # noqa: ARG001 - as above
    site_blobs().put([b"not noted yet"])

    assert collect().blobs == 0
    assert contains(b"not noted yet")


def test_everything_that_the_site_shows_or_scores_stays(phase: Phase, tmp_path: Path) -> None:
    files = (factories.artifact("notes.txt", b"notes"),)
    outcome = factories.scored({"accuracy": 0.5}).model_copy(update={"artifacts": files})
    factories.finish(factories.make_submission(phase), outcome)
    earlier = {blob.digest for blob in site_blobs().walk()}
    new_rules = {"pages/rules.md": b"# Rules\n\nBe fairer.\n"}
    factories.make_challenge(tmp_path / "second", factories.config(limits=LIMITS), new_rules)
    grow_old()

    collected = collect()

    assert collected.blobs == 0
    assert earlier < {blob.digest for blob in site_blobs().walk()}


def test_blobs_of_an_open_upload_stay(team: Team, phase: Phase) -> None:
    send(packing.begun(team, phase), b"chunk one")
    grow_old()
    forget_who_sent()

    assert collect().blobs == 0
    assert contains(b"chunk one")
    assert MissingBlob.objects.count() == 2


def test_what_a_team_sent_lately_stays_without_an_upload(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    send(upload, b"chunk one")
    forget(upload=upload)
    grow_old()

    assert collect().blobs == 0
    assert TeamBlob.objects.count() == 1


def test_what_a_team_sent_long_ago_for_nothing_goes(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    send(upload, b"chunk one")
    forget(upload=upload)
    grow_old()
    forget_who_sent()

    assert collect().blobs == 1
    assert not TeamBlob.objects.exists()
    assert packing.begun(team, phase).missing.count() == 3


def test_what_a_submission_uses_need_not_be_sent_again_however_old(
    team: Team, phase: Phase
) -> None:
    upload = packing.begun(team, phase)
    send(upload, *packing.STORE.values())
    hand_in(upload=upload, user=None, details=Details())
    grow_old(400)
    forget_who_sent()

    assert collect().blobs == 0
    assert not packing.begun(team, phase).missing.exists()


def test_expired_uploads_are_forgotten_in_the_end(team: Team, phase: Phase) -> None:
    packing.begun(team, phase)
    Upload.objects.update(expires_at=timezone.now() - timedelta(days=1))
    collect()
    after_a_day = Upload.objects.count(), MissingBlob.objects.count()
    Upload.objects.update(expires_at=timezone.now() - timedelta(days=8))
    collect()

    assert after_a_day == (1, 0)
    assert not Upload.objects.exists()


def test_half_a_blob_goes_when_nobody_went_on_with_it(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    take_part(
        upload=upload,
        sha256=packing.digest_of(b"chunk one"),
        offset=0,
        length=3,
        pieces=[memoryview(b"chu")],
    )
    grow_old(6)
    collect()
    after_six_days = sizes_of(site_blobs(), str(team.pk))
    grow_old(8)
    collect()

    assert list(after_six_days.values()) == [3]
    assert sizes_of(site_blobs(), str(team.pk)) == {}


def test_what_a_killed_process_left_half_written_goes(phase: Phase) -> None:  # noqa: ARG001 - as above
    left = site_blobs().temporary / "0123456789abcdef"
    left.write_bytes(b"half")
    collect()
    on_the_same_day = left.exists()
    grow_old()
    collect()

    assert on_the_same_day
    assert not left.exists()


def test_a_database_that_knows_nothing_of_the_store_removes_nothing() -> None:
    site_blobs().put([b"another site's"])
    grow_old()

    with pytest.raises(CollectingRefused, match="AGON_DATABASE_URL"):
        collect()

    assert contains(b"another site's")


def test_an_empty_site_has_nothing_to_collect() -> None:
    assert collect().blobs == 0


def test_the_command_says_what_it_did(
    phase: Phase,  # noqa: ARG001 - as above
    capsys: pytest.CaptureFixture[str],
) -> None:
    site_blobs().put([b"x" * 1024**2])
    grow_old()

    call_command("blobs", "collect", "--dry-run")
    call_command("blobs", "collect")

    assert capsys.readouterr().out == (
        "1 blobs (1.0 MiB) would be removed.\n1 blobs (1.0 MiB) are removed.\n"
    )


def test_the_command_shows_a_refusal_as_a_sentence() -> None:
    site_blobs().put([b"another site's"])

    with pytest.raises(CommandError, match="names no blob at all"):
        call_command("blobs", "collect")
