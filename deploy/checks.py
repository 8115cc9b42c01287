"""`make check`: every check that needs no running service. All run; one that fails fails all."""

from __future__ import annotations

import string
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.audit import FINE, audit  # noqa: E402
from deploy.commands import exit_code_of, run, say  # noqa: E402
from deploy.environment import Environment, ensure_environment  # noqa: E402
from deploy.errors import CommandFailed, SetupError  # noqa: E402


@dataclass(frozen=True)
class Check:
    """A program of the virtual environment; left out while `subject` does not exist."""

    title: str
    command: tuple[str, ...]
    subject: str = "."
    settings: tuple[tuple[str, str], ...] = ()


PRODUCTION = (
    ("AGON_SITE_URL", "https://agon.example.org"),
    ("AGON_TRUSTED_PROXIES", "1"),
    ("AGON_SECRET_KEY", "only-for-this-check-" + string.ascii_letters),
)
SITE = "web/commandline.py"
CHECKS = (
    Check("Lint", ("ruff", "check", ".")),
    Check("Format", ("ruff", "format", "--check", ".")),
    Check("Types", ("mypy", "--explicit-package-bases", ".")),
    Check(
        "Types on the client's oldest Python",
        ("mypy", "--explicit-package-bases", "--python-version=3.10", "client/agon"),
        "client/agon",
    ),
    Check("Layers", ("lint-imports",)),
    Check(
        "Templates",
        ("djlint", "--lint", "--quiet", "--allow-empty-input", "web/templates"),
        "web/templates",
    ),
    Check("Migrations", ("agon-site", "makemigrations", "--check", "--dry-run"), SITE),
    Check(
        "Deployment", ("agon-site", "check", "--deploy", "--fail-level=WARNING"), SITE, PRODUCTION
    ),
)


def run_checks(environment: Environment) -> int:
    """Run all checks; 0 when every one of them passed."""
    ensure_environment(environment, "test.txt")
    present = [check for check in CHECKS if (environment.root / check.subject).exists()]
    with tempfile.TemporaryDirectory(prefix="agon-check-") as home:
        passed = [_passes(check.title, _action(check, environment, home)) for check in present]
    passed.append(_passes("Known vulnerabilities", lambda: audit(environment)))
    failed = passed.count(False)
    say(f"{failed} of {len(passed)} checks failed." if failed else "No check failed.")
    return 0 if all(passed) else 1


def _action(check: Check, environment: Environment, home: str) -> Callable[[], str]:
    program, *arguments = check.command
    command = [str(environment.folder / "bin" / program), *arguments]
    settings = {"AGON_HOME": home, **dict(check.settings)}

    def action() -> str:
        run(command, what=check.title, cwd=environment.root, env=settings)
        return FINE

    return action


def _passes(title: str, action: Callable[[], str]) -> bool:
    start = time.monotonic()
    try:
        verdict = action()
    except SetupError as error:
        say(error.output.rstrip() if isinstance(error, CommandFailed) else str(error))
        say(f"{title}: FAILED ({time.monotonic() - start:.1f} s)")
        return False
    say(f"{title}: {verdict} ({time.monotonic() - start:.1f} s)")
    return True


def main(_: Sequence[str]) -> int:
    """Run every check; returns the exit code."""
    return exit_code_of(lambda: run_checks(Environment(ROOT)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
