"""Signing a program in by a code that the person confirms in the browser (RFC 8628)."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.idp.oidc.models import Client as Program
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from challenges.models import Membership, User
from tests import factories
from tests.unit.web.conftest import Browser

pytestmark = pytest.mark.django_db

CODE, TOKEN, REVOKE = (f"/identity/o/api/{end}" for end in ("device/code", "token", "revoke"))
PAGE = "/identity/o/device"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(autouse=True)
def _no_pause(settings: Settings) -> None:
    settings.IDP_OIDC_DEVICE_CODE_INTERVAL = 0


@pytest.fixture
def program() -> Client:
    """Return the connection of a program: without cookies, held to all rules."""
    return Client(enforce_csrf_checks=True)


def post(program: Client, path: str, asked: dict[str, Any]) -> Any:
    return program.post(path, urlencode(asked), "application/x-www-form-urlencoded")


def begin(program: Client, scope: str | None = None) -> dict[str, Any]:
    asked = {"client_id": "agon-cli"} | ({"scope": scope} if scope else {})
    response = post(program, CODE, asked)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = json.loads(response.content)
    return found


def poll(program: Client, code: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    asked = {"client_id": "agon-cli", "device_code": code["device_code"], "grant_type": GRANT}
    response = post(program, TOKEN, asked)
    return response.status_code, json.loads(response.content)


def me(program: Client, token: str) -> Any:
    return program.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})


def signed_in(program: Client, member: Client, scope: str | None = None) -> str:
    code = begin(program, scope)
    member.post(PAGE, {"code": code["user_code"], "action": "confirm"})
    return str(poll(program, code)[1]["access_token"])


def test_programs_find_out_where_to_sign_in(program: Client) -> None:
    found = program.get("/.well-known/oauth-authorization-server").json()

    assert found["device_authorization_endpoint"] == f"http://testserver{CODE}"
    assert found["token_endpoint"] == f"http://testserver{TOKEN}"
    assert found["grant_types_supported"] == [GRANT]
    assert found["scopes_supported"] == ["read", "submit", "organise"]


def test_a_person_signs_a_program_in(
    program: Client, member: Client, membership: Membership
) -> None:
    code = begin(program)
    waiting = poll(program, code)
    page = member.get(code["verification_uri_complete"])
    done = member.post(PAGE, {"code": code["user_code"], "action": "confirm"})
    status, token = poll(program, code)

    assert waiting == (400, {"error": "authorization_pending"})
    assert code["user_code"] in page.content.decode()
    assert "hand in" in page.content.decode()
    assert "push challenges" not in page.content.decode()
    assert "is signed in" in done.content.decode()
    assert (status, token["scope"], token["token_type"]) == (200, "read submit", "Bearer")
    assert timedelta(seconds=token["expires_in"]) == timedelta(days=90)
    assert me(program, token["access_token"]).json()["email"] == membership.user.email


def test_only_the_digest_of_an_access_token_is_kept(program: Client, member: Client) -> None:
    token = signed_in(program, member)

    row = Token.objects.get()

    assert token not in str(vars(row))
    assert row.type == Token.Type.ACCESS_TOKEN


def test_a_program_gets_what_it_asked_for_and_no_more(program: Client, member: Client) -> None:
    reader = signed_in(program, member, "read")
    wrong = post(program, CODE, {"client_id": "agon-cli", "scope": "read openid"})

    joined = program.post(
        "/api/v1/challenges/rain/join", headers={"authorization": f"Bearer {reader}"}
    )

    assert me(program, reader).json()["token"]["scopes"] == ["read"]
    assert (joined.status_code, joined.json()["details"]) == (403, {"scope": "submit"})
    assert (wrong.status_code, json.loads(wrong.content)["error"]) == (400, "invalid_scope")


def test_a_code_can_be_typed_as_people_do(program: Client, member: Client) -> None:
    code = begin(program)["user_code"]

    typed = f" {code.replace('-', ' ').lower()} "

    assert code in member.get(PAGE, {"code": typed}).content.decode()


def test_a_person_can_turn_a_program_away(program: Client, member: Client) -> None:
    code = begin(program)

    done = member.post(PAGE, {"code": code["user_code"], "action": "deny"})

    assert "was turned away" in done.content.decode()
    assert poll(program, code) == (400, {"error": "access_denied"})


def test_a_code_works_once(program: Client, member: Client) -> None:
    code = begin(program)
    member.post(PAGE, {"code": code["user_code"], "action": "confirm"})
    poll(program, code)

    assert poll(program, code) == (400, {"error": "invalid_grant"})
    used = member.get(PAGE, {"code": code["user_code"]})
    assert used.status_code == 422
    assert "No program waits with this code" in used.content.decode()


def test_looking_at_the_page_signs_nothing_in(program: Client, member: Client) -> None:
    code = begin(program)

    member.get(code["verification_uri_complete"] + "&action=confirm")

    assert poll(program, code)[1] == {"error": "authorization_pending"}


def test_confirming_needs_an_account_and_the_token_of_the_form(
    program: Client, membership: Membership
) -> None:
    code, answer = begin(program), {"action": "confirm"}
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(membership.user, "django.contrib.auth.backends.ModelBackend")

    nobody = Client().post(PAGE, {"code": code["user_code"], **answer})
    forged = strict.post(PAGE, {"code": code["user_code"], **answer})

    assert (nobody.status_code, forged.status_code) == (302, 403)
    assert poll(program, code)[1] == {"error": "authorization_pending"}


def test_a_program_that_asks_too_fast_is_told(program: Client, settings: Settings) -> None:
    settings.IDP_OIDC_DEVICE_CODE_INTERVAL = 5
    code = begin(program)

    answers = [poll(program, code)[1]["error"] for _ in range(2)]

    assert code["interval"] == 5
    assert answers == ["authorization_pending", "slow_down"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (CODE, {"client_id": "somebody"}),
        (TOKEN, {"client_id": "agon-cli", "device_code": "none", "grant_type": GRANT}),
        (TOKEN, {"client_id": "agon-cli", "grant_type": "password", "password": "correct horse"}),
        (TOKEN, {"client_id": "agon-cli", "grant_type": "client_credentials"}),
    ],
)
def test_nothing_else_is_handed_out(program: Client, path: str, asked: dict[str, str]) -> None:
    response = post(program, path, asked)

    assert response.status_code in {400, 401}
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    "path", ["/identity/o/authorize", "/identity/o/logout", "/.well-known/openid-configuration"]
)
def test_the_providers_other_pages_have_no_address(path: str, member: Client) -> None:
    assert member.get(path).status_code == 404


def test_a_program_signs_itself_out(program: Client, member: Client) -> None:
    one, two = signed_in(program, member), signed_in(program, member)

    post(program, REVOKE, {"client_id": "agon-cli", "token": one})
    program.delete("/api/v1/me/tokens/current", headers={"authorization": f"Bearer {two}"})

    assert [me(program, token).status_code for token in (one, two)] == [401, 401]


def test_an_account_page_lists_programs_and_signs_them_out(
    program: Client, member: Client, stranger: Client
) -> None:
    token = signed_in(program, member)
    me(program, token)
    address = f"/account/devices/{Token.objects.get().pk}/sign-out/"
    page = member.get("/account/").content.decode()

    theirs = stranger.post(address)
    still = me(program, token)
    own = member.post(address)

    assert "The command agon" in page
    assert "last used" in page
    assert (theirs.status_code, still.status_code, own.status_code) == (404, 200, 302)
    assert me(program, token).status_code == 401
    assert "The command agon" not in member.get("/account/").content.decode()


def test_expired_tokens_and_closed_accounts_are_out(
    program: Client, member: Client, membership: Membership
) -> None:
    token = signed_in(program, member)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = me(program, token)
    Token.objects.update(expires_at=timezone.now() + timedelta(days=1))
    User.objects.filter(pk=membership.user_id).update(is_active=False)

    assert (expired.status_code, me(program, token).status_code) == (401, 401)


def test_signing_in_anew_forgets_tokens_that_have_expired(program: Client, member: Client) -> None:
    signed_in(program, member)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    signed_in(program, member)

    assert Token.objects.count() == 1


def test_too_many_tries_are_refused_with_the_time_to_wait(
    program: Client, settings: Settings
) -> None:
    settings.AGON = settings.AGON.model_copy(update={"api_limits": "sign-in=2"})

    answers = [post(program, CODE, {"client_id": "agon-cli"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert json.loads(answers[-1].content)["error"] == "slow_down"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 30


def test_our_command_is_known_as_a_program_without_a_secret() -> None:
    (known,) = Program.objects.all()

    assert (known.id, known.type) == ("agon-cli", Program.Type.PUBLIC)
    assert known.get_grant_types() == [GRANT]


def test_codes_are_found_by_every_process_of_the_site(
    program: Client, browser: Browser, settings: Settings
) -> None:
    """In tests the cache is memory; on a site it is the table that the migrations make."""
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "agon_cache",
        }
    }

    token = signed_in(program, browser(factories.make_user()))

    assert me(program, token).status_code == 200
