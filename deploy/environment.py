"""The virtual environment in `.venv`: made once, installed anew only when a lock changes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from deploy import locks, system_packages
from deploy.commands import attempt, run, say
from deploy.interpreters import MINIMUM, find_python, version_of

LOCKS = ("run.txt", "test.txt")
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
QUIET = {"PIP_ROOT_USER_ACTION": "ignore"}
COMMANDS = {"agon-site": "web.commandline", "agon": "agon.cli"}
COMMAND = """\
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" -c 'import sys
sys.argv[0] = "{name}"
from {module} import main
sys.exit(main())' "$@"
"""


@dataclass(frozen=True)
class Environment:
    """Where the project and its virtual environment lie."""

    root: Path

    @property
    def folder(self) -> Path:
        """The virtual environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        """The server command."""
        return self.program("agon-site")

    @property
    def stamp(self) -> Path:
        """JSON: the Python version, and the digest of each lock that is installed."""
        return self.folder / "agon-installed.json"

    @property
    def image_refused(self) -> Path:
        """Empty file, there when the scorer image could not be built; its time says when."""
        return self.folder / "agon-image-refused"

    def program(self, name: str) -> Path:
        """One of the project's own commands."""
        return self.folder / "bin" / name

    def lock(self, name: str) -> Path:
        """A file of requirements."""
        return self.root / "requirements" / name


def ensure_environment(environment: Environment, lock_name: str) -> None:
    """Make `.venv` and install a lock and the project, as far as they are not there yet.

    Raises: PythonTooOld, PackagesMissing, CommandFailed.
    """
    version = version_of(str(environment.python)) or (0, 0)
    if not is_installed(environment, lock_name, version):
        if version < MINIMUM or not _has_pip(environment):
            version = _create(environment)
        _install(environment, lock_name)
        write_stamp(environment, lock_name, version)
    link_project(environment, version)


def is_installed(environment: Environment, lock_name: str, version: tuple[int, int]) -> bool:
    """True when the stamp says that this very lock was installed for this Python."""
    try:
        stamp = json.loads(environment.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(stamp, dict) or stamp.get("python") != list(version):
        return False
    return bool(stamp.get(lock_name) == locks.digest(environment.lock(lock_name)))


def write_stamp(environment: Environment, lock_name: str, version: tuple[int, int]) -> None:
    """Note an installed lock, and every other lock that it covers."""
    installed = environment.lock(lock_name)
    covered = [name for name in LOCKS if locks.covers(installed, environment.lock(name))]
    digests = {name: locks.digest(environment.lock(name)) for name in covered}
    environment.stamp.write_text(json.dumps({"python": version, **digests}), encoding="utf-8")


def link_project(environment: Environment, version: tuple[int, int]) -> None:
    """Let the environment import the project where it lies, and give it the project's commands."""
    library = environment.folder / "lib" / f"python{version[0]}.{version[1]}" / "site-packages"
    _write_if_new(library / "agon.pth", f"{environment.root}\n{environment.root / 'client'}\n")
    for name, module in COMMANDS.items():
        program = environment.program(name)
        _write_if_new(program, COMMAND.format(name=name, module=module))
        program.chmod(0o755)


def _write_if_new(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _has_pip(environment: Environment) -> bool:
    # Not so when making the environment was cut off.
    return attempt([str(environment.python), "-m", "pip", "--version"]).returncode == 0


def _create(environment: Environment) -> tuple[int, int]:
    python = find_python()
    version = version_of(python) or MINIMUM
    if attempt([python, "-c", "import ensurepip, venv"]).returncode:
        system_packages.install(
            [f"python{version[0]}.{version[1]}-venv"],
            reason=f"{python} cannot make a virtual environment.",
        )
    say(f"Making a virtual environment with Python {version[0]}.{version[1]} ...")
    command = [python, "-m", "venv", "--clear", str(environment.folder)]
    run(command, what="Making a virtual environment")
    return version


def _install(environment: Environment, lock_name: str) -> None:
    lock = environment.lock(lock_name)
    say(f"Installing {len(locks.pins(lock))} packages (first start only, about a minute) ...")
    arguments = ["install", "--require-hashes", "--no-deps", "--requirement", str(lock)]
    run([str(environment.python), *PIP, *arguments], what="Installing packages", env=QUIET)
