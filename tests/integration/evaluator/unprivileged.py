"""Runs hostile programs in bubblewrap as a user without rights; prints how they ended, as JSON.

`python -m tests.integration.evaluator.unprivileged FOLDER USER CASE…`: started by root, it first
becomes the user, in a mount table where that user can reach this interpreter and these tests.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from evaluator.sandbox import mounts
from evaluator.sandbox.base import Mount
from tests.integration.evaluator.sandboxes import SandboxHost, open_host

ROOT = Path(__file__).parents[3]
PROGRAMS = ROOT / "tests" / "hostile" / "programs"


def main(folder: Path, user: int, cases: list[str]) -> None:
    """Run the cases and print {case: [end, exit code, seconds, left behind]}."""
    if os.geteuid() == 0:
        _make_reachable({ROOT, Path(sys.prefix), Path(sys.base_prefix)})
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        mounts.die_with_parent()
    with open_host("bubblewrap", folder) as host:
        found = {case: _end(host, case) for case in cases}
        json.dump({"description": host.sandbox.description, "cases": found}, sys.stdout)


def _end(host: SandboxHost, case: str) -> list[object]:
    program, values = host.folder / case, host.folder / f"{case}-input"
    shutil.copytree(PROGRAMS / case, program)
    values.mkdir()
    (values / "values.txt").write_text("1\n", encoding="utf-8")
    shown = (Mount(program, "/agon/program"), Mount(values, "/agon/input"))
    run, _ = host.run("python", "/agon/program/main.py", mounts=shown)
    return [run.end, run.exit_code, run.log.decode("utf-8", "replace")[-500:], host.leftovers()]


def _make_reachable(places: set[Path]) -> None:
    """In a mount table of our own, open the way to `places` where a folder above is closed."""
    closed = {place: _closed_above(place) for place in places}
    mounts.enter_private_mounts()
    opened = {place: os.open(place, os.O_PATH) for place, above in closed.items() if above}
    for above in {str(above) for above in closed.values() if above}:
        mounts.mount_tmpfs(above, size_bytes=1024**2, files=1000, mode=0o755)
    for place, descriptor in opened.items():
        place.mkdir(parents=True, exist_ok=True)
        mounts.bind(f"/proc/self/fd/{descriptor}", str(place), flags=mounts.READ_ONLY)


def _closed_above(place: Path) -> Path | None:
    return next((above for above in reversed(place.parents) if not above.stat().st_mode & 1), None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
