"""Sites that the bench measures: started as `make run` does, with people who have tokens."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.integration.system.site import ROOT, Site, wait_for

QUIET = {"AGON_WEB_WORKERS": "2", "AGON_WEB_THREADS": "8", "AGON_COMPILE_AHEAD": "false"}


@contextmanager
def prepared_site(settings: Mapping[str, str], *challenges: Path) -> Iterator[Site]:
    """Yield a site that holds the challenges and has not been started; stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="agon-bench-") as folder:
        site = Site(Path(folder), {**QUIET, **settings})
        site.command("migrate", "--verbosity=0")
        site.command("collectstatic", "--verbosity=0", "--no-input")
        for challenge in challenges:
            site.command("challenge", "load", str(challenge))
        try:
            yield site
        finally:
            site.stop()


@contextmanager
def only_web(site: Site) -> Iterator[None]:
    """Run the site's web server without anything that scores, so that all submissions wait."""
    with (site.home / "web.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web", "web"],
            cwd=ROOT,
            env=site.environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: _answers(site), seconds=60, what="an answering web server")
        yield
    finally:
        process.terminate()
        process.wait(30)


def _answers(site: Site) -> bool:
    try:
        return requests.get(f"{site.url}/api/v1/challenges", timeout=5).ok
    except requests.RequestException:
        return False


def inside(site: Site, module: str, *words: str) -> Any:
    """Run a module of the bench with the site's own settings and return the JSON it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env={**site.environment, "DJANGO_SETTINGS_MODULE": "web.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


class Person:
    """One person's connection to a site's API."""

    def __init__(self, site: Site, token: str) -> None:
        self._api = f"{site.url}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def hand_in(self, challenge: str, content: bytes) -> str:
        """Hand a table in and return the submission's id."""
        path = f"challenges/{challenge}/phases/main/submissions"
        files = {"file": ("rain.csv", content)}
        return str(self._answer(self._session.post(f"{self._api}/{path}", files=files))["id"])

    def board(self, challenge: str) -> list[dict[str, Any]]:
        """Return the rows of a challenge's board."""
        rows: list[dict[str, Any]] = self.get(f"challenges/{challenge}/phases/main/leaderboard")[
            "rows"
        ]
        return rows

    def get(self, path: str) -> dict[str, Any]:
        """Return what an address of the API says."""
        return self._answer(self._session.get(f"{self._api}/{path}"))

    def _answer(self, response: requests.Response) -> dict[str, Any]:
        assert response.ok, f"{response.status_code} {response.text}"
        answer: dict[str, Any] = response.json()
        return answer
