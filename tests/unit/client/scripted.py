"""A web server that answers what a test has written down, and remembers what it was asked."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

Action = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedSite:
    """Answers requests in the order of the script, whatever they ask for."""

    script: deque[Action] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def serve(self) -> ThreadingHTTPServer:
        """Return a server that plays the script."""
        site, lock = self, Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                with lock:
                    site.connections += 1

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with lock:
                    site.asked.append(
                        Asked(self.command, self.path, dict(self.headers.items()), body)
                    )
                    action = site.script.popleft() if site.script else answer(404)
                action(self)

            # What the library looks for.
            do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that hangs up is part of the play."""

        return Server(("127.0.0.1", 0), Handler)

    def will(self, *actions: Action) -> None:
        """Add to the script."""
        self.script.extend(actions)


@contextmanager
def scripted_site() -> Iterator[ScriptedSite]:
    """Give a site that listens at an address of this machine."""
    site = ScriptedSite()
    server = site.serve()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def answer(status: int, body: bytes = b"", **headers: str) -> Action:
    """Return what answers with a status and a body."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return act


def document(data: object, status: int = 200, **headers: str) -> Action:
    """Return what answers with JSON."""
    return answer(status, json.dumps(data).encode(), **headers)


def refused(status: int, code: str, message: str = "No.", **headers: str) -> Action:
    """Return what answers with an error in the site's one shape."""
    return document({"code": code, "message": message, "details": {}}, status, **headers)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection without an answer."""
    handler.close_connection = True
    handler.connection.close()


def break_off(status: int, promised: int, sent: bytes) -> Action:
    """Return what promises a number of bytes, sends fewer and breaks the connection."""

    def act(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(promised))
        handler.end_headers()
        handler.wfile.write(sent)
        handler.wfile.flush()
        hang_up(handler)

    return act
