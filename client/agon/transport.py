"""HTTP to one site: signed, tried again where that is safe, answers and refusals told apart."""

import json
import os
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import quote, urlencode

from agon.answers import Answer, Json, checked, passing_trouble
from agon.connections import TROUBLE, Address, Connections
from agon.errors import SiteUnreachable
from agon.patience import Attempts, Patience
from agon.version import __version__

API = "/api/v1/"
FIRST_SECONDS = 3.0  # of patience with a site that has never answered: the address may be wrong
_REPEATABLE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
AGENT = f"agon/{__version__} Python/{sys.version_info[0]}.{sys.version_info[1]} {sys.platform}"


@dataclass(frozen=True)
class Body:
    """Bytes to send, in pieces; `size` is their sum. `again`: the pieces can be had once more."""

    pieces: Iterable[bytes | memoryview]
    size: int
    again: bool = False


@dataclass(frozen=True)
class Request:
    """One request below the site's address."""

    method: str
    path: str
    body: bytes | Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_repeatable(self) -> bool:
        """True when sending it twice does what sending it once does."""
        if isinstance(self.body, Body) and not self.body.again:
            return False
        return self.method in _REPEATABLE or "Idempotency-Key" in self.headers


class Transport:
    """Speaks to one site; any number of threads may use it at once."""

    def __init__(self, site: str, token: str = "", *, patience: Patience | None = None) -> None:
        self.site = site
        self.token = token
        self.patience = patience or Patience()
        self.tell: Callable[[SiteUnreachable], None] = lambda _: None  # that something is repeated
        self._has_answered = False
        self.connections = Connections(Address.of(site))

    def get(self, path: str, **query: object) -> Json:
        """Return the JSON at a path below the API; parameters that are None are left out.

        Raises: ClientError.
        """
        return self.call(Request("GET", api_path(path, **query))).json()

    def pages(self, path: str, name: str, **query: object) -> dict[str, Any]:
        """Return the document at a path with all pages of its list `name`. Raises: ClientError."""
        whole: dict[str, Any] = self.get(path, **query)
        rows, cursor = list(whole.get(name, [])), whole.get("next")
        while cursor is not None:
            page = self.get(path, **{**query, "cursor": cursor})
            rows += page.get(name, [])
            cursor = page.get("next")
        return {**whole, name: rows, "next": None} if "next" in whole else {**whole, name: rows}

    def post(self, path: str, data: Mapping[str, object] | None = None, *, key: str = "") -> Json:
        """Send JSON and return the answer's; `key`, one for each wish, makes sending again safe.

        Raises: ClientError.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or new_key()}
        body = json.dumps(data or {}).encode()
        return self.call(Request("POST", api_path(path), body, headers)).json()

    def call(self, request: Request) -> Answer:
        """Return a success, after as many tries as that takes. Raises: ClientError."""
        attempts, was_there = self.attempts(), self._has_answered
        while True:
            try:
                return checked(self.once(request))
            except SiteUnreachable as error:
                if not request.is_repeatable:
                    raise
                if self._has_answered and not was_there:
                    attempts, was_there = self.attempts(), True
                attempts.wait_after(error)

    def attempts(self) -> Attempts:
        """Return the tries at one thing: few before the site has ever answered."""
        patience = self.patience
        if not self._has_answered:
            patience = replace(patience, seconds=min(patience.seconds, FIRST_SECONDS))
        return Attempts(patience, self.tell)

    def once(self, request: Request) -> Answer:
        """Return the answer to one try, whatever it is. Raises: SiteUnreachable."""
        with self.opened(request) as response:
            try:
                body = response.read()
            except TROUBLE as error:
                raise unreachable(self.site, error) from error
            answer = Answer(response.status, dict(response.headers.items()), body)
        self._has_answered = True
        trouble = passing_trouble(answer, self.site)
        if trouble is not None:
            raise trouble
        return answer

    @contextmanager
    def opened(self, request: Request) -> Iterator[HTTPResponse]:
        """Give an answer whose body has not been read. Raises: SiteUnreachable."""
        connection, response = self._exchange(request)
        try:
            yield response
        finally:
            if response.isclosed() and not response.will_close:
                self.connections.give_back(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Close the connections that are idle."""
        self.connections.close()

    def _exchange(self, request: Request) -> tuple[HTTPConnection, HTTPResponse]:
        while True:
            try:
                connection, was_used = self.connections.take()
            except TROUBLE as error:
                raise unreachable(self.site, error) from error
            try:
                return connection, self._answer(connection, request)
            except BaseException as error:
                connection.close()
                if not isinstance(error, TROUBLE):
                    raise
                # The site may have closed it while it was idle: that says nothing about the site.
                if not was_used or not request.is_repeatable:
                    raise unreachable(self.site, error) from error

    def _answer(self, connection: HTTPConnection, request: Request) -> HTTPResponse:
        headers = self._headers(request)
        target = self._target(request.path, headers)
        body = request.body
        try:
            if isinstance(body, Body):
                headers["Content-Length"] = str(body.size)
                connection.request(request.method, target, body.pieces, headers)
            else:
                connection.request(request.method, target, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # A site that refuses does not read on; what it says may have arrived all the same.
            if connection.sock is None:
                raise
        return connection.getresponse()

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"User-Agent": AGENT, "Accept": "application/json", **request.headers}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def _target(self, path: str, headers: dict[str, str]) -> str:
        """Return what stands in the request's first line; add what a proxy wants to know."""
        address, proxy = self.connections.address, self.connections.proxy
        whole = f"{address.prefix}{path}"
        if proxy is None or address.scheme == "https":
            return whole
        if proxy.authorization:
            headers["Proxy-Authorization"] = proxy.authorization
        return f"http://{address.host}:{address.port}{whole}"


def new_key() -> str:
    """Return what no other request has."""
    return os.urandom(16).hex()


def api_path(path: str, **query: object) -> str:
    """Return where something below the API is; parameters that are None are left out."""
    told = {name: value for name, value in query.items() if value is not None}
    return f"{API}{path}{f'?{urlencode(told)}' if told else ''}"


def below(*parts: str) -> str:
    """Return a path of some parts, each quoted: what people type may hold anything."""
    return "/".join(quote(part, safe="") for part in parts)


def unreachable(site: str, error: Exception) -> SiteUnreachable:
    """Return our error for what the operating system or the line said."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return SiteUnreachable(
            f"{site} shows a certificate that cannot be trusted: {error.verify_message}.",
            hint="Check the address. For a certificate of your own, set SSL_CERT_FILE.",
        )
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return SiteUnreachable(
        f"{site} cannot be reached: {reason.rstrip('.')}.",
        hint="Check the address and your connection, then run the same command again.",
    )
