"""Measures leaderboard page and API of the site whose environment it runs in; prints JSON.

Every address is asked warm (nothing has changed) and cold (a score has just come in, so that the
board has a new version), in this process by Django's test client, and over HTTP.
"""

import http.client
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import django

django.setup()

from django.conf import settings  # noqa: E402 - needs the settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from challenges.models import Entry, Leaderboard, User  # noqa: E402
from tests.bench.board_data import make_board, make_member  # noqa: E402

REQUESTS = 200
WARM_UP = 10
API = "/api/v1/challenges/digits/phases/main/leaderboard"
Ask = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One address under one condition."""

    door: str
    way: str  # "in process" or "HTTP"
    state: str  # "warm" or "cold"
    seconds: list[float]
    cpu_seconds: list[float]  # of this process; a busy machine makes requests slow, but not these
    queries: int | None


def score_comes_in() -> None:
    """Change the board as a new score of one team does."""
    entry = Entry.objects.order_by("?")[0]
    Entry.objects.filter(pk=entry.pk).update(submissions=F("submissions") + 1)
    Leaderboard.objects.update(version=F("version") + 1)


def nothing_happens() -> None:
    """Leave the board as it is."""


STATES = {"cold": score_comes_in, "warm": nothing_happens}


def make_session(user: User) -> str:
    """Return the key of a session in which the person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def timed(ask: Ask, path: str, change: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Return how long each of the requests took, and of that the processor's time, in seconds."""
    seconds, cpu_seconds = [], []
    for _ in range(WARM_UP + REQUESTS):
        change()
        started, cpu_started = time.perf_counter(), time.process_time()
        ask(path)
        seconds.append(time.perf_counter() - started)
        cpu_seconds.append(time.process_time() - cpu_started)
    return seconds[WARM_UP:], cpu_seconds[WARM_UP:]


def in_process(session: str) -> Ask:
    """Return a way to ask that leaves out server and network."""
    client = Client(SERVER_NAME="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = session

    def ask(path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return ask


def over_http(port: int, session: str) -> Ask:
    """Return a way to ask as a browser does, over one connection that stays open."""
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}

    def ask(path: str) -> None:
        server.request("GET", path, headers=headers)
        response = server.getresponse()
        response.read()
        assert response.status == 200, f"{path}: {response.status}"

    return ask


def queries_of(ask: Ask, path: str, change: Callable[[], None]) -> int:
    """Return how many queries a request takes of a process that has asked before."""
    ask(path)
    change()
    with CaptureQueriesContext(connection) as captured:
        ask(path)
    return len(captured)


def measure(port: int) -> list[Measured]:
    """Measure page and API in every way and state."""
    make_board()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does within a minute
    session = make_session(make_member(Leaderboard.objects.get().phase.challenge))
    doors = {"page": reverse("leaderboard", args=["digits"]), "API": API}
    here = in_process(session)
    found = []
    for door, path in doors.items():
        for state, change in STATES.items():
            queries = queries_of(here, path, change)
            found.append(Measured(door, "in process", state, *timed(here, path, change), queries))
            there = over_http(port, session)  # anew: servers close connections that rest
            seconds, _ = timed(there, path, change)
            found.append(Measured(door, "HTTP", state, seconds, [], None))
    return found


if __name__ == "__main__":
    json.dump([asdict(measured) for measured in measure(int(sys.argv[1]))], sys.stdout)
