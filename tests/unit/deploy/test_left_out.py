"""pytest leaves out tests whose service is missing, aloud; with CI=true it does not run at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TESTS = """
import pytest

@pytest.mark.redis
def test_marked(redis_url):
    assert redis_url == "redis://here"

def test_unmarked():
    pass

def test_without_its_marker(redis_url):
    pass
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    redis: needs Redis\n")
    (tmp_path / "test_sample.py").write_text(TESTS)
    return tmp_path


def run_pytest(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    plugins = ["-p", "tests.conftest", "-p", "no:django", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, *arguments],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_marked_test_without_its_service_is_left_out_and_counted(folder: Path) -> None:
    done = run_pytest(folder, "-k", "marked")

    assert "1 passed, 2 deselected" in done.stdout
    assert "Left out: tests marked 'redis' (1), as AGON_TEST_REDIS is not set." in done.stdout
    assert done.returncode == 0


def test_with_its_service_it_runs(folder: Path) -> None:
    done = run_pytest(folder, "-k", "marked", AGON_TEST_REDIS="redis://here")

    assert "2 passed, 1 deselected" in done.stdout
    assert "Left out" not in done.stdout


def test_services_that_were_started_before_are_found(folder: Path) -> None:
    notes = folder / "var" / "test-services"
    notes.mkdir(parents=True)
    (notes / "environment").write_text("AGON_TEST_REDIS=redis://here\n")

    done = run_pytest(folder, "-k", "marked", CI="true")

    assert "2 passed" in done.stdout


def test_nothing_runs_in_continuous_integration_while_a_service_is_missing(folder: Path) -> None:
    done = run_pytest(folder, "-k", "marked", CI="true")

    assert "CI=true, but these are missing: redis." in done.stderr
    assert done.returncode == pytest.ExitCode.USAGE_ERROR


def test_a_missing_service_is_no_matter_for_tests_that_are_not_asked_for(folder: Path) -> None:
    done = run_pytest(folder, "-k", "unmarked", CI="true")

    assert "1 passed" in done.stdout


def test_a_test_that_hides_its_need_of_a_service_is_told_to_mark_it(folder: Path) -> None:
    done = run_pytest(folder, "-k", "without")

    assert "Mark the test with pytest.mark.redis" in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
