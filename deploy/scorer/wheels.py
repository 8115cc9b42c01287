"""Unpacks the scorer's packages on the host, for the Python that the base image holds."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from packaging.requirements import Requirement

from deploy.commands import run, say
from deploy.scorer.base import BaseImage

# glibc versions that wheels on the index are built for: PEP 600 and its older names.
MANYLINUX_MINORS = (5, 12, 17, 24, 26, 27, 28, 31, 34, 35, 39)
OLD_NAMES = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
NEVER_RUN = ("bin", "*/tests", "*/*/tests", "*/*/*/tests")


def unpack_packages(lock: Path, *, base: BaseImage, folder: Path) -> None:
    """Install the packages of `lock` into `folder`, as wheels with known hashes only.

    Raises: CommandFailed when pip cannot get one.
    """
    chosen = folder.with_suffix(".txt")
    chosen.write_text("\n".join(requirements_for(lock, base)) + "\n", encoding="utf-8")
    say(f"Getting the scorer's packages for Python {base.python_version} ...")
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "--quiet"]
    # pip would hold each package's requires-python against the Python that pip itself runs on.
    options.append("--ignore-requires-python")
    target = ["--target", str(folder), "--python-version", base.python_version]
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options]
    command += [*target, *platforms(base), "--requirement", str(chosen)]
    run(command, what="Getting the scorer's packages", env={"PIP_ROOT_USER_ACTION": "ignore"})
    _remove_what_never_runs(folder)


def requirements_for(lock: Path, base: BaseImage) -> list[str]:
    """The lines of a lock that hold in the base image; markers are settled, hashes kept.

    pip reads markers for the Python that it runs on, whatever --python-version says.
    """
    text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
    chosen = []
    for line in filter(None, map(str.strip, text.splitlines())):
        pin, *hashes = line.split(" --hash=")
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(marker_values(base)):
            name = f"{requirement.name}{requirement.specifier}"
            chosen.append(" --hash=".join([name, *map(str.strip, hashes)]))
    return chosen


def marker_values(base: BaseImage) -> dict[str, str]:
    """The environment of PEP 508 inside the base image."""
    return {
        "python_version": base.python_version,
        "python_full_version": base.python_full_version,
        "implementation_name": "cpython",
        "implementation_version": base.python_full_version,
        "platform_python_implementation": "CPython",
        "platform_machine": base.machine,
        "platform_system": "Linux",
        "sys_platform": "linux",
        "os_name": "posix",
    }


def platforms(base: BaseImage) -> list[str]:
    """pip's --platform options: every manylinux that the base image's glibc can load."""
    options = []
    for minor in (number for number in MANYLINUX_MINORS if number <= base.glibc_minor):
        options += ["--platform", f"manylinux_2_{minor}_{base.machine}"]
        if minor in OLD_NAMES:
            options += ["--platform", f"{OLD_NAMES[minor]}_{base.machine}"]
    return options


def _remove_what_never_runs(folder: Path) -> None:
    for pattern in NEVER_RUN:
        for path in folder.glob(pattern):
            shutil.rmtree(path)
