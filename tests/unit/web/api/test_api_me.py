"""Who am I, and my tokens."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from challenges.models import AccessToken, User
from challenges.services.tokens import create_token, grant_of
from tests.unit.web.api.conftest import AsUser, error_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(member: User, client: Client) -> Client:
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_me_says_where_one_takes_part_and_what_one_organises(
    member: User, organiser: User, as_user: AsUser
) -> None:
    participant = as_user(member).get("/api/v1/me").json()
    ada = as_user(organiser).get("/api/v1/me").json()

    assert participant["name"] == "Grace"
    assert [(m["challenge"], m["team"]) for m in participant["memberships"]] == [("rain", "Owls")]
    assert participant["organises"] == []
    assert ada["organises"] == ["rain"]


def test_me_takes_three_queries_and_the_tokens_own(
    member: User, as_user: AsUser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(member)
    client.get("/api/v1/me")  # notes the token's use, once a minute

    with django_assert_max_num_queries(3):
        client.get("/api/v1/me")


def test_a_new_token_works_and_is_never_shown_again(browser: Client, member: User) -> None:
    made = browser.post("/api/v1/me/tokens", {"name": "laptop", "days": 30}, "application/json")
    listed = browser.get("/api/v1/me/tokens")

    assert made.status_code == 201
    grant = grant_of(made.json()["token"])
    assert grant
    assert grant.user == member
    assert made.json()["token"] not in listed.content.decode()
    assert [token["name"] for token in listed.json()["tokens"]] == ["laptop"]


def test_a_token_cannot_make_tokens(member: User, as_user: AsUser) -> None:
    response = as_user(member).post("/api/v1/me/tokens", {"name": "heir"}, "application/json")

    assert response.status_code == 401
    assert AccessToken.objects.count() == 1


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "x", "days": 366}, {"name": "\x00"}])
def test_a_token_needs_a_name_and_ends_within_a_year(
    browser: Client, body: dict[str, object]
) -> None:
    response = browser.post("/api/v1/me/tokens", body, "application/json")

    assert response.status_code == 422


def test_a_deleted_token_is_void(browser: Client, member: User) -> None:
    token = create_token(user=member, name="old laptop")
    number = AccessToken.objects.get().pk

    response = browser.delete(f"/api/v1/me/tokens/{number}")

    assert response.status_code == 204
    assert grant_of(token) is None


def test_a_strangers_token_cannot_be_deleted(browser: Client, stranger: User) -> None:
    create_token(user=stranger, name="hers")
    number = AccessToken.objects.get().pk

    response = browser.delete(f"/api/v1/me/tokens/{number}")

    assert response.status_code == 404
    assert error_of(response)["code"] == "not-found"
    assert AccessToken.objects.exists()


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_tokens_are_for_people_who_are_signed_in(client: Client, method: str) -> None:
    path = "/api/v1/me/tokens/1" if method == "delete" else "/api/v1/me/tokens"

    response = getattr(client, method)(path)

    assert response.status_code == 401
