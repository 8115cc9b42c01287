"""Sites of which only the web server runs: nothing is scored, nothing is forgiven."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.factories import config, write_folder
from tests.integration.system.site import ROOT, Site, wait_for


@contextmanager
def web_server(
    home: Path, settings: Mapping[str, str], limits: Mapping[str, Any]
) -> Iterator[Site]:
    """Yield a site whose challenge has these limits, and a person with a token."""
    site = Site(home, {"AGON_WEB_THREADS": "8", **settings})
    site.command("migrate", "--verbosity=0")
    site.command("collectstatic", "--verbosity=0", "--no-input")
    folder = write_folder(home / "rain", config(limits=dict(limits)))
    site.command("challenge", "load", str(folder))
    site.sign_in("grace@example.org", "Grace")
    try:
        serve(site)
        yield site
    finally:
        end(site)


def serve(site: Site) -> None:
    """Start the web server and wait until it answers."""
    with (site.home / "web.log").open("ab") as log:
        command = [sys.executable, "-m", "web", "web"]
        site.process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdout=log, stderr=log
        )
    wait_for(lambda: _is_up(site), seconds=60, what=f"an answering site ({site.home}/web.log)")


def end(site: Site) -> None:
    """End the web server in good order."""
    if site.process is not None:
        site.process.terminate()
        site.process.wait(30)


def _is_up(site: Site) -> bool:
    try:
        return requests.get(f"{site.url}/healthz", timeout=5).ok
    except requests.RequestException:
        return False
