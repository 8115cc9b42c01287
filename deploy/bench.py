"""`make bench`: measures with the services of the tests; arguments go to `tests.bench`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.commands import exit_code_of, show  # noqa: E402
from deploy.environment import Environment, ensure_environment  # noqa: E402
from deploy.services import SERVICES, ensure  # noqa: E402
from deploy.suite import check_complete, is_strict  # noqa: E402


def run_bench(environment: Environment, arguments: Sequence[str]) -> int:
    """Make ready and measure; returns the exit code of the bench.

    Raises: SetupError with a sentence for the person.
    """
    ensure_environment(environment, "test.txt")
    ready = ensure([name for name in SERVICES if name != "browser"], environment)
    check_complete(ready, strict=is_strict())
    command = [str(environment.python), "-m", "tests.bench", *arguments]
    return show(command, env=ready.environment, cwd=environment.root)


def main(arguments: Sequence[str]) -> int:
    """Measure; returns the exit code."""
    return exit_code_of(lambda: run_bench(Environment(ROOT), arguments))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
