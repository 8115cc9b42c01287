"""A bad line to a site: it cuts connections, delays what passes, or is down."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock, Thread

BLOCK_BYTES = 64 * 1024


@dataclass
class Line:
    """Carries bytes between a client and a site; what it does to them may change at any time."""

    site_port: int
    port: int = 0
    cut_after: int | None = None  # bytes that each connection carries to the site
    answers_lost: int = 0  # so many answers do not come back, though the site has given them
    delay_seconds: float = 0.0  # before each block
    is_down: bool = False
    sent: int = 0  # bytes that reached the site
    connections: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        """Address of the site over this line."""
        return f"http://127.0.0.1:{self.port}"

    def serve(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.connections += 1
                Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        if self.is_down:
            client.close()
            return
        with (
            suppress(OSError),
            client,
            socket.create_connection(("127.0.0.1", self.site_port)) as site,
        ):
            back = Thread(target=self._back, args=(site, client), daemon=True)
            back.start()
            self._forth(client, site)
            back.join(30)

    def _forth(self, client: socket.socket, site: socket.socket) -> None:
        carried = 0
        while block := client.recv(BLOCK_BYTES):
            if self.is_down:
                break
            time.sleep(self.delay_seconds)
            limit = self.cut_after
            if limit is not None and carried + len(block) > limit:
                block = block[: limit - carried]
            site.sendall(block)
            carried += len(block)
            with self._lock:
                self.sent += len(block)
            if limit is not None and carried >= limit:
                break
        _end(site)
        _end(client)

    def _back(self, site: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while block := site.recv(BLOCK_BYTES):
                with self._lock:
                    is_lost = self.answers_lost > 0
                    self.answers_lost -= is_lost
                if is_lost:
                    break
                client.sendall(block)
        _end(client)
        _end(site)


@contextmanager
def line_to(site_port: int) -> Iterator[Line]:
    """Give a line to the site at a port of this machine."""
    line = Line(site_port)
    listener = socket.create_server(("127.0.0.1", 0))
    line.port = listener.getsockname()[1]
    Thread(target=line.serve, args=(listener,), daemon=True).start()
    try:
        yield line
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _end(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
