"""Handing in: what is taken, what is refused, and that refusals leave nothing behind."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.blobs import site_blobs
from challenges.models import Phase, Submission, Team, User
from evaluator.codes import Status
from tests import factories
from tests.unit.web.api.conftest import (
    SUBMISSIONS,
    AsUser,
    assert_nothing_is_left,
    error_of,
    stored,
)

pytestmark = pytest.mark.django_db

MIB = 1024**2


def hand_in(
    client: Client, content: bytes = factories.TRUTH, name: str = "rain.csv", **fields: Any
) -> HttpResponse:
    response = client.post(SUBMISSIONS, {"file": SimpleUploadedFile(name, content), **fields})
    assert isinstance(response, HttpResponse)
    return response


def test_an_upload_becomes_a_queued_submission(grace: Client, team: Team, member: User) -> None:
    response = hand_in(grace, method=" trees ", description="Many trees.\n")

    created = json.loads(response.content)
    submission = Submission.objects.get()
    assert response.status_code == 201
    assert response.headers["Location"] == created["url"] == f"/api/v1/submissions/{submission.pk}"
    assert (created["id"], created["status"]) == (str(submission.pk), "queued")
    assert (submission.team, submission.user) == (team, member)
    assert (submission.method, submission.description) == ("trees", "Many trees.")
    assert submission.evaluations.get().status == Status.QUEUED
    assert site_blobs().local_path(created["sha256"]).read_bytes() == factories.TRUTH
    assert grace.get(created["url"]).json()["queue"]["position"] == 1


def test_the_same_bytes_are_stored_once(grace: Client, blobs: Path) -> None:
    hand_in(grace)
    hand_in(grace)

    assert Submission.objects.count() == 2
    assert len(stored(blobs)) == 1


def test_handing_in_takes_a_fixed_number_of_queries(
    grace: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    hand_in(grace)

    with django_assert_max_num_queries(20):
        hand_in(grace)


def test_nobody_hands_in_without_signing_in(client: Client, blobs: Path) -> None:
    response = hand_in(client)

    assert response.status_code == 401
    assert_nothing_is_left(blobs)


def test_a_stranger_is_told_to_join(stranger: User, as_user: AsUser, blobs: Path) -> None:
    response = hand_in(as_user(stranger))

    assert response.status_code == 403
    assert error_of(response)["code"] == "not-taking-part"
    assert_nothing_is_left(blobs)


@pytest.mark.parametrize("path", ["snow/phases/main", "rain/phases/final"])
def test_a_phase_that_does_not_exist_is_404(grace: Client, path: str) -> None:
    response = grace.post(f"/api/v1/challenges/{path}/submissions")

    assert response.status_code == 404
    error_of(response)


def test_a_phase_takes_nothing_before_it_opens(grace: Client, phase: Phase, blobs: Path) -> None:
    opens_at = timezone.now() + timedelta(minutes=1)
    Phase.objects.filter(pk=phase.pk).update(opens_at=opens_at)

    response = hand_in(grace)

    assert response.status_code == 403
    assert error_of(response)["code"] == "phase-not-open"
    assert f"{opens_at:%Y-%m-%d %H:%M:%S} UTC" in error_of(response)["message"]
    assert_nothing_is_left(blobs)


def test_a_phase_takes_uploads_from_its_first_instant(grace: Client, phase: Phase) -> None:
    Phase.objects.filter(pk=phase.pk).update(opens_at=timezone.now())

    assert hand_in(grace).status_code == 201


def test_a_phase_takes_nothing_from_the_instant_it_closes(
    grace: Client, phase: Phase, blobs: Path
) -> None:
    Phase.objects.filter(pk=phase.pk).update(closes_at=timezone.now())

    response = hand_in(grace)

    assert response.status_code == 403
    assert error_of(response)["code"] == "phase-closed"
    assert_nothing_is_left(blobs)


def test_a_used_up_day_says_when_to_come_back(grace: Client, phase: Phase, team: Team) -> None:
    for _ in range(5):
        factories.make_scored(phase, team)

    response = hand_in(grace)

    assert response.status_code == 429
    assert error_of(response)["code"] == "submission-quota-exceeded"
    assert error_of(response)["details"]["retry_at"].endswith("T00:00:00+00:00")
    assert Submission.objects.count() == 5


def test_too_many_at_once_are_refused(grace: Client, phase: Phase, team: Team) -> None:
    for _ in range(5):
        factories.make_submission(phase, team)

    response = hand_in(grace)

    assert response.status_code == 429
    assert error_of(response)["code"] == "too-many-in-flight"


@pytest.mark.parametrize("fields", [{}, {"file": ""}, {"data": SimpleUploadedFile("a.csv", b"1")}])
def test_a_form_without_the_file_is_refused(
    grace: Client, blobs: Path, fields: dict[str, Any]
) -> None:
    response = grace.post(SUBMISSIONS, fields)

    assert response.status_code == 422
    assert_nothing_is_left(blobs)


def test_an_empty_file_is_refused(grace: Client, blobs: Path) -> None:
    response = hand_in(grace, b"")

    assert response.status_code == 422
    assert error_of(response)["code"] == "upload-empty"
    assert_nothing_is_left(blobs)


def test_two_files_are_refused(grace: Client, blobs: Path) -> None:
    files = [SimpleUploadedFile(name, b"1") for name in ("a.csv", "b.csv")]

    response = grace.post(SUBMISSIONS, {"file": files})

    assert response.status_code == 422
    assert "archive" in error_of(response)["details"]["file"]
    assert_nothing_is_left(blobs)


def test_a_file_over_the_limit_is_refused_while_it_streams(grace: Client, blobs: Path) -> None:
    response = hand_in(grace, b"x" * (MIB + 1))

    assert response.status_code == 413
    assert error_of(response)["code"] == "upload-too-large"
    assert_nothing_is_left(blobs)


def test_a_file_of_exactly_the_limit_is_taken(grace: Client) -> None:
    assert hand_in(grace, b"x" * MIB).status_code == 201


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"method": "x" * 81}, "request-invalid", "method"),
        ({"method": "tr\x00ees"}, "request-invalid", "method"),
        ({"description": "x" * 4001}, "request-invalid", "description"),
        ({"colour": "blue"}, "request-invalid", "colour"),
        ({"metadata": "{"}, "request-invalid", "metadata"),
        ({"metadata": "[]"}, "request-invalid", "metadata"),
        ({"metadata": '{"a": NaN}'}, "request-invalid", "metadata"),
        ({"metadata": '{"a": "\\u0000"}'}, "request-invalid", "metadata"),
        ({"metadata": '{"a": "\\ud800"}'}, "request-invalid", "metadata"),
        ({"metadata": "[" * 50_000}, "request-invalid", "metadata"),
        ({"metadata": '{"seed": 1}'}, "metadata-invalid", "details"),
    ],
)
def test_wrong_details_are_refused_by_name_and_the_file_is_not_kept(
    grace: Client, blobs: Path, fields: dict[str, Any], code: str, field: str
) -> None:
    response = hand_in(grace, **fields)

    assert response.status_code == 422
    assert error_of(response)["code"] == code
    assert list(error_of(response)["details"]) == [field]
    assert_nothing_is_left(blobs)


def test_metadata_is_kept_as_the_challenge_asks(tmp_path: Path, as_user: AsUser) -> None:
    schema = {"type": "object", "properties": {"seed": {"type": "integer"}}}
    data = factories.config() | {"metadata_schema": schema}
    membership = factories.make_membership(factories.make_challenge(tmp_path, data))
    client = as_user(membership.user)

    taken = hand_in(client, metadata='{"seed": 17}')
    refused = hand_in(client, metadata='{"seed": "many"}')

    assert taken.status_code == 201
    assert Submission.objects.get().metadata == {"seed": 17}
    assert error_of(refused)["code"] == "metadata-invalid"


@pytest.mark.parametrize("kind", ["application/json", "text/csv", "multipart/form-data"])
def test_a_body_that_is_no_form_is_refused(grace: Client, blobs: Path, kind: str) -> None:
    response = grace.post(SUBMISSIONS, b"id,rain\n", content_type=kind)

    assert response.status_code == 400
    assert error_of(response)["code"] == "request-malformed"
    assert_nothing_is_left(blobs)


def test_a_browser_uploads_with_its_session_and_the_csrf_header(member: User, blobs: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = "c" * 32

    refused = hand_in(client, csrfmiddlewaretoken="c" * 32)
    taken = client.post(
        SUBMISSIONS,
        {"file": SimpleUploadedFile("rain.csv", factories.TRUTH)},
        headers={"x-csrftoken": "c" * 32},
    )

    assert refused.status_code == 403
    assert error_of(refused)["code"] == "csrf-refused"
    assert taken.status_code == 201
    assert len(stored(blobs)) == 1
