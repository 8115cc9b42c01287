"""A private Redis for the tests: own port on loopback, nothing written to disk."""

from __future__ import annotations

import shutil
import socket
import tempfile
from pathlib import Path

from deploy.commands import start
from deploy.errors import ServiceFailed
from deploy.ports import free_port
from deploy.processes import Ledger, Server, comes_up

NAME = "redis"
START_SECONDS = 15.0


def ensure_redis(ledger: Ledger) -> str:
    """URL of our Redis, started when it does not run.

    Raises: ServiceFailed.
    """
    server = ledger.living(NAME) or _start(ledger)
    return server.url


def _start(ledger: Ledger) -> Server:
    program = shutil.which("redis-server")
    if program is None:
        raise ServiceFailed("Redis is not installed.")
    folder, port = Path(tempfile.mkdtemp(prefix="agon-redis-")), free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    log = folder / "log"
    process = start([program, *options, "--dir", str(folder)], log=log)
    url = f"redis://127.0.0.1:{port}/0"
    server = Server(pid=process.pid, program="redis-server", url=url, folder=str(folder))
    if not comes_up(lambda: _answers(port), process=process, seconds=START_SECONDS):
        raise ServiceFailed(f"Redis does not start; its log is {log}.")
    ledger.remember(NAME, server)
    return server


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
