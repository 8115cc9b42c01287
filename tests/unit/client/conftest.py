"""A person's computer: folders of their own, no site and no token in the environment."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agon.cli import main
from tests.unit.client.scripted import ScriptedSite, scripted_site


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep configuration and cache of a test in a folder of its own, and return it."""
    for name in [name for name in os.environ if name.startswith("AGON_")]:
        monkeypatch.delenv(name)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    return folder


@pytest.fixture
def scripted() -> Iterator[ScriptedSite]:
    """A site that answers what the test says."""
    with scripted_site() as site:
        yield site


@pytest.fixture
def agon(scripted: ScriptedSite, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return a function that runs the command, signed in to the scripted site."""
    monkeypatch.setenv("AGON_SITE", scripted.url)
    monkeypatch.setenv("AGON_TOKEN", "agon_secret")

    def run(*words: str) -> int:
        return main(list(words))

    return run
