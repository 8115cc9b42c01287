"""Reads requirement locks: what they hold, whether one covers another, their digest."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(lock: Path) -> str:
    """SHA-256 of a lock file."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def pins(lock: Path) -> set[str]:
    """The lines that pin a package (`name==version ; marker`), without their hashes."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.rstrip("\\ ") for line in lines if line and not line.startswith((" ", "#"))}


def covers(larger: Path, smaller: Path) -> bool:
    """True when installing `larger` installs all of `smaller`, at the same versions."""
    return pins(smaller) <= pins(larger)
