"""Handing an upload in, and requests that come again with their Idempotency-Key."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.models import Phase, Submission, Upload, User
from tests import factories, packing
from tests.unit.web.api.conftest import SUBMISSIONS, AsUser, error_of
from tests.unit.web.api.uploading import announce, begin, send_pack

pytestmark = pytest.mark.django_db


def hand_in(client: Client, upload: object, key: str | None = None, **said: Any) -> HttpResponse:
    body = json.dumps({"upload": upload, **said})
    headers = {"idempotency-key": key} if key is not None else {}
    response = client.post(SUBMISSIONS, body, content_type="application/json", headers=headers)
    assert isinstance(response, HttpResponse)
    return response


@pytest.fixture
def upload(grace: Client) -> str:
    """The number of an upload that is whole."""
    begun = begin(grace)
    send_pack(grace, begun["id"], packing.pack())
    return str(begun["id"])


def test_an_upload_becomes_a_submission(grace: Client, upload: str) -> None:
    response = hand_in(grace, upload, method=" trees ", description="Many trees.\n", metadata={})

    created = json.loads(response.content)
    submission = Submission.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == created["url"] == f"/api/v1/submissions/{submission.pk}"
    assert created["sha256"] == packing.manifest_of(packing.STORE).digest
    assert (created["filename"], created["size"]) == ("rain.zarr", 21)
    assert (submission.method, submission.description) == ("trees", "Many trees.")
    shown = grace.get(f"/api/v1/uploads/{upload}").json()
    assert (shown["state"], shown["submission"]) == ("finished", str(submission.pk))
    assert grace.get(created["url"]).json()["status"] == "queued"


def test_an_upload_of_one_file_tells_its_digest(grace: Client) -> None:
    begun = begin(grace, {"rain.csv": factories.TRUTH})
    send_pack(grace, begun["id"], packing.pack([factories.TRUTH]))

    created = json.loads(hand_in(grace, begun["id"]).content)

    assert created["sha256"] == packing.digest_of(factories.TRUTH)


def test_handing_in_again_is_200_and_the_same_submission(grace: Client, upload: str) -> None:
    first = hand_in(grace, upload, method="trees")
    second = hand_in(grace, upload, method="forests")

    assert (first.status_code, second.status_code) == (201, 200)
    assert json.loads(first.content)["id"] == json.loads(second.content)["id"]
    assert first.headers["Location"] == second.headers["Location"]
    assert Submission.objects.get().method == "trees"


def test_the_same_submission_is_told_when_the_phase_has_closed_since(
    grace: Client, upload: str
) -> None:
    hand_in(grace, upload)
    Phase.objects.update(closes_at=timezone.now())

    assert hand_in(grace, upload).status_code == 200


def test_an_upload_that_is_not_whole_is_409_and_says_how_much_is_missing(grace: Client) -> None:
    begun = begin(grace)
    send_pack(grace, begun["id"], packing.pack([b"{}"]))

    response = hand_in(grace, begun["id"])

    assert (response.status_code, error_of(response)["code"]) == (409, "upload-incomplete")
    assert error_of(response)["details"] == {"missing_files": 2, "missing_bytes": 19}


def test_an_expired_upload_is_404(grace: Client, upload: str) -> None:
    Upload.objects.update(expires_at=timezone.now())

    response = hand_in(grace, upload)

    assert (response.status_code, error_of(response)["code"]) == (404, "upload-expired")


@pytest.mark.parametrize("upload", ["00000000-0000-0000-0000-000000000007"])
def test_an_upload_that_does_not_exist_is_404(grace: Client, upload: str) -> None:
    assert hand_in(grace, upload).status_code == 404


def test_an_upload_of_another_team_is_404(
    grace: Client,  # noqa: ARG001 - whose upload it is
    upload: str,
    phase: Phase,
    as_user: AsUser,
) -> None:
    other = as_user(factories.make_membership(phase.challenge).user)

    assert hand_in(other, upload).status_code == 404
    assert not Submission.objects.exists()


def test_a_stranger_hands_nothing_in(upload: str, stranger: User, as_user: AsUser) -> None:
    response = hand_in(as_user(stranger), upload)

    assert (response.status_code, error_of(response)["code"]) == (403, "not-taking-part")


def test_a_quota_that_is_used_up_is_429_and_the_upload_waits(grace: Client, upload: str) -> None:
    for _ in range(5):
        grace.post(SUBMISSIONS, {"file": SimpleUploadedFile("rain.csv", factories.TRUTH)})

    response = hand_in(grace, upload)
    Submission.objects.update(submitted_at=timezone.now() - timedelta(days=1))
    for submission in Submission.objects.all():
        factories.finish(submission, factories.scored({"accuracy": 0.5}))

    assert (response.status_code, error_of(response)["code"]) == (429, "too-many-in-flight")
    assert hand_in(grace, upload).status_code == 201


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"method": "x" * 81}, "method"),
        ({"method": "a\u0000b"}, "method"),
        ({"description": "x" * 4001}, "description"),
        ({"metadata": "{}"}, "metadata"),
        ({"comment": "?"}, "comment"),
    ],
)
def test_a_field_that_means_nothing_is_named(
    grace: Client, upload: str, said: dict[str, Any], field: str
) -> None:
    response = hand_in(grace, upload, **said)

    assert (response.status_code, error_of(response)["code"]) == (422, "request-invalid")
    assert list(error_of(response)["details"]) == [field]


@pytest.mark.parametrize("upload", [None, 7, "../7", {}])
def test_what_is_no_number_of_an_upload_is_422(grace: Client, upload: object) -> None:
    assert hand_in(grace, upload).status_code == 422


def test_a_body_that_is_no_json_is_400(grace: Client) -> None:
    response = grace.post(SUBMISSIONS, b"{upload", content_type="application/json")

    assert (response.status_code, error_of(response)["code"]) == (400, "request-malformed")


def test_metadata_that_does_not_fit_is_422_and_the_upload_waits(grace: Client, upload: str) -> None:
    response = hand_in(grace, upload, metadata={"gpus": 8})

    assert (response.status_code, error_of(response)["code"]) == (422, "metadata-invalid")
    assert hand_in(grace, upload).status_code == 201


def test_handing_in_takes_a_fixed_number_of_queries(
    grace: Client, upload: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    grace.get("/api/v1/me")

    with django_assert_max_num_queries(36):
        hand_in(grace, upload)


def test_a_request_that_comes_again_is_answered_alike(grace: Client, upload: str) -> None:
    first = hand_in(grace, upload, key="k1", method="trees")
    second = hand_in(grace, upload, key="k1", method="trees")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["Location"] == second.headers["Location"]


def test_a_key_with_another_request_is_422(grace: Client, upload: str) -> None:
    hand_in(grace, upload, key="k1", method="trees")

    response = hand_in(grace, upload, key="k1", method="forests")

    assert (response.status_code, error_of(response)["code"]) == (422, "idempotency-key-reused")


def test_a_refusal_is_not_kept(grace: Client) -> None:
    begun = begin(grace)
    refusal = hand_in(grace, begun["id"], key="k1")
    send_pack(grace, begun["id"], packing.pack())

    assert refusal.status_code == 409
    assert hand_in(grace, begun["id"], key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(grace: Client, upload: str, key: str) -> None:
    response = hand_in(grace, upload, key=key)

    assert response.status_code == 422
    assert not Submission.objects.exists()


def test_a_file_that_comes_again_with_its_key_is_handed_in_once(grace: Client) -> None:
    answers = [
        grace.post(
            SUBMISSIONS,
            {"file": SimpleUploadedFile("rain.csv", factories.TRUTH), "method": method},
            headers={"idempotency-key": "k1"},
        )
        for method in ("trees", "trees", "forests")
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[0].content == answers[1].content
    assert Submission.objects.count() == 1


def test_an_upload_that_begins_again_with_its_key_is_answered_alike(grace: Client) -> None:
    answers = [
        announce(grace, packing.listing(), idempotency_key="k1"),
        announce(grace, packing.listing(), idempotency_key="k1"),
        announce(grace, packing.listing({"a": b"rain"}), idempotency_key="k1"),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[0].content == answers[1].content
    assert Upload.objects.count() == 1
