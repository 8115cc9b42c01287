"""Packs: many small blobs in one request; whole ones before some trouble are kept."""

import json
import struct
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from challenges.blobs import site_blobs
from challenges.models import TeamBlob, Upload
from tests import packing
from tests.unit.evaluator.disks import FillUp, fill_up
from tests.unit.web.api.conftest import error_of, stored
from tests.unit.web.api.uploading import begin, digests, missing, send_pack

__all__ = ["fill_up"]

pytestmark = pytest.mark.django_db

MIB = 1024**2


def test_a_pack_brings_its_blobs(grace: Client) -> None:
    upload = begin(grace)

    response = send_pack(grace, upload["id"], packing.pack([b"{}", b"chunk zero"]))

    assert response.status_code == 200
    assert json.loads(response.content) == {
        "received": 2,
        "bytes": 12,
        "missing_files": 1,
        "missing_bytes": 9,
    }
    assert site_blobs().local_path(packing.digest_of(b"chunk zero")).read_bytes() == b"chunk zero"
    assert missing(grace, upload["id"]) == digests(b"chunk one")


def test_a_blob_that_comes_twice_is_kept_once(grace: Client, blobs: Path) -> None:
    upload = begin(grace)
    pack = packing.pack([b"{}", b"{}"])

    answers = [send_pack(grace, upload["id"], pack) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert json.loads(answers[1].content)["missing_files"] == 2
    assert len(stored(blobs)) == 1
    assert TeamBlob.objects.count() == 1


def test_a_pack_without_a_frame_changes_nothing(grace: Client) -> None:
    upload = begin(grace)

    response = grace.post(
        f"/api/v1/uploads/{upload['id']}/packs",
        b"",
        content_type="application/vnd.agon.pack",
        headers={"content-length": "0"},
    )

    assert (response.status_code, response.json()["received"]) == (200, 0)


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (packing.frame(b"nobody asked for it"), "no file of this upload has it"),
        (packing.frame(b"chunk one")[:32] + struct.pack("<Q", 8) + b"chunk on", "9 bytes, not 8"),
        (packing.frame(b"chunk one")[:40] + b"chunk 0ne", "another digest"),
        (packing.frame(b"chunk one")[:32] + struct.pack("<Q", 2**63), "9 bytes, not"),
    ],
)
def test_a_frame_that_is_wrong_ends_the_pack_and_those_before_it_are_kept(
    grace: Client, blobs: Path, frame: bytes, reason: str
) -> None:
    upload = begin(grace)

    response = send_pack(grace, upload["id"], packing.frame(b"{}") + frame + packing.frame(b"more"))

    error = error_of(response)
    assert (response.status_code, error["code"]) == (422, "blob-mismatch")
    assert error["details"]["sha256"] == frame[:32].hex()
    assert reason in error["details"]["reason"]
    assert missing(grace, upload["id"]) == digests(b"chunk zero", b"chunk one")
    assert len(stored(blobs)) == 1


@pytest.mark.parametrize("cut", [1, 9, 10, 30, 49])
def test_a_pack_that_ends_within_a_frame_keeps_the_whole_ones(
    grace: Client, blobs: Path, cut: int
) -> None:
    upload = begin(grace)
    pack = packing.pack([b"{}", b"chunk one"])

    response = send_pack(grace, upload["id"], pack[:-cut] if cut < 49 else pack[:43])

    assert (response.status_code, error_of(response)["code"]) == (400, "pack-cut-off")
    assert missing(grace, upload["id"]) == digests(b"chunk zero", b"chunk one")
    assert len(stored(blobs)) == 1


def test_a_pack_without_a_length_is_refused(grace: Client) -> None:
    upload = begin(grace)

    response = grace.generic("POST", f"/api/v1/uploads/{upload['id']}/packs")

    assert (response.status_code, error_of(response)["code"]) == (411, "length-required")


def test_a_pack_that_is_far_too_large_is_refused_before_it_is_read(grace: Client) -> None:
    upload = begin(grace)

    response = grace.post(
        f"/api/v1/uploads/{upload['id']}/packs",
        b"",
        content_type="application/vnd.agon.pack",
        CONTENT_LENGTH=str(64 * MIB),
    )

    assert (response.status_code, error_of(response)["code"]) == (413, "body-too-large")


def test_many_blobs_are_noted_as_they_come(grace: Client) -> None:
    files = {f"c/{number}": f"{number}".encode() for number in range(5000)}
    upload = begin(grace, files)
    pack = packing.pack(files.values())

    response = send_pack(grace, upload["id"], pack[:-1])

    assert response.status_code == 400
    assert len(missing(grace, upload["id"])) == 1


def test_a_full_disk_is_507_and_leaves_nothing_half_stored(
    grace: Client, blobs: Path, fill_up: FillUp
) -> None:
    upload = begin(grace)
    fill_up(7)

    response = send_pack(grace, upload["id"], packing.pack([b"{}", b"chunk one"]))

    assert (response.status_code, error_of(response)["code"]) == (507, "storage-full")
    assert missing(grace, upload["id"]) == digests(b"chunk zero", b"chunk one")
    assert len(stored(blobs)) == 1


def test_an_upload_that_was_handed_in_takes_no_more(grace: Client) -> None:
    upload = begin(grace)
    send_pack(grace, upload["id"], packing.pack())
    grace.post(
        "/api/v1/challenges/rain/phases/main/submissions",
        {"upload": upload["id"]},
        content_type="application/json",
    )

    response = send_pack(grace, upload["id"], packing.pack())

    assert (response.status_code, error_of(response)["code"]) == (409, "upload-finished")


def test_a_pack_of_an_upload_that_expired_meanwhile_is_not_lost(grace: Client) -> None:
    upload = begin(grace)
    row = Upload.objects.get()
    Upload.objects.update(expires_at=timezone.now() - timedelta(days=1))

    packing.send(row, b"chunk one")  # as a request that had begun before

    assert missing(grace, begin(grace)["id"]) == digests(b"{}", b"chunk zero")
    assert begin(grace)["id"] == upload["id"]
