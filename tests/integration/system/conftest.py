"""Sites in both sets of pieces: embedded, and the big one with PostgreSQL, Redis and Docker."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

from tests.factories import config, write_folder
from tests.integration.system.site import Site

# Waits as long as the submission says, then gives the score that it says.
SLOW_PROGRAM = b"""\
import json, pathlib, time
wish = json.loads(pathlib.Path("/agon/submission/wish.json").read_text())
print("waiting", wish["seconds"], flush=True)
time.sleep(wish["seconds"])
result = {"scores": {"accuracy": wish["accuracy"]}}
pathlib.Path("/agon/output/result.json").write_text(json.dumps(result))
"""

MakeSite = Callable[..., Site]


def slow_challenge(folder: Path) -> Path:
    """Write a challenge whose scoring takes as long as a submission asks."""
    data = config(
        submission={},
        scoring={"program": {"command": ["python", "score.py"], "keys": ["accuracy"]}},
        limits={"per_day": 500, "total": 500, "in_flight": 500, "upload": "1 MiB"},
        resources={"memory": "256 MiB", "time": "60 s", "cpus": 1},
    )
    return write_folder(folder, data, {"scoring/score.py": SLOW_PROGRAM})


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Return a function that makes a site with the slow challenge and a person in a team."""
    sites: list[Site] = []

    def make(settings: Mapping[str, str]) -> Site:
        home = tmp_path / f"home-{len(sites)}"
        home.mkdir()
        site = Site(home, settings)
        sites.append(site)
        site.command("migrate", "--verbosity=0")
        site.command("challenge", "load", str(slow_challenge(tmp_path / f"slow-{len(sites)}")))
        site.sign_in("grace@example.org", "Grace")
        site.start()
        site.join("rain", "Ants")
        return site

    yield make
    for site in sites:
        site.stop()


@pytest.fixture
def embedded() -> dict[str, str]:
    """Settings of a site that needs no server: SQLite, broker in memory, bubblewrap."""
    return {"AGON_SANDBOX": "bubblewrap", "AGON_SLOTS": "2"}


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database of its own."""
    name = f"agon_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def big_settings(database: str, redis_url: str, image: str) -> dict[str, Any]:
    """Settings of a site with PostgreSQL, Redis and Docker."""
    return {
        "AGON_DATABASE_URL": database,
        "AGON_BROKER": redis_url,
        "AGON_SANDBOX": "docker",
        "AGON_SCORER_IMAGE": image,
        "AGON_SLOTS": "2",
    }
