"""The command that the sandbox starts, as a process of its own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

import evaluator
from evaluator.inside.orders import Report
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store

MAIN = Path(evaluator.__file__).parent / "inside/__main__.py"


def start(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-W", "error", str(MAIN), str(root)]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", env={}, timeout=60
    )


def test_scores_and_report_are_written_and_the_exit_code_is_0(places: Places, order: Any) -> None:
    store(places.truth / "case-1.zarr", np.ones((4, 4), np.uint8))
    store(places.upload / "case-1.zarr", np.ones((4, 4), np.uint8))
    order([case(1, ".zarr")], cpus=2)

    done = start(places.output.parent)

    assert done.returncode == 0, done.stderr
    assert Report.model_validate_json(places.report.read_bytes()) == Report()
    assert places.result.read_text() == (
        '{"scores": {"accuracy": 1.0}, "cases": {"case-1": {"accuracy": 1.0}}}'
    )
    assert done.stdout == ""
    assert [line.partition(" ")[0] for line in done.stderr.splitlines()] == [
        "upload.taken",
        "check.done",
        "score.done",
        "report.written",
    ]


def test_problems_are_reported_with_exit_code_0_and_without_a_result(
    places: Places, order: Any
) -> None:
    store(places.truth / "case-1.npy", [1, 2])
    store(places.upload / "case-1.npy", [1, 2, 3])
    order([case(1)])

    done = start(places.output.parent)

    assert done.returncode == 0, done.stderr
    assert Report.model_validate_json(places.report.read_bytes()).problem_count == 1
    assert not places.result.exists()


def test_a_truth_that_cannot_be_read_ends_with_exit_code_3_and_none_of_its_values(
    places: Places, order: Any
) -> None:
    store(places.truth / "case-1.csv", "id,label\na,secret\n")
    store(places.upload / "case-1.csv", "id,label\na,1\n")
    order([case(1, ".csv", column="label", index="id")])

    done = start(places.output.parent)

    assert done.returncode == 3
    assert "truth.invalid reason=case case-1: case-1.csv has wrong rows" in done.stderr
    assert "secret" not in done.stderr
    assert not places.report.exists()


def test_orders_that_cannot_be_read_are_our_bug(places: Places) -> None:
    places.orders.write_text("{}")

    done = start(places.output.parent)

    assert done.returncode == 1
    assert not places.report.exists()


def test_a_small_table_is_scored_without_loading_codecs(places: Places, order: Any) -> None:
    store(places.truth / "case-1.csv", "label\n1\n")
    store(places.upload / "case-1.csv", "label\n1\n")
    order([case(1, ".csv", column="label")], metric("rmse"), cpus=2)
    code = (
        f"import runpy, sys; sys.argv = ['inside', {str(places.output.parent)!r}]\n"
        f"try: runpy.run_path({str(MAIN)!r}, run_name='__main__')\n"
        "except SystemExit: pass\n"
        "heavy = {'numcodecs', 'google_crc32c', 'zarr', 'tifffile', 'asyncio', 'logging'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]"
