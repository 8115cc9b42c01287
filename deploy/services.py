"""Real services for tests and bench; `python3 deploy/services.py ensure` starts what is missing.

stdout gets `NAME=value` lines for the environment, stderr the progress.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy import system_packages  # noqa: E402
from deploy.commands import ask, exit_code_of, say, timed  # noqa: E402
from deploy.engine import engine_version, start_engine  # noqa: E402
from deploy.environment import Environment  # noqa: E402
from deploy.errors import CommandFailed, EngineMissing, PackagesMissing, SetupError  # noqa: E402
from deploy.postgres import ensure_postgres, find_binaries  # noqa: E402
from deploy.processes import Ledger, Server  # noqa: E402
from deploy.redis_server import ensure_redis  # noqa: E402
from deploy.sandboxes import ensure_bubblewrap  # noqa: E402

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
LEDGER = Path("var") / "test-services"


@dataclass(frozen=True)
class Service:
    """Something that marked tests need: the packages that bring it, and how it is started.

    `ensure` returns what `variable` of the environment is to hold, and raises SetupError when the
    service cannot be had.
    """

    title: str
    variable: str
    packages: tuple[str, ...]
    is_installed: Callable[[], bool]
    ensure: Callable[[Environment, Ledger], str]


@dataclass(frozen=True)
class Ready:
    """What can be used: lines for the environment, and why the rest was left out."""

    environment: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def ensure(names: Sequence[str], environment: Environment) -> Ready:
    """Install and start services by name, as far as that can be done here."""
    ledger, ready = Ledger(environment.root / LEDGER), Ready()
    with ledger.locked():
        _install_missing(names)
        for name in names:
            try:
                service = SERVICES[name]
                ready.environment[service.variable] = _ensure_one(service, environment, ledger)
            except SetupError as error:
                ready.left_out[name] = str(error)
        gone = {SERVICES[name].variable for name in ready.left_out}
        kept = {k: v for k, v in ledger.environment().items() if k not in gone}
        ledger.write_environment({**kept, **ready.environment})
    return ready


def stop(environment: Environment) -> None:
    """Stop the servers that we started, and no others."""
    ledger = Ledger(environment.root / LEDGER)
    with ledger.locked():
        ledger.forget_environment()
        for name, service in SERVICES.items():
            if ledger.stop(name):
                say(f"{service.title} is stopped.")


def _install_missing(names: Sequence[str]) -> None:
    missing = [name for name in names if not SERVICES[name].is_installed()]
    packages = [package for name in missing for package in SERVICES[name].packages]
    if not (packages and system_packages.can_install()):
        return
    try:
        with timed("The packages are installed."):
            system_packages.install(packages, reason="")
    except CommandFailed as error:
        say(str(error))  # the services below say which of them are left out


def _ensure_one(service: Service, environment: Environment, ledger: Ledger) -> str:
    if not service.is_installed():
        advice = system_packages.how_to_install(service.packages)
        raise PackagesMissing(f"{service.title} is not installed. {advice}")
    with timed(f"{service.title} is ready."):
        return service.ensure(environment, ledger)


def _ensure_docker(environment: Environment, ledger: Ledger) -> str:
    if engine_version() is None:
        if os.geteuid() != 0 or not shutil.which("dockerd"):
            raise EngineMissing(
                "No Docker engine answers here, and only root can start one. "
                "Start it (sudo systemctl start docker) and be a member of its group."
            )
        with timed("The Docker engine answers."):
            pid = start_engine(ledger.folder / "dockerd.log")
        if pid:
            ledger.remember("docker", Server(pid=pid, program="dockerd"))
    script = environment.root / "deploy" / "scorer" / "build.py"
    return ask([str(environment.python), str(script)], what="Building the scorer image").strip()


def _find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


SERVICES = {
    "docker": Service(
        title="Docker with the scorer image",
        variable="AGON_SCORER_IMAGE",
        packages=("docker.io", "ca-certificates"),
        is_installed=lambda: engine_version() is not None or shutil.which("dockerd") is not None,
        ensure=_ensure_docker,
    ),
    "bubblewrap": Service(
        title="bubblewrap",
        variable="AGON_TEST_BUBBLEWRAP",
        packages=("bubblewrap",),
        is_installed=lambda: shutil.which("bwrap") is not None,
        ensure=lambda _, __: ensure_bubblewrap(),
    ),
    "postgres": Service(
        title="PostgreSQL",
        variable="AGON_TEST_POSTGRES",
        packages=("postgresql",),
        is_installed=lambda: find_binaries() is not None,
        ensure=lambda _, ledger: ensure_postgres(ledger),
    ),
    "redis": Service(
        title="Redis",
        variable="AGON_TEST_REDIS",
        packages=("redis-server",),
        is_installed=lambda: shutil.which("redis-server") is not None,
        ensure=lambda _, ledger: ensure_redis(ledger),
    ),
    "browser": Service(
        title="Chromium",
        variable="AGON_TEST_CHROMIUM",
        packages=("chromium", "fonts-liberation"),
        is_installed=lambda: _find_chromium() is not None,
        ensure=lambda _, __: _find_chromium() or "",
    ),
}


def main(arguments: Sequence[str]) -> int:
    """Read the command line and act; returns the exit code."""
    parser = argparse.ArgumentParser(description="Services for Agon's tests.")
    parser.add_argument("action", choices=("ensure", "stop"))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(SERVICES)}")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(SERVICES))
    if unknown:
        parser.error(f"no such service: {', '.join(unknown)}")
    return exit_code_of(lambda: act(options.action, options.names or list(SERVICES)))


def act(action: str, names: Sequence[str]) -> int:
    """Start or stop services; 0 when everything asked for is there."""
    environment = Environment(ROOT)
    if action == "stop":
        stop(environment)
        return 0
    ready = ensure(names, environment)
    for key, value in ready.environment.items():
        sys.stdout.write(f"{key}={value}\n")
    for name, reason in ready.left_out.items():
        say(f"{SERVICES[name].title}: {reason}")
    return 1 if ready.left_out else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
