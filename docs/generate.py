"""Brings the generated parts of the documentation up to date: `python docs/generate.py`."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "client")]

import django  # noqa: E402 - needs the path above, as all below


def main() -> int:
    """Write what is out of date and name it; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="agon-docs-") as home:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "web.settings", "AGON_HOME": home}
        django.setup()
        from docs.generator.pages import write  # noqa: PLC0415 - the API needs Django set up

        written = write()
    for path in written:
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    sys.stdout.write(f"{len(written)} files written.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
