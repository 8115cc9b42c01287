"""Submissions are checked without the truth, as far as the plan tells what they must be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluator.inside.checking import Checked, check
from evaluator.inside.expected import Expected
from evaluator.inside.pairing import Opener
from evaluator.inside.problems import Problems
from evaluator.inside.trees import walk
from evaluator.inside.uploads import take_folder
from evaluator.plans import MetricsPlan
from tests.unit.evaluator.inside.submissions import case, metric, store

VOLUME = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)
TABLE: dict[str, Any] = {"column": "value", "index": "id"}


def checked(folder: Path, *cases: dict[str, Any], **changes: Any) -> tuple[Checked, Problems]:
    """Check the files of a folder against a plan, without any truth."""
    plan = MetricsPlan.model_validate(
        {"cases": cases, "metrics": [metric("accuracy")], "missing": "reject", **changes}
    )
    tree = take_folder(folder, sorted(walk(folder)), Expected(plan.cases)).tree
    problems = Problems()
    return check(plan, tree, Opener(tree, None), problems), problems


def codes(problems: Problems) -> list[str]:
    return [str(problem.code) for problem in problems.shown]


def test_an_array_of_the_right_kind_is_fine(tmp_path: Path) -> None:
    store(tmp_path / "case-1.npy", VOLUME)

    found, problems = checked(tmp_path, case(1))

    assert (found.pairs, len(problems)) == ((), 0)


def test_what_needs_no_truth_is_told(tmp_path: Path) -> None:
    store(tmp_path / "case-1.npy", VOLUME.astype(float))
    store(tmp_path / "case-2.npy", "no array")
    store(tmp_path / "notes.txt", "hello")

    _, problems = checked(tmp_path, case(1), case(2), case(3))

    assert sorted(codes(problems)) == [
        "case-missing",
        "case-unexpected",
        "dtype-mismatch",
        "format-invalid",
    ]


def test_a_shape_of_the_plan_is_held_to(tmp_path: Path) -> None:
    store(tmp_path / "case-1.npy", VOLUME)

    assert codes(checked(tmp_path, case(1, shape=[2, 3, 4]))[1]) == []
    assert codes(checked(tmp_path, case(1, shape=[2, 3, 5]))[1]) == ["shape-mismatch"]


def test_an_array_whose_place_only_the_truth_tells_may_have_any_shape(tmp_path: Path) -> None:
    store(tmp_path / "case-1.npy", VOLUME)

    _, problems = checked(tmp_path, case(1, shape=[9, 9, 9], align={}))

    assert codes(problems) == []


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("id,value\na,1\nb,2\n", []),
        ("id,other\na,1\n", ["columns-mismatch"]),
        ("id,value\na,one\n", ["dtype-mismatch"]),
        ("id,value\na,1\na,2\n", ["rows-mismatch"]),
    ],
)
def test_a_table_is_read_whole(tmp_path: Path, table: str, expected: list[str]) -> None:
    store(tmp_path / "case-1.csv", table)

    assert codes(checked(tmp_path, case(1, ".csv", **TABLE))[1]) == expected


def test_a_case_that_counts_as_worst_is_noted(tmp_path: Path) -> None:
    store(tmp_path / "case-1.npy", VOLUME)

    found, problems = checked(tmp_path, case(1), case(2), missing="worst")

    assert codes(problems) == []
    assert found.notes == ("case-2 is not in the upload and counts with the worst score.",)
