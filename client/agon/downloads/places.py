"""Where files of a site can be read: from the site, or from a store that it points to."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from threading import Lock
from urllib.parse import urljoin, urlsplit

from agon.answers import Answer, passing_trouble, refusal
from agon.connections import Address
from agon.errors import AnswerUnknown
from agon.transport import Request, Transport

_MOVED = frozenset({301, 302, 303, 307, 308})
_MOST_MOVES = 3


class Places:
    """Opens addresses; what lies elsewhere is asked without our token."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._others: dict[tuple[str, str, int], Transport] = {}
        self._lock = Lock()

    @contextmanager
    def opened(self, url: str, window: tuple[int, int]) -> Iterator[HTTPResponse]:
        """Give the bytes of a file from the first of `window` to before the second.

        Raises: ClientError.
        """
        headers = {"Range": f"bytes={window[0]}-{window[1] - 1}", "Accept": "*/*"}
        address = urljoin(f"{self._transport.site}/", url)
        for _ in range(_MOST_MOVES + 1):
            transport = self._transport_for(address)
            request = Request("GET", _path(address, transport), None, headers)
            with transport.opened(request) as answer:
                if answer.status in {200, 206}:
                    yield answer
                    return
                whole = Answer(answer.status, dict(answer.headers.items()), answer.read())
            if whole.status not in _MOVED:
                raise passing_trouble(whole, self._transport.site) or refusal(whole)
            address = urljoin(address, whole.header("Location"))
        raise AnswerUnknown(f"The site sends {url} from place to place.")

    def close(self) -> None:
        """Close the connections to other places."""
        for transport in self._others.values():
            transport.close()

    def _transport_for(self, address: str) -> Transport:
        origin = Address.of(address).origin
        if origin == self._transport.connections.address.origin:
            return self._transport
        with self._lock:
            if origin not in self._others:
                parts = urlsplit(address)
                other = f"{parts.scheme}://{parts.netloc}"
                self._others[origin] = Transport(other, patience=self._transport.patience)
            return self._others[origin]


def _path(address: str, transport: Transport) -> str:
    """Return what to ask a transport for; it puts the site's prefix before it by itself."""
    parts = urlsplit(address)
    path = parts.path.removeprefix(transport.connections.address.prefix)
    return f"{path}?{parts.query}" if parts.query else path
