"""Brings marked tests and real services together; what cannot be had is left out, and named."""

import os
from collections import Counter
from pathlib import Path

import pytest

from deploy.processes import Ledger
from deploy.services import LEDGER, SERVICES
from deploy.suite import is_strict

LEFT_OUT = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Take up services that `make services` or an earlier `make test` started."""
    for name, value in Ledger(Path(config.rootpath) / LEDGER).environment().items():
        os.environ.setdefault(name, value)


@pytest.hookimpl(trylast=True)  # after -k and -m, which may have left out the same tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests whose service is missing; with CI=true that ends the run."""
    missing = {name for name, service in SERVICES.items() if not os.environ.get(service.variable)}
    left_out = [item for item in items if missing & _markers(item)]
    counts = Counter(name for item in left_out for name in sorted(missing & _markers(item)))
    if left_out and is_strict():
        raise pytest.UsageError(f"CI=true, but these are missing: {', '.join(sorted(counts))}.")
    config.stash[LEFT_OUT] = counts
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not missing & _markers(item)]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what was left out and how to have it."""
    for name, count in sorted(config.stash.get(LEFT_OUT, Counter()).items()):
        variable = SERVICES[name].variable
        terminalreporter.write_line(
            f"Left out: tests marked '{name}' ({count}), as {variable} is not set. "
            f"Start the service with: python3 deploy/services.py ensure {name}"
        )


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A PostgreSQL whose user may create databases; for tests marked `postgres`."""
    return _from_environment("postgres")


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis that only tests use; for tests marked `redis`."""
    return _from_environment("redis")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Chromium's executable; for tests marked `browser`."""
    return _from_environment("browser")


@pytest.fixture(scope="session")
def scorer_image() -> str:
    """Name of the scorer image, built of this tree; for tests marked `docker`."""
    return _from_environment("docker")


def _from_environment(name: str) -> str:
    value = os.environ.get(SERVICES[name].variable)
    if not value:
        raise pytest.UsageError(f"Mark the test with pytest.mark.{name} to use this fixture.")
    return value


def _markers(item: pytest.Item) -> set[str]:
    return {marker.name for marker in item.iter_markers()}
