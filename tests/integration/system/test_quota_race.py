"""Uploads of one team that reach the site together share what is left of its quota."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.factories import config, write_folder
from tests.integration.system.site import ROOT, Site, wait_for

UPLOADS = 6
PLACES = 1
LIMITS = {"per_day": PLACES, "total": 100, "in_flight": 100, "upload": "1 MiB"}


@contextmanager
def web_server(home: Path, settings: dict[str, str]) -> Iterator[Site]:
    """Yield a site of which only the web server runs: nothing is scored, nothing is forgiven."""
    site = Site(home, {"AGON_WEB_THREADS": "8", **settings})
    site.command("migrate", "--verbosity=0")
    site.command("collectstatic", "--verbosity=0", "--no-input")
    folder = write_folder(home / "rain", config(limits=LIMITS))
    site.command("challenge", "load", str(folder))
    site.sign_in("grace@example.org", "Grace")
    with (home / "web.log").open("ab") as log:
        command = [sys.executable, "-m", "web", "web"]
        process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
    try:
        wait_for(lambda: is_up(site), seconds=60, what=f"an answering site ({home}/web.log)")
        yield site
    finally:
        process.terminate()
        process.wait(30)


def is_up(site: Site) -> bool:
    try:
        return requests.get(f"{site.url}/healthz", timeout=5).ok
    except requests.RequestException:
        return False


def upload_at_once(site: Site) -> list[requests.Response]:
    """Hand in different files over as many connections, begun at the same moment."""
    barrier = Barrier(UPLOADS)

    def upload(number: int) -> requests.Response:
        barrier.wait()
        return requests.post(
            f"{site.url}/api/v1/challenges/rain/phases/main/submissions",
            headers={"Authorization": f"Bearer {site.token}"},
            files={"file": ("rain.csv", f"id,rain\n{number},0\n")},
            timeout=60,
        )

    with ThreadPoolExecutor(UPLOADS) as pool:
        return list(pool.map(upload, range(UPLOADS)))


def assert_one_was_taken(site: Site) -> None:
    site.join("rain", "Owls")

    answers = upload_at_once(site)

    codes = [answer.json().get("code") for answer in answers if answer.status_code != 201]
    assert Counter(answer.status_code for answer in answers) == {
        201: PLACES,
        429: UPLOADS - PLACES,
    }
    assert set(codes) == {"submission-quota-exceeded"}
    mine = site.call("GET", "challenges/rain/submissions")["submissions"]
    assert len(mine) == PLACES


def test_the_last_place_is_given_once_on_sqlite(tmp_path: Path) -> None:
    with web_server(tmp_path, {}) as site:
        assert_one_was_taken(site)


@pytest.mark.postgres
def test_the_last_place_is_given_once_on_postgresql(tmp_path: Path, database: str) -> None:
    with web_server(tmp_path, {"AGON_DATABASE_URL": database}) as site:
        assert_one_was_taken(site)
