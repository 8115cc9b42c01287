"""Signing in with a code that is confirmed in the browser."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from agon.credentials import Credentials
from agon.errors import AnswerUnknown, NotSignedIn
from agon.signing_in import DeviceCode, DeviceSignIn
from agon.site import Site
from agon.transport import Transport
from tests.unit.client.clocks import Moved
from tests.unit.client.scripted import ScriptedSite, document, refused

PLACES = {
    # As a site tells it that does not know under which name we reach it.
    "device_authorization_endpoint": "http://inside:8000/identity/o/api/device/code",
    "token_endpoint": "http://inside:8000/identity/o/api/token",
}
CODE = {
    "device_code": "secret",
    "user_code": "ABCD-EFGH",
    "verification_uri": "https://agon.example.org/identity/o/device",
    "expires_in": 900,
    "interval": 2,
}
PENDING = document({"error": "authorization_pending"}, 400)
TOKEN = document({"access_token": "new", "token_type": "Bearer"})

SignIn = Callable[[], tuple[DeviceCode, str]]


@pytest.fixture
def time() -> Moved:
    return Moved()


@pytest.fixture
def sign_in(scripted: ScriptedSite, time: Moved) -> SignIn:
    """Return a function that signs in; the site tells the places and the code."""
    scripted.will(document(PLACES), document(CODE))

    def run() -> tuple[DeviceCode, str]:
        flow = DeviceSignIn(Transport(scripted.url), time.clock())
        code = flow.begin(["read", "submit"])
        return code, flow.finish(code)

    return run


def test_a_confirmed_code_gives_a_token(sign_in: SignIn, scripted: ScriptedSite) -> None:
    scripted.will(PENDING, PENDING, TOKEN)

    code, token = sign_in()

    assert token == "new"
    assert (code.user_code, code.address) == ("ABCD-EFGH", CODE["verification_uri"])
    assert [asked.path for asked in scripted.asked] == [
        "/.well-known/oauth-authorization-server",
        "/identity/o/api/device/code",
        *["/identity/o/api/token"] * 3,
    ]
    asked = parse_qs(scripted.asked[1].body.decode())
    assert asked == {"client_id": ["agon-cli"], "scope": ["read submit"]}


def test_the_site_decides_how_often_it_is_asked(
    sign_in: SignIn, scripted: ScriptedSite, time: Moved
) -> None:
    scripted.will(PENDING, document({"error": "slow_down"}, 400), PENDING, TOKEN)

    sign_in()

    assert time.pauses == [2, 2, 7, 7]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [("access_denied", "said no"), ("expired_token", "in time"), ("odd", "site says: odd")],
)
def test_a_no_is_told(sign_in: SignIn, scripted: ScriptedSite, error: str, sentence: str) -> None:
    scripted.will(document({"error": error}, 400))

    with pytest.raises(NotSignedIn, match=sentence) as caught:
        sign_in()

    assert "agon login" in caught.value.hint


def test_a_code_that_nobody_confirms_ends_by_itself(
    sign_in: SignIn, scripted: ScriptedSite, time: Moved
) -> None:
    scripted.will(*[PENDING] * 1000)
    began = time.at

    with pytest.raises(NotSignedIn, match="within 15 min"):
        sign_in()

    assert 900 <= time.at - began <= 902


def test_a_site_without_codes_names_the_other_way(scripted: ScriptedSite) -> None:
    scripted.will(refused(404, "not-found"))

    with pytest.raises(AnswerUnknown) as caught:
        DeviceSignIn(Transport(scripted.url))

    assert "--token -" in caught.value.hint


def test_a_notebook_signs_in_and_is_remembered(
    scripted: ScriptedSite, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    me = document({"name": "Grace", "email": "g@example.org"})
    scripted.will(document(PLACES), document({**CODE, "interval": 0}), TOKEN, me)

    person = Site(scripted.url, token="old").sign_in()

    stored = Credentials.load(home / "config" / "agon")
    assert person.name == "Grace"
    assert stored.sites[scripted.url].token == "new"
    assert "confirm the code ABCD-EFGH" in capsys.readouterr().out
    assert scripted.asked[-1].headers["Authorization"] == "Bearer new"
    assert "Authorization" not in scripted.asked[0].headers
