"""Beginning an upload: what is missing is what this team has not sent, and limits hold."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from challenges.blobs import site_blobs
from challenges.errors import (
    ChallengeError,
    PhaseClosed,
    TooManyInFlight,
    UploadEmpty,
    UploadNameInvalid,
    UploadTooLarge,
)
from challenges.models import Challenge, MissingBlob, Phase, Team, TeamBlob, Upload, UploadState
from challenges.selectors.uploads import missing, missing_page
from challenges.services.receiving import take_part
from challenges.services.upload_room import MAX_UPLOADS
from challenges.services.uploads import Announced, begin, forget
from challenges.upload_errors import ManifestInvalid, TooMuchUnfinished, UploadFinished
from evaluator.manifests import FileEntry, Manifest
from tests import factories, packing
from tests.packing import send

pytestmark = pytest.mark.django_db

MIB = 1024**2


@pytest.fixture(autouse=True)
def _own_store(settings: Settings, tmp_path: Path) -> None:
    settings.AGON_BLOBS = (tmp_path / "blobs").as_uri()


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path / "folder")


@pytest.fixture
def phase(challenge: Challenge) -> Phase:
    return factories.only_phase(challenge)


@pytest.fixture
def team(challenge: Challenge) -> Team:
    return factories.make_team(challenge, "Owls")


def lacking(upload: Upload) -> set[str]:
    return set(missing_page(upload, after="", limit=1000).digests)


def digests(*contents: bytes) -> set[str]:
    return {packing.digest_of(content) for content in contents}


def announced(files: dict[str, bytes], name: str = "rain.zarr") -> Announced:
    return Announced(name, packing.manifest_of(files))


def test_of_a_new_upload_everything_is_missing(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)

    found = missing(upload)
    assert (found.files, found.size_bytes) == (3, 2 + 10 + 9)
    assert lacking(upload) == digests(*packing.STORE.values())
    assert upload.state is UploadState.OPEN


def test_what_several_files_share_is_missing_once(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase, {"a/0": b"zero", "a/1": b"zero"})

    assert (upload.files, upload.size_bytes) == (2, 8)
    assert (missing(upload).files, missing(upload).size_bytes) == (1, 4)


def test_the_same_files_are_the_same_upload(team: Team, phase: Phase) -> None:
    first, is_new = begin(team=team, phase=phase, user=None, announced=announced({"a": b"rain"}))
    again, is_newer = begin(
        team=team, phase=phase, user=None, announced=announced({"a": b"rain"}, "better.zarr")
    )

    assert (is_new, is_newer) == (True, False)
    assert again.pk == first.pk
    assert Upload.objects.get().name == "better.zarr"


def test_other_files_are_another_upload_that_lacks_only_what_is_new(
    team: Team, phase: Phase
) -> None:
    first = packing.begun(team, phase)
    send(first, b"{}", b"chunk zero")

    second = packing.begun(team, phase, {**packing.STORE, "rain.zarr/c/1": b"better"})

    assert second.pk != first.pk
    assert lacking(second) == digests(b"better")
    assert lacking(first) == digests(b"chunk one")


def test_what_comes_for_one_upload_is_missing_in_no_other_of_the_team(
    team: Team, phase: Phase
) -> None:
    first, second = packing.begun(team, phase), packing.begun(team, phase, {"a": b"chunk one"})

    send(second, b"chunk one")

    assert lacking(first) == digests(b"{}", b"chunk zero")
    assert missing(second).files == 0


def test_naming_the_digest_of_the_truth_does_not_hand_it_in(team: Team, phase: Phase) -> None:
    assert site_blobs().contains(packing.digest_of(factories.TRUTH))

    upload = packing.begun(team, phase, {"rain.csv": factories.TRUTH})

    assert lacking(upload) == digests(factories.TRUTH)


def test_what_another_team_has_sent_is_missing_all_the_same(team: Team, phase: Phase) -> None:
    others = packing.begun(factories.make_team(phase.challenge, "Cats"), phase)
    send(others, *packing.STORE.values())

    assert lacking(packing.begun(team, phase)) == digests(*packing.STORE.values())


def test_what_the_store_has_lost_is_asked_for_again(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    send(upload, *packing.STORE.values())
    site_blobs().local_path(packing.digest_of(b"chunk one")).unlink()

    again = packing.begun(team, phase)

    assert again.pk == upload.pk
    assert lacking(again) == digests(b"chunk one")


def test_an_upload_that_expired_goes_on_when_it_is_begun_again(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    send(upload, b"{}")
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    upload.refresh_from_db()
    was = upload.state

    again = packing.begun(team, phase)

    assert was is UploadState.EXPIRED
    assert (again.pk, again.state) == (upload.pk, UploadState.OPEN)
    assert lacking(again) == digests(b"chunk zero", b"chunk one")


def test_each_byte_postpones_the_end(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    soon = timezone.now() + timedelta(minutes=1)
    Upload.objects.update(expires_at=soon)

    send(upload, b"{}")
    upload.refresh_from_db()

    assert upload.expires_at > soon + timedelta(days=6)


def test_a_digest_with_another_size_than_the_blob_is_refused(team: Team, phase: Phase) -> None:
    send(packing.begun(team, phase), b"chunk one")
    entry = FileEntry(path="a", size=1, sha256=packing.digest_of(b"chunk one"))

    with pytest.raises(ManifestInvalid, match="has 9 bytes, not 1"):
        begin(
            team=team,
            phase=phase,
            user=None,
            announced=Announced("a.zarr", Manifest(files=(entry,))),
        )

    assert Upload.objects.count() == 1


def test_one_digest_with_two_sizes_is_refused(team: Team, phase: Phase) -> None:
    digest = packing.digest_of(b"rain")
    files = (FileEntry(path="a", size=4, sha256=digest), FileEntry(path="b", size=5, sha256=digest))

    with pytest.raises(ManifestInvalid, match="4 and 5 bytes"):
        begin(team=team, phase=phase, user=None, announced=Announced("a", Manifest(files=files)))


@pytest.mark.parametrize(
    "paths", [("c", "c/0"), ("C", "c/0"), ("a/b/c/d", "a/b"), ("x/STRASSE", "x/straße/0")]
)
def test_a_file_that_is_another_ones_folder_is_refused(
    team: Team, phase: Phase, paths: tuple[str, str]
) -> None:
    with pytest.raises(ManifestInvalid, match="is a file and a folder"):
        packing.begun(team, phase, dict.fromkeys(paths, b"rain"))


@pytest.mark.parametrize("name", ["", "a/b", "..", "a\\b", "a:b", "\ud800", "x" * 2000])
def test_a_name_that_is_no_file_name_is_refused(team: Team, phase: Phase, name: str) -> None:
    with pytest.raises(UploadNameInvalid):
        begin(team=team, phase=phase, user=None, announced=announced({"a": b"rain"}, name))


@pytest.mark.parametrize("files", [{}, {"a": b""}])
def test_an_upload_without_bytes_is_refused(
    team: Team, phase: Phase, files: dict[str, bytes]
) -> None:
    with pytest.raises(UploadEmpty):
        packing.begun(team, phase, files)


def test_an_empty_file_beside_others_is_fine(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase, {"a": b"rain", "b": b""})
    send(upload, b"rain", b"")

    assert missing(upload).files == 0


def test_the_limit_of_the_phase_holds_for_all_files_together(team: Team, phase: Phase) -> None:
    half = b"x" * (MIB // 2)
    packing.begun(team, phase, {"a": half, "b": half})

    with pytest.raises(UploadTooLarge):
        packing.begun(team, phase, {"a": half, "b": half, "c": b"!"})


def test_a_phase_that_is_closed_takes_no_beginning(team: Team, phase: Phase) -> None:
    phase.closes_at = timezone.now()

    with pytest.raises(PhaseClosed):
        packing.begun(team, phase)


def test_a_team_without_a_place_is_told_before_it_sends(team: Team, phase: Phase) -> None:
    for _ in range(5):
        factories.make_submission(phase, team)

    with pytest.raises(TooManyInFlight):
        packing.begun(team, phase)


def test_a_refusal_leaves_nothing_behind(team: Team, phase: Phase) -> None:
    with pytest.raises(ChallengeError):
        packing.begun(team, phase, {"c": b"rain", "c/0": b"rain"})

    assert not Upload.objects.exists()
    assert not MissingBlob.objects.exists()


def test_a_team_sends_a_bounded_number_of_uploads_at_once(team: Team, phase: Phase) -> None:
    for number in range(MAX_UPLOADS):
        packing.begun(team, phase, {"a": f"{number}".encode()})

    with pytest.raises(TooMuchUnfinished, match=f"sending {MAX_UPLOADS} uploads at once"):
        packing.begun(team, phase, {"a": b"one more"})

    assert Upload.objects.count() == MAX_UPLOADS


def test_an_upload_that_rests_gives_its_place_to_a_new_one(team: Team, phase: Phase) -> None:
    resting = packing.begun(team, phase)
    for number in range(MAX_UPLOADS - 1):
        packing.begun(team, phase, {"a": f"{number}".encode()})
    earlier = resting.expires_at - timedelta(hours=2)
    Upload.objects.filter(pk=resting.pk).update(expires_at=earlier)

    packing.begun(team, phase, {"a": b"one more"})

    assert not Upload.objects.filter(pk=resting.pk).exists()
    assert Upload.objects.count() == MAX_UPLOADS


def test_a_team_keeps_a_bounded_number_of_bytes_that_nothing_uses(team: Team, phase: Phase) -> None:
    for number in range(10):
        content = bytes([number]) * MIB
        upload = packing.begun(team, phase, {"a": content})
        send(upload, content)
        forget(upload=upload)

    with pytest.raises(TooMuchUnfinished, match=r"11\.0 MiB .* 10\.0 MiB may be"):
        packing.begun(team, phase, {"a": b"x" * MIB})

    assert TeamBlob.objects.count() == 10


def test_bytes_of_half_a_blob_count_too(team: Team, phase: Phase) -> None:
    for number in range(10):
        content = bytes([number]) * MIB
        upload = packing.begun(team, phase, {"a": content})
        take_part(
            upload=upload,
            sha256=packing.digest_of(content),
            offset=0,
            length=MIB - 1,
            pieces=[memoryview(content)[1:]],
        )
        forget(upload=upload)

    with pytest.raises(TooMuchUnfinished):
        packing.begun(team, phase, {"a": b"x" * MIB})


def test_a_forgotten_upload_is_gone_but_what_has_come_is_not(team: Team, phase: Phase) -> None:
    upload = packing.begun(team, phase)
    send(upload, b"chunk one")

    forget(upload=upload)

    assert not Upload.objects.exists()
    assert lacking(packing.begun(team, phase)) == digests(b"{}", b"chunk zero")
    with pytest.raises(UploadFinished):
        forget(upload=upload)
