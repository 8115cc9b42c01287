"""Makes a fresh machine ready; `make` calls it. Runs on any Python 3.8 or newer.

`run` starts the whole site; `install` only sees to the virtual environment.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.commands import exit_code_of  # noqa: E402
from deploy.environment import LOCKS, Environment, ensure_environment  # noqa: E402
from deploy.errors import SetupError  # noqa: E402
from deploy.ports import LOOPBACK, check_port, wanted_port  # noqa: E402
from deploy.sandboxes import ensure_sandbox  # noqa: E402


def run_site(environment: Environment) -> None:
    """Make everything ready and become `agon-site up`; does not return.

    Raises: SetupError with a sentence for the person.
    """
    check_port(wanted_port(), os.environ.get("AGON_ADDRESS") or LOOPBACK)
    check_home(environment)
    ensure_environment(environment, "run.txt")
    settings = ensure_sandbox(environment)
    os.chdir(environment.root)
    command = str(environment.command)
    os.execve(command, [command, "up"], {**os.environ, **settings})  # noqa: S606 - our own command


def check_home(environment: Environment) -> None:
    """Make the folder that keeps the site's data.

    Raises: SetupError when it cannot be written to.
    """
    home = environment.root / (os.environ.get("AGON_HOME") or "var")
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(
            f"AGON_HOME: the folder {home} cannot be made: {error.strerror}."
        ) from error
    if not os.access(home, os.W_OK):
        raise SetupError(f"The folder {home} cannot be written to. Name another: AGON_HOME=DIR")


def act(options: argparse.Namespace) -> int:
    """Do what the command line asks; returns the exit code."""
    environment = Environment(ROOT)
    if options.action == "run":
        run_site(environment)
    ensure_environment(environment, options.lock)
    return 0


def main(arguments: Sequence[str]) -> int:
    """Read the command line and act; returns the exit code."""
    parser = argparse.ArgumentParser(description="Make this machine ready for Agon.")
    parser.add_argument("action", choices=("run", "install"))
    parser.add_argument("--lock", choices=LOCKS, default="run.txt")
    options = parser.parse_args(arguments)
    return exit_code_of(lambda: act(options))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
