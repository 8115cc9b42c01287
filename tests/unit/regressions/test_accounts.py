"""Accounts: one a person whatever the case of letters, nobody signed in by a link alone."""

from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client

from challenges.models import Challenge, User
from challenges.services.organisers import sync_organised
from tests import factories

pytestmark = pytest.mark.django_db
SIGNED_UP = {"name": "Ada", "password1": "a long enough secret"}


def test_an_address_in_other_letters_makes_no_second_account_and_no_error(client: Client) -> None:
    factories.make_user("ada@example.org")

    response = client.post("/accounts/signup/", {"email": "ADA@Example.ORG", **SIGNED_UP})

    assert response.status_code in {200, 302, 422}
    assert User.objects.count() == 1


def test_a_person_signs_in_with_the_address_in_any_letters(client: Client) -> None:
    ada = factories.make_user("ada@example.org", password="a long enough secret")
    words = {"login": "Ada@Example.Org", "password": "a long enough secret"}

    client.post("/accounts/login/", words)

    assert client.session["_auth_user_id"] == str(ada.pk)


def test_an_organiser_is_found_whatever_the_letters_of_the_address(tmp_path: Path) -> None:
    ada = factories.make_user("ada@example.org")
    data = factories.config() | {"organisers": ["Ada@Example.ORG"]}

    challenge = factories.make_challenge(tmp_path, data)

    assert challenge.is_organiser(ada)


@pytest.mark.parametrize("provider", ["github", "google", "orcid", "oidc/oidc"])
def test_a_link_alone_starts_no_sign_in_with_another_site(client: Client, provider: str) -> None:
    response = client.get(f"/accounts/{provider}/login/")

    assert response.status_code == 200
    assert b'method="post"' in response.content.lower()


def test_the_button_leads_to_the_other_site(client: Client) -> None:
    response = client.post("/accounts/github/login/")

    assert response.headers["Location"].startswith("https://github.com/login/oauth/authorize?")


def test_a_link_alone_signs_nobody_out(client: Client) -> None:
    client.force_login(factories.make_user(), "django.contrib.auth.backends.ModelBackend")

    client.get("/accounts/logout/")

    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_way_to_sign_in_that_is_not_set_up_does_not_exist(
    client: Client, settings: object, method: str
) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {}  # type: ignore[attr-defined]  # the fixture's own

    response = client.generic(method.upper(), "/accounts/github/login/")

    assert response.status_code == 404


@pytest.fixture
def rain(tmp_path: Path) -> Challenge:
    return factories.make_challenge(tmp_path)


def person(*words: str) -> str:
    """Run `agon-site person` and return what it prints."""
    said = StringIO()
    call_command("person", *words, stdout=said)
    return said.getvalue().strip()


def test_the_first_organiser_needs_no_sign_in_before_being_named(rain: Challenge) -> None:
    person("add", "Ada@example.org", "--name", "Ada")

    sync_organised(User.objects.get())

    assert rain.is_organiser(User.objects.get(email="ada@example.org"))


def test_staff_made_on_the_command_line_may_do_everything(rain: Challenge) -> None:
    person("add", "root@example.org", "--name", "Root", "--staff")

    root = User.objects.get()
    assert (root.is_staff, root.is_superuser) == (True, True)
    assert rain.is_organiser(root)
    assert EmailAddress.objects.get().verified


def test_a_token_made_on_the_command_line_signs_in(client: Client) -> None:
    person("add", "ada@example.org", "--name", "Ada")

    token = person("token", "ADA@example.org")

    answer = client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["name"] == "Ada"


def test_a_second_account_of_one_address_is_refused_with_a_sentence() -> None:
    person("add", "ada@example.org", "--name", "Ada")

    with pytest.raises(CommandError, match=r"ADA@example\.org has an account already"):
        person("add", "ADA@example.org", "--name", "Ada")
