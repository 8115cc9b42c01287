"""One large blob in parts: they come in order, and the last one is followed by the verdict."""

import json
from pathlib import Path

import pytest
from django.test import Client

from challenges.blobs import site_blobs
from challenges.models import Team
from evaluator.partial_blobs import sizes_of
from tests import packing
from tests.unit.evaluator.disks import FillUp, fill_up
from tests.unit.web.api.conftest import error_of, stored
from tests.unit.web.api.uploading import begin, digests, missing, send_pack, send_part

__all__ = ["fill_up"]

pytestmark = pytest.mark.django_db

MIB = 1024**2
LARGE = b"0123456789" * 10
FILES = {"large.npy": LARGE, "small.npy": b"small"}


def test_parts_in_order_become_the_blob(grace: Client, blobs: Path) -> None:
    upload = begin(grace, FILES)

    answers = [
        send_part(grace, upload["id"], LARGE, slice(0, 40)),
        send_part(grace, upload["id"], LARGE, slice(40, 41), offset=40),
        send_part(grace, upload["id"], LARGE, slice(41, None), offset=41),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [json.loads(answer.content)["received"] for answer in answers] == [40, 41, 100]
    assert site_blobs().local_path(packing.digest_of(LARGE)).read_bytes() == LARGE
    assert missing(grace, upload["id"]) == digests(b"small")
    assert len(stored(blobs)) == 1


@pytest.mark.parametrize("offset", [0, 39, 41])
def test_a_part_from_elsewhere_is_told_where_to_go_on(grace: Client, offset: int) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 40))

    response = send_part(grace, upload["id"], LARGE, slice(offset, offset + 10), offset)

    assert (response.status_code, error_of(response)["code"]) == (409, "offset-mismatch")
    assert error_of(response)["details"] == {"offset": 40}


def test_a_last_part_whose_answer_was_lost_can_be_asked_about(grace: Client) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE)

    again = send_part(grace, upload["id"], LARGE, slice(50, None), offset=50)
    at_its_end = send_part(grace, upload["id"], LARGE, slice(100, None), offset=100)

    assert (again.status_code, error_of(again)["details"]) == (409, {"offset": 100})
    assert json.loads(at_its_end.content) == {"received": 100}


def test_what_came_before_the_site_was_killed_is_verified_when_it_is_asked_about(
    grace: Client, team: Team
) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 99))
    partial = site_blobs().partials / str(team.pk) / packing.digest_of(LARGE)
    with partial.open("ab") as file:
        file.write(LARGE[99:])  # all came, and nobody had the time to look at it

    response = send_part(grace, upload["id"], LARGE, slice(100, None), offset=100)

    assert json.loads(response.content) == {"received": 100}
    assert site_blobs().contains(packing.digest_of(LARGE))


def test_bytes_with_another_digest_are_thrown_away(grace: Client, team: Team) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 90))
    digest = packing.digest_of(LARGE)

    response = grace.put(
        f"/api/v1/uploads/{upload['id']}/blobs/{digest}?offset=90",
        b"9876543210",
        content_type="application/octet-stream",
    )

    assert (response.status_code, error_of(response)["code"]) == (422, "blob-mismatch")
    assert sizes_of(site_blobs(), str(team.pk)) == {}
    assert send_part(grace, upload["id"], LARGE).status_code == 200


def test_more_bytes_than_the_blob_has_are_refused_and_what_was_here_stays(
    grace: Client, team: Team
) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 90))
    digest = packing.digest_of(LARGE)

    response = grace.put(
        f"/api/v1/uploads/{upload['id']}/blobs/{digest}?offset=90",
        b"0123456789!",
        content_type="application/octet-stream",
    )

    assert (response.status_code, error_of(response)["code"]) == (422, "blob-mismatch")
    assert sizes_of(site_blobs(), str(team.pk)) == {digest: 90}


def test_a_blob_of_no_file_of_the_upload_is_refused(grace: Client) -> None:
    upload = begin(grace, FILES)

    response = send_part(grace, upload["id"], b"nobody asked for it")

    assert (response.status_code, error_of(response)["code"]) == (422, "blob-mismatch")


@pytest.mark.parametrize(
    ("digest", "query"),
    [
        ("0" * 63, ""),
        ("G" * 64, ""),
        ("..%2F" * 12 + "abcd", ""),
        (packing.digest_of(LARGE), "?offset=-1"),
        (packing.digest_of(LARGE), "?offset=x"),
    ],
)
def test_what_is_no_digest_or_no_offset_is_refused(
    grace: Client, blobs: Path, digest: str, query: str
) -> None:
    upload = begin(grace, FILES)

    response = grace.put(
        f"/api/v1/uploads/{upload['id']}/blobs/{digest}{query}", LARGE, content_type="a/b"
    )

    assert response.status_code in {404, 422}
    assert stored(blobs) == []


def test_a_part_that_is_too_large_is_refused_before_it_is_read(grace: Client) -> None:
    upload = begin(grace, FILES)

    response = grace.put(
        f"/api/v1/uploads/{upload['id']}/blobs/{packing.digest_of(LARGE)}?offset=0",
        b"",
        content_type="application/octet-stream",
        CONTENT_LENGTH=str(8 * MIB + 1),
    )

    assert (response.status_code, error_of(response)["code"]) == (413, "body-too-large")


def test_a_full_disk_is_507_and_keeps_what_came_before(
    grace: Client, team: Team, fill_up: FillUp
) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 40))
    fill_up(7)

    response = send_part(grace, upload["id"], LARGE, slice(40, None), offset=40)

    assert (response.status_code, error_of(response)["code"]) == (507, "storage-full")
    assert sizes_of(site_blobs(), str(team.pk)) == {packing.digest_of(LARGE): 40}


def test_what_is_half_here_is_gone_on_with_by_another_upload_of_the_team(grace: Client) -> None:
    first = begin(grace, FILES)
    send_part(grace, first["id"], LARGE, slice(0, 40))

    second = begin(grace, {**FILES, "new.npy": b"new"})
    response = send_part(grace, second["id"], LARGE, slice(40, None), offset=40)

    assert json.loads(response.content) == {"received": 100}
    assert missing(grace, first["id"]) == digests(b"small")


def test_a_blob_that_came_half_in_parts_can_come_in_a_pack(grace: Client, blobs: Path) -> None:
    upload = begin(grace, FILES)
    send_part(grace, upload["id"], LARGE, slice(0, 40))

    response = send_pack(grace, upload["id"], packing.pack([LARGE]))

    assert json.loads(response.content)["received"] == 1
    assert missing(grace, upload["id"]) == digests(b"small")
    assert len(stored(blobs)) == 1
