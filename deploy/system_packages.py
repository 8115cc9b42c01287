"""Installs packages of Debian and Ubuntu when we are root, or says which ones to install."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.commands import run, say
from deploy.errors import PackagesMissing

POLICY = Path("/usr/sbin/policy-rc.d")
APT = (
    "apt-get",
    "-qq",
    "-y",
    "--no-install-recommends",
    "-o",
    "Dpkg::Use-Pty=0",
    "-o",
    "DPkg::Lock::Timeout=300",  # seconds to wait for another apt
)
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}


def can_install() -> bool:
    """True as root on a system with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str], *, reason: str) -> None:
    """Install packages with apt; nothing is started by that.

    Raises: PackagesMissing when we may not; CommandFailed when apt cannot.
    """
    if not can_install():
        raise PackagesMissing(f"{reason} {how_to_install(packages)}")
    say(f"Installing {', '.join(packages)} from the system's packages ...")
    run([*APT, "update"], what="Reading the lists of packages", env=QUIET)
    with _nothing_starts():
        run([*APT, "install", *packages], what=f"Installing {', '.join(packages)}", env=QUIET)


def how_to_install(packages: Sequence[str]) -> str:
    """A sentence that names the command to type."""
    if shutil.which("apt-get"):
        command = f"apt-get install {' '.join(packages)}"
        return f"Run this, then start again: sudo {command}"
    return f"Install {', '.join(packages)} (as Debian names it) and start again."


@contextmanager
def _nothing_starts() -> Iterator[None]:
    # Debian starts a server as soon as it is installed; ours run privately, on free ports.
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()
