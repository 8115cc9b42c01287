"""Signing in with a browser: the device flow of OAuth 2.

Source: RFC 8628 (device authorization), RFC 8414 (where the site offers it).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from agon.answers import Answer, refusal
from agon.errors import AnswerUnknown, ClientError, NotFound, NotSignedIn
from agon.patience import Clock
from agon.reading import read
from agon.transport import Request, Transport
from agon.units import duration

CLIENT_ID = "agon-cli"
_METADATA = "/.well-known/oauth-authorization-server"
_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_SECONDS = 5.0  # RFC 8628, 3.5: what `slow_down` asks for
_ENDINGS = {
    "access_denied": "Somebody said no to this sign-in in the browser.",
    "expired_token": "Nobody confirmed the code in time.",
}


@dataclass(frozen=True)
class DeviceCode:
    """What the person confirms in the browser; `device_code` is what we ask with."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    verification_uri_complete: str = ""
    interval: int = 5

    @property
    def address(self) -> str:
        """Where to confirm, the code filled in where the site can do that."""
        return self.verification_uri_complete or self.verification_uri


class DeviceSignIn:
    """One sign-in at one site."""

    def __init__(self, transport: Transport, clock: Clock | None = None) -> None:
        self._transport = transport
        self._clock = clock or Clock()
        self._places = self._discover()

    def begin(self, scopes: Sequence[str]) -> DeviceCode:
        """Return the code that the person has to confirm. Raises: ClientError."""
        fields = {"client_id": CLIENT_ID, "scope": " ".join(scopes)}
        answer = self._post("device_authorization_endpoint", fields)
        if not answer.is_success:
            raise _oauth_refusal(answer)
        return read(DeviceCode, answer.json())

    def finish(self, code: DeviceCode) -> str:
        """Return the token once the person has confirmed. Raises: NotSignedIn, ClientError."""
        fields = {"client_id": CLIENT_ID, "grant_type": _GRANT, "device_code": code.device_code}
        ends, pause = self._clock.now() + code.expires_in, float(code.interval)
        while self._clock.now() < ends:
            self._clock.sleep(pause)
            answer = self._post("token_endpoint", fields)
            document = _document(answer)
            if answer.is_success and isinstance(document.get("access_token"), str):
                return str(document["access_token"])
            match document.get("error"):
                case "authorization_pending":
                    pass
                case "slow_down":
                    pause += _SLOWER_SECONDS
                case _:
                    raise _oauth_refusal(answer)
        raise NotSignedIn(
            f"Nobody confirmed the code within {duration(code.expires_in)}.",
            hint="Sign in again with: agon login",
        )

    def _discover(self) -> Mapping[str, Any]:
        try:
            answer = self._transport.call(Request("GET", _METADATA))
        except NotFound as error:
            raise AnswerUnknown(
                f"{self._transport.site} does not let programs sign in by a code.",
                hint="Make a token on the page of your account, then: agon login --token -",
            ) from error
        return _document(answer)

    def _post(self, name: str, fields: Mapping[str, str]) -> Answer:
        # Only its path: a site behind a proxy may not know the name that we know it by.
        path = urlsplit(str(self._places.get(name, ""))).path
        path = path.removeprefix(self._transport.connections.address.prefix)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._transport.once(Request("POST", path, urlencode(fields).encode(), headers))


def signed_in(
    transport: Transport, scopes: Sequence[str], tell: Callable[[DeviceCode], None]
) -> str:
    """Return a token that a person has confirmed; `tell` shows them what to confirm.

    Raises: NotSignedIn, ClientError.
    """
    flow = DeviceSignIn(transport)
    code = flow.begin(scopes)
    tell(code)
    return flow.finish(code)


def _document(answer: Answer) -> dict[str, Any]:
    try:
        document = answer.json()
    except AnswerUnknown:
        return {}
    return document if isinstance(document, dict) else {}


def _oauth_refusal(answer: Answer) -> ClientError:
    document = _document(answer)
    error = str(document.get("error", ""))
    if not error:
        return refusal(answer)
    told = str(document.get("error_description", "")) or f"The site says: {error}."
    return NotSignedIn(_ENDINGS.get(error, told), code=error, hint="Sign in again with: agon login")
