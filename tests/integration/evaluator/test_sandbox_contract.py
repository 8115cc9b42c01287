"""The corpus of hostile programs: every runtime must report the same end, and go on unharmed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evaluator.sandbox.base import End, Mount
from tests.integration.evaluator.sandboxes import SMALL, SandboxHost

PROGRAMS = Path(__file__).parents[2] / "hostile" / "programs"


@pytest.mark.parametrize("case", sorted(PROGRAMS.iterdir()), ids=lambda case: case.name)
def test_a_hostile_program_ends_as_expected(host: SandboxHost, case: Path, tmp_path: Path) -> None:
    """Each folder holds a program and, in `expected`, the end and, after EXITED, the exit code."""
    end, *exit_code = (case / "expected").read_text(encoding="utf-8").split()
    program, values = tmp_path / "program", tmp_path / "input"
    shutil.copytree(case, program)  # a sandbox with a hole must not cost us the corpus
    values.mkdir()
    (values / "values.txt").write_text("1\n", encoding="utf-8")
    mounts = (Mount(program, "/agon/program"), Mount(values, "/agon/input"))

    limits = replace(SMALL, wall_seconds=1.5) if end == End.TIME_LIMIT else SMALL

    run, output = host.run("python", "/agon/program/main.py", mounts=mounts, limits=limits)

    assert run.end is End(end), run.log
    assert (values / "values.txt").read_text(encoding="utf-8") == "1\n"
    assert [str(run.exit_code)] == exit_code or run.end is not End.EXITED, run.log
    assert len(run.log) <= SMALL.log_bytes
    assert run.usage.wall_seconds < limits.wall_seconds + 2
    assert all(_is_harmless(path) for path in output.rglob("*"))
    assert run.end is End.EXITED or not list(output.iterdir())
    assert host.leftovers() == []
    after, _ = host.run("python", "-c", "print('fine')")
    assert (after.end, after.exit_code, after.log) == (End.EXITED, 0, b"fine\n")


def _is_harmless(path: Path) -> bool:
    info = path.lstat()
    return (
        not path.is_symlink() and (path.is_dir() or path.is_file()) and info.st_mode & 0o7022 == 0
    )
