"""Bench (b): leaderboard page and API with 2,000 teams and 100,000 submissions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

from tests.bench.findings import Finding, median, milliseconds, percentile
from tests.bench.sites import inside, only_web, prepared_site

MAX_P95_SECONDS = 0.050
MAX_QUERIES = 8


def measure_boards() -> Iterator[Finding]:
    """Measure on every database that this machine has been made ready for."""
    yield from _measure("SQLite", {})
    server = os.environ.get("AGON_TEST_POSTGRES")
    if server:
        with fresh_database(server) as url:
            yield from _measure("PostgreSQL", {"AGON_DATABASE_URL": url})


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database, which is dropped at the end."""
    name = f"agon_bench_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _measure(database: str, settings: dict[str, str]) -> Iterator[Finding]:
    with prepared_site(settings) as site, only_web(site):
        for row in inside(site, "tests.bench.boards_probe", str(site.port)):
            yield _finding(database, row)


def _finding(database: str, row: dict[str, Any]) -> Finding:
    seconds, cpu_seconds, queries = row["seconds"], row["cpu_seconds"], row["queries"]
    values: dict[str, float] = {
        "n": len(seconds),
        "p50_ms": milliseconds(median(seconds)),
        "p95_ms": milliseconds(percentile(seconds, 0.95)),
    }
    if cpu_seconds:
        values |= {"cpu_p50_ms": milliseconds(median(cpu_seconds)), "queries": queries}
    return Finding(
        bench="b",
        case=f"{database}, {row['door']}, {row['way']}, {row['state']}",
        values=values,
        target=f"p95 ≤ {MAX_P95_SECONDS * 1000:.0f} ms, ≤ {MAX_QUERIES} queries",
        is_met=percentile(seconds, 0.95) <= MAX_P95_SECONDS and (queries or 0) <= MAX_QUERIES,
    )
