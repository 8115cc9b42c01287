"""A person's computer, the command on it, and real sites."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agon.patience import Patience
from agon.site import Site as ClientSite
from agon.zarr_writing import write_array, write_groups
from tests.factories import config, write_folder
from tests.integration.client.line import Line, line_to
from tests.integration.system.site import ROOT, Site, wait_for

LIMITS = {"per_day": 500, "total": 500, "in_flight": 500, "upload": "1 GiB"}
# A program decides: any upload at all is taken, and its files are counted.
COUNTING = b"""\
import json, pathlib
files = [p for p in pathlib.Path("/agon/submission").rglob("*") if p.is_file()]
pathlib.Path("/agon/output/result.json").write_text(json.dumps({"scores": {"files": len(files)}}))
"""


@dataclass
class Computer:
    """Somebody's computer: folders of their own, and the command."""

    folder: Path
    url: str
    token: str
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """Start the command and return its process."""
        return subprocess.Popen(
            [sys.executable, "-m", "agon", *words],
            cwd=self.folder,
            env=self.environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def agon(self, *words: str, code: int = 0) -> str:
        """Run the command and return what it wrote; AssertionError for another exit code."""
        process = self.start(*words)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, (process.returncode, out, err)
        return out if code == 0 else err

    def document(self, *words: str) -> Any:
        """Run the command and return its JSON."""
        return json.loads(self.agon(*words, "--json"))

    def environ(self) -> dict[str, str]:
        """Return the environment of its commands."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AGON_")}
        own = {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "PYTHONPATH": str(ROOT / "client"),
            "AGON_SITE": self.url,
            **({"AGON_TOKEN": self.token} if self.token else {}),
        }
        return {**kept, **own, **self.environment}


def volume(seed: int) -> Any:  # a numpy array
    """Return labels of a small volume (z, y, x)."""
    return np.random.default_rng(seed).integers(0, 3, (8, 40, 50)).astype("uint16")


def write_store(store: Path, name: str, array: Any) -> None:
    """Write one array into a Zarr store."""
    write_groups(store, name)
    write_array(store / name, array)


def volumes_challenge(folder: Path) -> Path:
    """Write a challenge of two volumes, with a third one to train on."""
    cases = [
        {"id": "case-0{1..2}", "path": "{id}.zarr/labels", "format": "zarr", "dtype": "integer"}
    ]
    data = config(
        limits=LIMITS,
        submission={"cases": cases},
        scoring={"metrics": [{"key": "accuracy", "metric": "accuracy"}]},
    )
    write_folder(folder, {**data, "slug": "volumes", "title": "Volumes"})
    (folder / "truth" / "rain.csv").unlink()
    for number in (1, 2):
        write_store(folder / "truth" / f"case-0{number}.zarr", "labels", volume(number))
    write_store(folder / "public" / "train" / "case-77.zarr", "labels", volume(77))
    return folder


def counting_challenge(folder: Path) -> Path:
    """Write a challenge that takes any upload."""
    data = config(
        limits=LIMITS,
        submission={},
        scoring={"program": {"command": ["python", "score.py"], "keys": ["files"]}},
        leaderboard={"columns": [{"key": "files", "title": "Files", "better": "higher"}]},
    )
    return write_folder(folder, {**data, "slug": "files"}, {"scoring/score.py": COUNTING})


def prepare(site: Site, folder: Path) -> None:
    """Give a site its challenges and a person who takes part."""
    site.command("migrate", "--verbosity=0")
    site.command("person", "add", "ada@example.org", "--name", "Ada")
    site.command("challenge", "load", str(write_folder(folder / "rain", config(limits=LIMITS))))
    site.command("challenge", "load", str(volumes_challenge(folder / "volumes")))
    site.command("challenge", "load", str(counting_challenge(folder / "files")))
    site.sign_in("grace@example.org", "Grace")


@contextmanager
def web_server(site: Site) -> Iterator[None]:
    """Run only the web server of a site: nothing is scored."""
    with (site.home / "web.log").open("ab") as log:
        command = [sys.executable, "-m", "web", "web"]
        process = subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)
    try:
        wait_for(
            lambda: answers(site.url), seconds=60, what=f"an answering site ({site.home}/web.log)"
        )
        yield
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    """True when a site is there."""
    try:
        ClientSite(url, token="", patience=Patience(seconds=0)).challenges()
    except Exception:  # noqa: BLE001 - whatever is wrong, it is not there yet
        return False
    return True


@pytest.fixture(scope="module")
def receiving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that takes uploads, and scores nothing."""
    home = tmp_path_factory.mktemp("receiving")
    site = Site(home, {"AGON_WEB_THREADS": "8"})
    prepare(site, home)
    site.command("collectstatic", "--verbosity=0", "--no-input")
    with web_server(site):
        for challenge in ("rain", "files", "volumes"):
            site.join(challenge, "Ants")
        yield site


@pytest.fixture(scope="module")
def scoring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A whole site; for tests marked `bubblewrap`."""
    home = tmp_path_factory.mktemp("scoring")
    site = Site(home, {"AGON_SANDBOX": "bubblewrap", "AGON_SLOTS": "2"})
    prepare(site, home)
    site.start()
    yield site
    site.stop()


@pytest.fixture
def line(receiving: Site) -> Iterator[Line]:
    """A line to the receiving site."""
    with line_to(receiving.port) as line:
        yield line


def computer_at(folder: Path, url: str, token: str) -> Computer:
    """Return somebody's computer."""
    folder.mkdir(exist_ok=True)
    return Computer(folder, url, token)


@pytest.fixture
def far(receiving: Site, line: Line, tmp_path: Path) -> Computer:
    """A computer that reaches the receiving site over the line."""
    return computer_at(tmp_path / "computer", line.url, receiving.token)


@pytest.fixture
def near(scoring: Site, tmp_path: Path) -> Computer:
    """A computer beside the scoring site, which its person has joined nothing at yet."""
    return computer_at(tmp_path / "computer", scoring.url, scoring.token)
