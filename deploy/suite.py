"""`make test`: makes everything ready that the tests need, then runs them.

Arguments go to pytest. What cannot be had here is left out and named; with CI=true that fails.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.commands import exit_code_of, say, show  # noqa: E402
from deploy.environment import Environment, ensure_environment  # noqa: E402
from deploy.errors import SetupError  # noqa: E402
from deploy.services import SERVICES, Ready, ensure  # noqa: E402

DOMAIN_TESTS = ("tests/unit/challenges", "tests/integration/challenges")
PYTEST_INTERRUPTED = 2
PYTEST_NOTHING_COLLECTED = 5


def is_strict(environ: Mapping[str, str] = os.environ) -> bool:
    """True when nothing may be left out, as in continuous integration."""
    return environ.get("CI", "").lower() in {"1", "true"}


def check_complete(ready: Ready, *, strict: bool) -> None:
    """Name what is left out and why.

    Raises: SetupError when something is, and nothing may be.
    """
    for name, reason in ready.left_out.items():
        say(f"Left out: tests marked '{name}'. {reason}")
    if ready.left_out and strict:
        raise SetupError("CI=true: nothing may be left out, so the tests are not run.")


def run_domain_on_postgres(environment: Environment, ready: Ready) -> int:
    """Run the tests of the domain against PostgreSQL; the full run takes SQLite."""
    url = ready.environment.get(SERVICES["postgres"].variable)
    folders = [folder for folder in DOMAIN_TESTS if (environment.root / folder).is_dir()]
    if not (url and folders):
        return 0
    # A database of its own for each run, so that two runs at a time stay apart.
    database = f"{url.rsplit('/', 1)[0]}/agon_{os.getpid()}"
    say("First the domain's tests on PostgreSQL, then everything (on SQLite where not marked).")
    settings = {**ready.environment, "AGON_DATABASE_URL": database}
    code = run_pytest(environment, settings, ["-q", *folders])
    return 0 if code == PYTEST_NOTHING_COLLECTED else code


def run_pytest(
    environment: Environment, settings: Mapping[str, str], arguments: Sequence[str]
) -> int:
    """Run pytest in this terminal and return its exit code."""
    command = [str(environment.python), "-m", "pytest", *arguments]
    say(f"pytest {shlex.join(arguments)}".strip())
    return show(command, env=settings, cwd=environment.root)


def run_suite(environment: Environment, arguments: Sequence[str]) -> int:
    """Make ready and run; returns the exit code of the full run, or of the one that failed.

    Raises: SetupError with a sentence for the person.
    """
    ensure_environment(environment, "test.txt")
    ready = ensure(list(SERVICES), environment)
    check_complete(ready, strict=is_strict())
    domain = 0 if arguments else run_domain_on_postgres(environment, ready)
    if domain == PYTEST_INTERRUPTED:
        return domain
    return run_pytest(environment, ready.environment, arguments) or domain


def main(arguments: Sequence[str]) -> int:
    """Run the tests; returns the exit code."""
    return exit_code_of(lambda: run_suite(Environment(ROOT), arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
