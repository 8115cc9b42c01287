"""Accounts: signing up, names, tokens, second factors."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from challenges.models import AccessToken, Challenge, Scope, User
from challenges.services.tokens import create_token, grant_of
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

ACCOUNT = "/account/"
NEW = {"name": "Linus", "email": "linus@example.org", "password1": "a long enough phrase"}


def test_signing_up_asks_for_name_address_and_password() -> None:
    text = Client().get("/accounts/signup/").content.decode()

    assert re.findall(r'name="(name|email|password1)"', text) == ["name", "email", "password1"]


def test_a_new_account_has_the_name_and_is_signed_in_where_no_mail_is_sent(
    settings: Settings,
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    client = Client()

    client.post("/accounts/signup/", NEW)

    assert User.objects.get().name == "Linus"
    assert "Linus" in client.get("/").content.decode()


def test_where_an_address_must_be_confirmed_the_page_says_where_the_mail_is(
    settings: Settings,
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client = Client()

    text = client.post("/accounts/signup/", NEW, follow=True).content.decode()

    assert "Confirm your address" in text
    assert str(settings.AGON_HOME / "mail") in text
    assert len(mail.outbox) == 1
    assert client.get(ACCOUNT).status_code == 302


def test_a_confirmed_address_makes_an_organiser_at_once(
    challenge: Challenge, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    User.objects.all().delete()
    client = Client()
    client.post("/accounts/signup/", NEW | {"email": "ada@example.org"})
    link = re.search(r"/accounts/confirm-email/\S+", str(mail.outbox[-1].body))
    assert link
    before = client.get("/challenges/rain/organise/")

    client.post(link[0])

    assert before.status_code == 404
    assert EmailAddress.objects.get().verified
    assert challenge.organisers.get().email == "ada@example.org"
    assert client.get("/challenges/rain/organise/").status_code == 200


def test_where_the_mail_is_stands_on_the_page_after_signing_up_too(settings: Settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"

    text = Client().post("/accounts/signup/", NEW, follow=True).content.decode()

    assert "This site sends no e-mail yet" in text
    assert str(settings.AGON_HOME / "mail") in text


def test_too_many_tries_are_told_to_wait() -> None:
    client = Client()

    answers = [client.post("/accounts/signup/", {}) for _ in range(21)]

    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"name": "x"}, "at least 2"),
        ({"name": "a\u202eb"}, "cannot be seen"),
        ({"email": "none"}, "valid email"),
        ({"password1": "short"}, "too short"),
        ({"password1": "password123"}, "too common"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(change: dict[str, str], sentence: str) -> None:
    response = Client().post("/accounts/signup/", NEW | change)

    assert sentence in response.content.decode()
    assert not User.objects.exists()


def test_signing_up_with_an_address_in_other_letters_makes_no_second_account() -> None:
    factories.make_user("linus@example.org")

    response = Client().post("/accounts/signup/", NEW | {"email": "LINUS@example.org"})

    assert response.status_code in {200, 302}
    assert User.objects.count() == 1


def test_a_closed_door_says_so(settings: Settings) -> None:
    settings.AGON = settings.AGON.model_copy(update={"signup_open": False})

    text = Client().get("/accounts/signup/").content.decode()

    assert 'name="password1"' not in text
    assert "Sign up" not in Client().get("/").content.decode()


def test_the_account_is_for_those_who_are_signed_in(anybody: Client) -> None:
    assert anybody.get(ACCOUNT).headers["Location"] == "/accounts/login/?next=/account/"


def test_the_account_names_challenges_and_ways_to_sign_in(member: Client) -> None:
    text = member.get(ACCOUNT).content.decode()

    assert "Rain tomorrow" in text
    assert "/accounts/2fa/" in text
    assert "Connected sites" not in text


def test_a_name_can_be_changed(member: Client) -> None:
    member.post("/account/name/", {"name": " Grace   H. "})

    assert User.objects.filter(name="Grace H.").count() == 1


@pytest.mark.parametrize("name", ["", "x", "x" * 81, "a\u200bb", "\x00\x00\x00"])
def test_a_name_that_cannot_be_is_said_in_the_form(name: str, member: Client) -> None:
    response = member.post("/account/name/", {"name": name})

    assert response.status_code == 422
    assert "field__error" in response.content.decode()
    assert User.objects.filter(name="Grace").exists()


def test_a_token_is_shown_once(member: Client) -> None:
    response = member.post("/account/tokens/", {"name": "laptop", "days": 30, "submit": "on"})

    token = re.search(r"agon_[\w-]+", response.content.decode())
    assert token
    grant = grant_of(token[0])
    assert grant
    assert grant.user.name == "Grace"
    assert grant.scopes == frozenset({Scope.READ, Scope.SUBMIT})
    assert grant.expires_at
    assert grant.expires_at - timezone.now() < timedelta(days=30)
    assert response.headers["Cache-Control"] == "no-store"
    assert token[0] not in member.get(ACCOUNT).content.decode()
    assert "laptop" in member.get(ACCOUNT).content.decode()


@pytest.mark.parametrize("wrong", [{"name": ""}, {"days": 366}, {"days": ""}, {"name": " LAPTOP "}])
def test_a_token_needs_a_name_of_its_own_and_an_end(
    wrong: dict[str, str | int], member: Client
) -> None:
    create_token(user=User.objects.get(name="Grace"), name="laptop")

    response = member.post("/account/tokens/", {"name": "desk", "days": 7, **wrong})

    assert response.status_code == 422
    assert "field__error" in response.content.decode()
    assert AccessToken.objects.count() == 1


def test_a_token_can_be_revoked_by_its_owner_only(
    member: Client, stranger: Client, browser: Browser
) -> None:
    user = factories.make_user()
    create_token(user=user, name="laptop")
    address = f"/account/tokens/{AccessToken.objects.get().pk}/revoke/"

    refused = [client.post(address).status_code for client in (member, stranger)]
    looked = browser(user).get(address).status_code
    browser(user).post(address)

    assert refused == [404, 404]
    assert looked == 405
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "password/change/",
        "2fa/",
        "3rdparty/",
        "logout/",
    ],
)
def test_pages_of_the_account_have_our_look(path: str, member: Client) -> None:
    response = member.get(f"/accounts/{path}", follow=True)

    text = response.content.decode()
    assert response.status_code == 200
    assert 'class="site-header"' in text
    assert 'class="page__title"' in text
    assert "style=" not in text


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/", "password/reset/done/"])
def test_doors_have_our_look(path: str) -> None:
    text = Client().get(f"/accounts/{path}").content.decode()

    assert 'class="page__title"' in text


def test_signing_out_needs_a_post(member: Client) -> None:
    member.get("/accounts/logout/")
    assert member.get(ACCOUNT).status_code == 200

    member.post("/accounts/logout/")

    assert member.get(ACCOUNT).status_code == 302


def test_providers_appear_only_where_they_are_set_up(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}
    with_one = Client().get("/accounts/login/")
    settings.SOCIALACCOUNT_PROVIDERS = {}
    without = Client().get("/accounts/login/")

    assert "Continue with GitHub" in with_one.content.decode()
    assert "form-action 'self' https:" in with_one.headers["Content-Security-Policy"]
    assert "Continue with" not in without.content.decode()
    assert "form-action 'self';" in without.headers["Content-Security-Policy"]


def test_signing_in_with_another_site_takes_a_post(settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "x", "secret": "y"}]}}

    response = Client().get("/accounts/github/login/")

    assert response.status_code == 200
    assert "Continue" in response.content.decode()
