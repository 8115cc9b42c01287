"""Names the scorer image after what goes into it, so that equal inputs are built once."""

from __future__ import annotations

import hashlib
from pathlib import Path

REPOSITORY = "agon-scorer"
ALIAS = f"{REPOSITORY}:latest"
DEFAULT_BASE = "python:3.12-slim"
LEFT_OUT = {"__pycache__"}


def image_tag(root: Path, base: str = "") -> str:
    """`agon-scorer:` and 12 hex digits over lock, Dockerfile, evaluator, and an asked-for base."""
    total = hashlib.sha256(base.encode())
    fixed = [root / "requirements" / "score.txt", root / "deploy" / "scorer" / "Dockerfile"]
    for path in [*fixed, *evaluator_files(root)]:
        name = path.relative_to(root).as_posix()
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"\n{name} {content}".encode())
    return f"{REPOSITORY}:{total.hexdigest()[:12]}"


def evaluator_files(root: Path) -> list[Path]:
    """The evaluator's files in a fixed order, without compiled ones."""
    files = (path for path in (root / "evaluator").rglob("*") if path.is_file())
    return sorted(path for path in files if not LEFT_OUT & set(path.parts))
