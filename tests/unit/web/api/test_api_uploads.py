"""Beginning, showing and ending uploads over the API, and who may."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, Team, Upload, User
from tests import factories, packing
from tests.unit.web.api.conftest import AsUser, error_of
from tests.unit.web.api.uploading import UPLOADS, announce, begin, digests, missing, send_pack

pytestmark = pytest.mark.django_db

MIB = 1024**2


def test_a_list_of_files_begins_an_upload(grace: Client, member: User, team: Team) -> None:
    response = announce(grace, packing.listing())

    upload = json.loads(response.content)
    assert response.status_code == 201
    assert upload == {
        "id": upload["id"],
        "challenge": "rain",
        "phase": "main",
        "name": "rain.zarr",
        "state": "open",
        "expires_at": upload["expires_at"],
        "files": 3,
        "bytes": 21,
        "missing_files": 3,
        "missing_bytes": 21,
        "pack_bytes": 32 * MIB,
        "part_bytes": 8 * MIB,
        "submission": None,
    }
    waits = datetime.fromisoformat(upload["expires_at"]) - timezone.now()
    assert timedelta(days=6.9) < waits < timedelta(days=7)
    row = Upload.objects.get()
    assert (str(row.pk), row.team, row.user) == (upload["id"], team, member)


def test_the_same_list_again_gives_the_same_upload_and_what_it_lacks(grace: Client) -> None:
    first = begin(grace)
    send_pack(grace, first["id"], packing.pack([b"{}"]))

    response = announce(grace, packing.listing())

    again = json.loads(response.content)
    assert response.status_code == 200
    assert (again["id"], again["missing_files"], again["missing_bytes"]) == (first["id"], 2, 19)


def test_an_upload_shows_how_much_is_missing(grace: Client) -> None:
    upload = begin(grace)
    send_pack(grace, upload["id"], packing.pack([b"{}"]))

    shown = grace.get(f"/api/v1/uploads/{upload['id']}").json()

    assert (shown["state"], shown["missing_files"], shown["missing_bytes"]) == ("open", 2, 19)


def test_an_expired_upload_says_so_and_takes_nothing(grace: Client) -> None:
    upload = begin(grace)
    Upload.objects.update(expires_at=timezone.now())

    shown = grace.get(f"/api/v1/uploads/{upload['id']}").json()
    response = send_pack(grace, upload["id"], packing.pack())

    assert shown["state"] == "expired"
    assert (response.status_code, error_of(response)["code"]) == (404, "upload-expired")


def test_missing_blobs_come_in_ascending_order_page_by_page(grace: Client) -> None:
    files = {f"c/{number}": f"chunk {number}".encode() for number in range(25)}
    upload = begin(grace, files)
    address = f"/api/v1/uploads/{upload['id']}/missing?limit=10"

    pages = [grace.get(address).json()]
    while pages[-1]["next"] is not None:
        pages.append(grace.get(f"{address}&after={pages[-1]['next']}").json())

    assert [len(page["digests"]) for page in pages] == [10, 10, 5]
    found = [digest for page in pages for digest in page["digests"]]
    assert found == sorted(digests(*files.values()))


def test_half_a_blob_is_told_with_its_bytes(grace: Client) -> None:
    upload = begin(grace)
    chunk = packing.digest_of(b"chunk one")
    grace.put(
        f"/api/v1/uploads/{upload['id']}/blobs/{chunk}?offset=0",
        b"chun",
        content_type="application/octet-stream",
    )

    page = grace.get(f"/api/v1/uploads/{upload['id']}/missing").json()

    assert page["partial"] == {chunk: 4}
    assert chunk in page["digests"]


@pytest.mark.parametrize("query", ["after=x", "limit=0", "limit=10001", "after=" + "G" * 64])
def test_a_page_that_means_nothing_is_422(grace: Client, query: str) -> None:
    upload = begin(grace)

    response = grace.get(f"/api/v1/uploads/{upload['id']}/missing?{query}")

    assert response.status_code == 422
    assert error_of(response)["code"] == "request-invalid"


def test_an_upload_can_be_ended(grace: Client) -> None:
    upload = begin(grace)

    response = grace.delete(f"/api/v1/uploads/{upload['id']}")

    assert response.status_code == 204
    assert grace.get(f"/api/v1/uploads/{upload['id']}").status_code == 404
    assert send_pack(grace, upload["id"], packing.pack()).status_code == 404


def test_nobody_begins_an_upload_without_signing_in(client: Client, phase: Phase) -> None:  # noqa: ARG001 - is there
    response = announce(client, packing.listing())

    assert (response.status_code, error_of(response)["code"]) == (401, "not-signed-in")


def test_a_stranger_is_told_to_join(stranger: User, as_user: AsUser, phase: Phase) -> None:  # noqa: ARG001 - as above
    response = announce(as_user(stranger), packing.listing())

    assert (response.status_code, error_of(response)["code"]) == (403, "not-taking-part")


def test_a_phase_that_does_not_exist_is_404(grace: Client) -> None:
    response = grace.post(
        UPLOADS.replace("main", "final"), packing.listing(), content_type="application/json"
    )

    assert response.status_code == 404


@pytest.mark.parametrize("who", ["stranger", "other team", "organiser"])
def test_the_upload_of_a_team_does_not_exist_for_others(
    grace: Client, phase: Phase, organiser: User, as_user: AsUser, who: str
) -> None:
    upload = begin(grace)
    users = {
        "stranger": factories.make_user(name="Mallory"),
        "other team": factories.make_membership(phase.challenge).user,
        "organiser": organiser,
    }
    other, address = as_user(users[who]), f"/api/v1/uploads/{upload['id']}"
    blob = packing.digest_of(b"chunk one")

    answers = [
        other.get(address),
        other.get(f"{address}/missing"),
        send_pack(other, upload["id"], packing.pack()),
        other.put(f"{address}/blobs/{blob}", b"chunk one", content_type="a/b"),
        other.delete(address),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert missing(grace, upload["id"]) == digests(*packing.STORE.values())


def test_another_member_of_the_team_goes_on_with_its_upload(
    grace: Client, team: Team, as_user: AsUser
) -> None:
    upload = begin(grace)
    friend = factories.make_user(name="Edsger")
    joined = team.memberships.get()
    team.memberships.create(
        challenge=team.challenge, user=friend, accepted_revision=joined.accepted_revision
    )

    response = send_pack(as_user(friend), upload["id"], packing.pack())

    assert response.status_code == 200
    assert begin(as_user(friend))["id"] == upload["id"]


def test_a_session_needs_the_proof_that_our_page_sent_the_request(member: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member, "django.contrib.auth.backends.ModelBackend")

    response = announce(browser, packing.listing())

    assert (response.status_code, error_of(response)["code"]) == (403, "csrf-refused")


@pytest.mark.parametrize("files", [3, 300])
def test_an_upload_takes_a_fixed_number_of_queries(
    grace: Client, files: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store = {f"c/{number}": f"chunk {number}".encode() for number in range(files)}
    begin(grace, {"a": b"whatever is asked once is asked now"})

    with django_assert_max_num_queries(32):
        upload = begin(grace, store)
    with django_assert_max_num_queries(22):
        send_pack(grace, upload["id"], packing.pack(store.values()))
    with django_assert_max_num_queries(8):
        missing(grace, upload["id"])
