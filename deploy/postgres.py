"""A private PostgreSQL for the tests: own folder, own port on loopback, made for speed."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.commands import attempt, run, start
from deploy.errors import CommandFailed, ServiceFailed
from deploy.ports import free_port
from deploy.processes import Ledger, Server, comes_up

NAME = "postgres"
START_SECONDS = 30.0
# Nothing in a test database is worth a disk's wait.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def find_binaries() -> Path | None:
    """Folder of the newest installed PostgreSQL; Debian keeps it off PATH."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _is_complete(path)]
    if versions:
        return max(versions, key=lambda path: int(path.parent.name))
    found = shutil.which("initdb")
    folder = Path(found).resolve().parent if found else None
    return folder if folder and _is_complete(folder) else None


def ensure_postgres(ledger: Ledger) -> str:
    """URL of our PostgreSQL, started when it does not run.

    Raises: CommandFailed, ServiceFailed.
    """
    server = ledger.living(NAME) or _start(ledger)
    return server.url


def _start(ledger: Ledger) -> Server:
    binaries = find_binaries()
    if binaries is None:
        raise ServiceFailed("PostgreSQL is not installed.")
    folder = Path(tempfile.mkdtemp(prefix="agon-postgres-"))
    password, port = secrets.token_hex(16), free_port()
    try:
        _make_cluster(binaries, folder, password)
    except CommandFailed:
        shutil.rmtree(folder)
        raise
    log = folder / "log"
    process = start([*as_server_user(), *_command(binaries, folder, port)], log=log, cwd=folder)
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    server = Server(pid=process.pid, program="postgres", url=url, folder=str(folder))
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    if not comes_up(lambda: attempt(ready).returncode == 0, process=process, seconds=START_SECONDS):
        raise ServiceFailed(f"PostgreSQL does not start; its log is {log}.")
    ledger.remember(NAME, server)
    return server


def _make_cluster(binaries: Path, folder: Path, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, _server_user())
    options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--no-sync"]
    where = ["--encoding=UTF8", "--locale=C", f"--pgdata={folder / 'data'}"]
    command = [*as_server_user(), str(binaries / "initdb"), *options, *where]
    run(command, what="Making a PostgreSQL cluster", cwd=folder)


def _command(binaries: Path, folder: Path, port: int) -> list[str]:
    settings = [part for setting in FAST for part in ("-c", setting)]
    places = ["-D", str(folder / "data"), "-k", str(folder), "-p", str(port)]
    return [str(binaries / "postgres"), *places, "-c", "listen_addresses=127.0.0.1", *settings]


def as_server_user() -> Sequence[str]:
    """What to put before a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    user = _server_user()
    return ["setpriv", f"--reuid={user}", f"--regid={_group_of(user)}", "--clear-groups"]


def _server_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _group_of(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def _is_complete(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "postgres", "pg_isready"))
