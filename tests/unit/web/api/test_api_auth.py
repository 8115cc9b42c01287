"""Who may come in: tokens, sessions, nobody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from challenges.models import AccessToken, User
from challenges.services.tokens import create_token
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db

CSRF = "c" * 32


def browser(user: User) -> Client:
    """Return a client with a session that is held to the CSRF rules."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["csrftoken"] = CSRF
    return client


def test_a_token_signs_in(member: User, as_user: AsUser) -> None:
    response = as_user(member).get("/api/v1/me")

    assert response.status_code == 200
    assert response.json()["email"] == member.email


def test_a_session_signs_in(member: User) -> None:
    response = browser(member).get("/api/v1/me")

    assert response.status_code == 200


def test_nobody_is_told_how_to_sign_in(client: Client) -> None:
    response = client.get("/api/v1/me")

    assert response.status_code == 401
    assert error_of(response)["code"] == "not-signed-in"
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/challenges"])
def test_a_wrong_token_is_refused_even_beside_a_good_session(member: User, path: str) -> None:
    response = browser(member).get(path, headers={"authorization": "Bearer agon_wrong"})

    assert response.status_code == 401


def test_an_expired_token_is_refused(member: User, as_user: AsUser) -> None:
    client = as_user(member)
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    response = client.get("/api/v1/me")

    assert response.status_code == 401


def test_the_token_of_a_closed_account_is_refused(member: User, as_user: AsUser) -> None:
    client = as_user(member)
    User.objects.filter(pk=member.pk).update(is_active=False)

    response = client.get("/api/v1/me")

    assert response.status_code == 401


def test_the_password_of_a_proxy_is_not_taken_for_a_token(member: User) -> None:
    response = browser(member).get("/api/v1/me", headers={"authorization": "Basic Z3JhY2U6eA=="})

    assert response.status_code == 200


def test_a_session_changes_something_only_with_the_csrf_header(member: User) -> None:
    client, body = browser(member), {"name": "laptop"}

    without = client.post("/api/v1/me/tokens", body, "application/json")
    wrong = client.post(
        "/api/v1/me/tokens", body, "application/json", headers={"x-csrftoken": "d" * 32}
    )
    right = client.post(
        "/api/v1/me/tokens", body, "application/json", headers={"x-csrftoken": CSRF}
    )

    assert without.status_code == wrong.status_code == 403
    assert error_of(without)["code"] == "csrf-refused"
    assert right.status_code == 201


def test_a_session_from_another_site_is_refused(member: User) -> None:
    response = browser(member).post(
        "/api/v1/me/tokens",
        {"name": "laptop"},
        "application/json",
        headers={"x-csrftoken": CSRF, "origin": "https://evil.example"},
    )

    assert response.status_code == 403
    assert not AccessToken.objects.exists()


def test_a_token_needs_no_csrf_header(member: User) -> None:
    token = create_token(user=member, name="script")
    client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {token}"})

    response = client.post(
        "/api/v1/challenges/rain/join", {"accepts_rules": True}, "application/json"
    )

    assert response.status_code == 200


def test_a_token_makes_no_session(member: User, as_user: AsUser) -> None:
    response = as_user(member).get("/api/v1/me")

    assert "sessionid" not in response.cookies
