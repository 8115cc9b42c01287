"""Whatever goes wrong, the answer is JSON of one shape."""

import logging

import pytest
from django.test import Client

from challenges.blobs import site_blobs
from challenges.models import Phase, User
from tests import factories
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/api/v1/", "/api/v1/nothing", "/api/v1/challenges/", "/api/v1/submissions/17"]
)
def test_an_address_that_does_not_exist_is_404(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert error_of(response)["code"] == "not-found"


def test_a_method_that_an_address_does_not_have_is_405_and_says_which_it_has(
    client: Client,
) -> None:
    response = client.put("/api/v1/challenges")

    assert response.status_code == 405
    assert error_of(response)["code"] == "method-not-allowed"
    assert response.headers["Allow"] == "GET, POST"


def test_head_is_get_without_a_body(client: Client) -> None:
    response = client.head("/api/v1/challenges")

    assert response.status_code == 200
    assert response.content == b""


def test_a_field_of_the_wrong_kind_is_422_and_named(member: User, as_user: AsUser) -> None:
    response = as_user(member).post(
        "/api/v1/challenges/rain/join", {"accepts_rules": "perhaps"}, "application/json"
    )

    assert response.status_code == 422
    assert error_of(response)["code"] == "request-invalid"
    assert list(error_of(response)["details"]) == ["accepts_rules"]


def test_a_field_that_does_not_exist_is_422_and_named(member: User, as_user: AsUser) -> None:
    response = as_user(member).post(
        "/api/v1/challenges/rain/join", {"accept_rules": True}, "application/json"
    )

    assert response.status_code == 422
    assert list(error_of(response)["details"]) == ["accept_rules"]


def test_a_query_of_the_wrong_kind_is_422(client: Client, phase: Phase) -> None:
    response = client.get(f"/api/v1/challenges/rain/phases/{phase.slug}/leaderboard?cursor=-1")

    assert response.status_code == 422
    assert list(error_of(response)["details"]) == ["cursor"]


def test_a_body_that_is_no_json_is_400(member: User, as_user: AsUser) -> None:
    response = as_user(member).post(
        "/api/v1/challenges/rain/join", "{accepts", content_type="application/json"
    )

    assert response.status_code == 400
    assert error_of(response)["code"] == "request-malformed"


def test_a_body_that_is_far_too_large_is_413(member: User, as_user: AsUser) -> None:
    response = as_user(member).post(
        "/api/v1/challenges/rain/join",
        b'{"team_name": "' + b"x" * 3 * 1024**2 + b'"}',
        content_type="application/json",
    )

    assert response.status_code == 413
    assert error_of(response)["code"] == "request-too-large"


def test_what_nobody_foresaw_is_500_is_logged_and_says_nothing_about_our_insides(
    organiser: User, phase: Phase, as_user: AsUser, caplog: pytest.LogCaptureFixture
) -> None:
    submission = factories.make_scored(phase)
    client = as_user(organiser)
    client.raise_request_exception = False
    site_blobs().local_path(submission.evaluations.get().log_sha256).unlink()

    with caplog.at_level(logging.ERROR, "web.api.errors"):
        response = client.get(f"/api/v1/submissions/{submission.pk}/logs")

    assert response.status_code == 500
    assert error_of(response)["code"] == "internal-error"
    assert "Blob" not in response.content.decode()
    assert any(record.exc_info for record in caplog.records)
