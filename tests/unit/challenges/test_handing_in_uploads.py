"""An upload becomes a submission once all of it is here; a refusal loses nothing of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from challenges.blobs import site_blobs
from challenges.errors import MetadataInvalid, PhaseClosed, SubmissionQuotaExceeded
from challenges.models import (
    Challenge,
    MissingBlob,
    Phase,
    Submission,
    Team,
    TeamBlob,
    Upload,
    UploadState,
)
from challenges.selectors.uploads import missing
from challenges.services.submissions import Details
from challenges.services.uploads import hand_in
from challenges.upload_errors import UploadExpired, UploadIncomplete
from evaluator.codes import Status
from tests import factories, packing
from tests.packing import send

pytestmark = pytest.mark.django_db

DETAILS = Details("trees", "Many trees.")


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    limits = {"per_day": 1, "total": 20, "in_flight": 5, "upload": "1 MiB"}
    return factories.make_challenge(tmp_path / "folder", factories.config(limits=limits))


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def team(challenge: Challenge) -> Team:
    return factories.make_team(challenge, "Owls")


@pytest.fixture
def upload(team: Team, phase: Phase) -> Upload:
    """An upload that is whole."""
    upload = packing.begun(team, phase)
    send(upload, *packing.STORE.values())
    return upload


def test_a_whole_upload_becomes_a_queued_submission(upload: Upload) -> None:
    submission, is_new = hand_in(upload=upload, user=None, details=DETAILS)

    upload.refresh_from_db()
    assert is_new
    assert submission.manifest == packing.manifest_of(packing.STORE)
    assert (submission.filename, submission.size_bytes) == ("rain.zarr", 21)
    assert (submission.method, submission.description) == ("trees", "Many trees.")
    assert submission.evaluations.get().status == Status.QUEUED
    assert (upload.state, upload.submission) == (UploadState.FINISHED, submission)
    assert upload.manifest_json == ""


def test_handing_in_again_gives_the_same_submission(upload: Upload) -> None:
    first, _ = hand_in(upload=upload, user=None, details=DETAILS)
    stale = Upload.objects.get(pk=upload.pk)

    for again in (upload, stale):
        assert hand_in(upload=again, user=None, details=Details()) == (first, False)

    assert Submission.objects.count() == 1


def test_an_upload_that_lacks_something_says_how_much(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)

    with pytest.raises(UploadIncomplete) as refusal:
        hand_in(upload=upload, user=None, details=DETAILS)

    assert refusal.value.problems == {"missing_files": 3, "missing_bytes": 21}
    assert not Submission.objects.exists()


def test_a_blob_that_the_store_has_lost_is_missing_again(upload: Upload) -> None:
    site_blobs().local_path(packing.digest_of(b"chunk one")).unlink()

    with pytest.raises(UploadIncomplete):
        hand_in(upload=upload, user=None, details=DETAILS)
    lacking = missing(upload)
    send(upload, b"chunk one")

    assert (lacking.files, lacking.size_bytes) == (1, 9)
    assert hand_in(upload=upload, user=None, details=DETAILS)[1]


def test_a_quota_that_was_used_meanwhile_refuses_and_loses_nothing(
    upload: Upload, team: Team, phase: Phase
) -> None:
    factories.make_submission(phase, team)

    with pytest.raises(SubmissionQuotaExceeded):
        hand_in(upload=upload, user=None, details=DETAILS)
    Submission.objects.update(submitted_at=timezone.now() - timedelta(days=1))

    assert hand_in(upload=upload, user=None, details=DETAILS)[1]


def test_a_phase_that_closed_meanwhile_refuses(upload: Upload, phase: Phase) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now())
    fresh = Upload.objects.get(pk=upload.pk)

    with pytest.raises(PhaseClosed):
        hand_in(upload=fresh, user=None, details=DETAILS)

    fresh.refresh_from_db()
    assert fresh.state is UploadState.OPEN


def test_metadata_that_does_not_fit_refuses_and_loses_nothing(upload: Upload) -> None:
    with pytest.raises(MetadataInvalid):
        hand_in(upload=upload, user=None, details=Details(metadata={"gpus": 8}))

    assert hand_in(upload=upload, user=None, details=DETAILS)[1]


def test_an_expired_upload_is_refused(upload: Upload) -> None:
    Upload.objects.update(expires_at=timezone.now())

    with pytest.raises(UploadExpired):
        hand_in(upload=upload, user=None, details=DETAILS)


def test_what_was_handed_in_counts_as_used_and_the_next_upload_need_not_send_it(
    upload: Upload, team: Team, phase: Phase
) -> None:
    hand_in(upload=upload, user=None, details=DETAILS)
    Submission.objects.update(submitted_at=timezone.now() - timedelta(days=1))

    again = packing.begun(team, phase)

    assert again.pk != upload.pk
    assert not MissingBlob.objects.exists()
    assert TeamBlob.objects.filter(is_submitted=True).count() == 3
    assert hand_in(upload=again, user=None, details=DETAILS)[1]
