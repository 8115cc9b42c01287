"""Finds the Python that the site runs on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from deploy.commands import attempt
from deploy.errors import PythonTooOld

MINIMUM = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def find_python(
    running: tuple[int, int] = sys.version_info[:2],
    which: Callable[[str], str | None] = shutil.which,
) -> str:
    """Path of the running Python when it is new enough, else of the newest one on PATH.

    Raises: PythonTooOld when there is none.
    """
    if running >= MINIMUM:
        return sys.executable
    for name in NAMES:
        path = which(name)
        # A version manager's stand-in may be on PATH without a Python behind it.
        if path and attempt([path, "-c", ""]).returncode == 0:
            return path
    raise PythonTooOld(
        f"Agon needs Python 3.11 or newer and this is Python {running[0]}.{running[1]}. "
        "Install a newer one (Debian, Ubuntu: apt-get install python3.11; elsewhere: "
        "https://www.python.org/downloads/), or name one: make run PYTHON=/path/to/python3.11"
    )


def version_of(python: str) -> tuple[int, int] | None:
    """(major, minor) of an interpreter, None when it does not start."""
    done = attempt([python, "-c", "import sys; print(*sys.version_info[:2])"])
    if done.returncode:
        return None
    major, minor = done.stdout.split()
    return int(major), int(minor)
