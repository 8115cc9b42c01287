"""Uploads of one team that reach the site together share what is left of its quota."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests

from tests.integration.system.servers import web_server
from tests.integration.system.site import Site

UPLOADS = 6
PLACES = 1
LIMITS = {"per_day": PLACES, "total": 100, "in_flight": 100, "upload": "1 MiB"}


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
    with web_server(tmp_path, {}, LIMITS) as site:
        assert_one_was_taken(site)


@pytest.mark.postgres
def test_the_last_place_is_given_once_on_postgresql(tmp_path: Path, database: str) -> None:
    with web_server(tmp_path, {"AGON_DATABASE_URL": database}, LIMITS) as site:
        assert_one_was_taken(site)
