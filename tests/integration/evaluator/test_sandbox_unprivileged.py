"""bubblewrap where the worker has no rights and no control groups: rlimits and a watchdog."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.evaluator.unprivileged import PROGRAMS

pytestmark = pytest.mark.bubblewrap

USER = 19_999  # nobody's
OTHER_ENDS = {
    # A program that fails at the wall is gone before the watchdog has seen so many processes.
    "fork_bomb": {"process-limit", "exited"},
    "thread_bomb": {"process-limit", "exited"},
    "zombies": {"process-limit", "exited"},
    "fill_temporary_with_files": {"memory-limit", "time-limit", "exited"},  # counted as memory
    "fork_storm": {"process-limit", "time-limit"},  # as the watchdog gets to look
    "memory_files": {"exited"},  # refused by the filter
}


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the user owns; pytest's own lie below one that is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="agon-unprivileged-"))
    if os.geteuid() == 0:
        os.chown(folder, USER, USER)
    yield folder
    shutil.rmtree(folder)


def test_hostile_programs_end_without_control_groups_too(home: Path) -> None:
    cases = sorted(case.name for case in PROGRAMS.iterdir())
    command = [sys.executable, "-m", "tests.integration.evaluator.unprivileged"]

    done = subprocess.run(
        [*command, str(home), str(USER), *cases], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "watchdog" in found["description"]
    wrong = [(case, found["cases"][case]) for case in cases if not _is_right(case, found["cases"])]
    assert not wrong


def _is_right(case: str, found: dict[str, list[object]]) -> bool:
    end, exit_code, _, leftovers = found[case]
    expected, *code = (PROGRAMS / case / "expected").read_text(encoding="utf-8").split()
    if leftovers:
        return False
    if case in OTHER_ENDS:
        return end in OTHER_ENDS[case]
    return end == expected and (end != "exited" or [str(exit_code)] == code)
