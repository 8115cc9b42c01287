"""The private servers of the tests: started once, reachable, gone without a trace."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from deploy.postgres import ensure_postgres
from deploy.processes import Ledger
from deploy.redis_server import ensure_redis


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def ask_postgres(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("select rolcreatedb from pg_roles where rolname = user").fetchone()
    return row and row[0]


def ask_redis(url: str) -> object:
    with redis.Redis.from_url(url) as client:
        return client.ping()


POSTGRES = pytest.param("postgres", ensure_postgres, ask_postgres, marks=pytest.mark.postgres)
REDIS = pytest.param("redis", ensure_redis, ask_redis, marks=pytest.mark.redis)


@pytest.mark.parametrize(("name", "ensure", "ask"), [POSTGRES, REDIS])
def test_a_server_is_started_once_answers_and_is_stopped_without_a_trace(
    ledger: Ledger, name: str, ensure: Callable[[Ledger], str], ask: Callable[[str], object]
) -> None:
    url = ensure(ledger)
    server = ledger.living(name)
    assert server is not None

    again, answer, stopped = ensure(ledger), ask(url), ledger.stop(name)

    assert again == url
    assert answer is True
    assert stopped
    assert not server.is_alive
    assert not Path(server.folder).exists()


@pytest.mark.postgres
def test_nobody_without_the_password_reaches_the_database(ledger: Ledger) -> None:
    url = ensure_postgres(ledger)
    guessed = f"postgresql://postgres:postgres@{url.rsplit('@', 1)[1]}"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(guessed)

    ledger.stop("postgres")
