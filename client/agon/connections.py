"""Connections to one site that are kept open and used again, also through a proxy."""

import os
import sys
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Lock
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS = 15.0
READ_SECONDS = 120.0  # the site may check a large upload before it answers
BLOCK_BYTES = 256 * 1024

# What a broken line looks like from here.
TROUBLE = (OSError, HTTPException)


@dataclass(frozen=True)
class Address:
    """Where a site's host listens; `prefix` is what stands before all paths."""

    scheme: str
    host: str
    port: int
    prefix: str = ""

    @classmethod
    def of(cls, url: str) -> "Address":
        """Return the address in a URL of http or https."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"))

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two addresses share that trust each other."""
        return self.scheme, self.host, self.port


@dataclass(frozen=True)
class Proxy:
    """What stands between us and a site."""

    host: str
    port: int
    authorization: str = ""


class Connections:
    """Open connections to one address; each is used by one thread at a time."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.proxy = proxy_for(address)
        self._idle: list[HTTPConnection] = []
        self._lock = Lock()

    def take(self) -> tuple[HTTPConnection, bool]:
        """Return a connection, and whether it has been used before and may be dead by now."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), True
        return self._open(), False

    def give_back(self, connection: HTTPConnection) -> None:
        """Keep a connection, whose last answer has been read to its end, for the next request."""
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __del__(self) -> None:
        """Close what is idle: in notebooks nobody does it."""
        self.close()

    def _open(self) -> HTTPConnection:
        connection = self._unopened()
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(READ_SECONDS)
        return connection

    def _unopened(self) -> HTTPConnection:
        address, proxy = self.address, self.proxy
        host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
        if address.scheme == "http":
            return HTTPConnection(host, port, timeout=CONNECT_SECONDS, blocksize=BLOCK_BYTES)
        connection = HTTPSConnection(host, port, timeout=CONNECT_SECONDS, blocksize=BLOCK_BYTES)
        if proxy:
            headers = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
            connection.set_tunnel(address.host, address.port, headers)
        return connection


def proxy_for(address: Address) -> Proxy | None:
    """Return the proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY, …)."""
    named = any(name.lower().endswith("_proxy") for name in os.environ)
    if not named and sys.platform not in {"darwin", "win32"}:
        return None
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - 15 ms that most save

    url = getproxies().get(address.scheme, "")
    if not url or proxy_bypass(address.host):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    return Proxy(parts.hostname or "", parts.port or 80, _basic(parts.username, parts.password))


def _basic(name: str | None, password: str | None) -> str:
    if name is None:
        return ""
    from base64 import b64encode  # noqa: PLC0415 - few proxies ask

    pair = f"{unquote(name)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
