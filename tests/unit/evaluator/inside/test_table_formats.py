"""Tables in every format, of several columns, and with columns beside the values."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.arrays.base import Array
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairing import Opener, Truth
from evaluator.inside.places import Places
from evaluator.inside.problems import Problems
from evaluator.inside.trees import Tree
from evaluator.plans import Case
from tests.unit.evaluator.inside.submissions import case, metric, store

Columns = Mapping[str, Sequence[Any]]


def separated(mark: str) -> Callable[[Path, Columns], object]:
    def save(path: Path, columns: Columns) -> None:
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        path.write_text("".join(mark.join(map(str, row)) + "\n" for row in rows))

    return save


FORMATS: dict[str, Callable[[Path, Columns], object]] = {
    "csv": separated(","),
    "tsv": separated("\t"),
    "parquet": lambda path, columns: pq.write_table(pa.table(columns), path),
}


@pytest.mark.parametrize("truth", FORMATS)
@pytest.mark.parametrize("prediction", FORMATS)
def test_each_format_is_compared_with_each(
    prediction: str, truth: str, places: Places, order: Any, finish: Any
) -> None:
    FORMATS[truth](places.truth / f"case-1.{truth}", {"id": ["a", "b", "c"], "label": [1, 2, 3]})
    columns: Columns = {"label": [3, 2, 2], "id": ["c", "a", "b"]}
    FORMATS[prediction](places.upload / f"case-1.{prediction}", columns)
    sources = [{"path": f"case-1.{how}", "format": how} for how in (prediction, truth)]
    order([case(1, sources=sources[:1], truth=sources[1], column="label", index="id")])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 2 / 3}


@pytest.mark.parametrize("how", FORMATS)
def test_one_table_is_the_expected_one_whatever_its_name(
    how: str, places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", [1, 2])
    FORMATS[how](places.upload / f"mine.{how}", {"label": [1, 2]})
    truth = {"path": "case-1.npy", "format": "npy"}
    order([case(1, sources=[{"path": f"case-1.{how}", "format": how}], truth=truth)])

    report, result = finish()

    assert result["scores"] == {"accuracy": 1.0}
    assert report.names == {f"case-1.{how}": f"mine.{how}"}


def test_faults_of_a_parquet_table_are_problems(places: Places, order: Any, finish: Any) -> None:
    FORMATS["parquet"](places.truth / "t.parquet", {"id": ["a", "b"], "label": [1, 2]})
    FORMATS["parquet"](places.upload / "t.parquet", {"id": ["a", "x"], "label": [1, None]})
    source = {"path": "t.parquet", "format": "parquet"}
    order([case(1, sources=[source], truth=source, column="label", index="id")])

    report, _ = finish()

    assert [str(problem.code) for problem in report.problems] == [
        "rows-mismatch",
        "rows-mismatch",
        "dtype-mismatch",
    ]


def test_probabilities_of_classes_are_scored(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "t.csv", "id,label\na,0\nb,1\nc,1\n")
    store(places.upload / "t.csv", "p1,id,p0\n0.75,c,0.25\n0.5,b,0.5\n0,a,1\n")
    source = {"path": "t.csv", "format": "csv"}
    columns: Any = {"columns": ["p0", "p1"], "index": "id", "extra_axis": "class", "dtype": "float"}
    order([case(1, sources=[source], truth=source, **columns)], metric("brier_multi"))

    report, result = finish()

    assert report.problems == ()
    assert result["scores"]["brier_multi"] == pytest.approx((0 + 0.5 + 0.125) / 3)


def test_rankings_are_scored_by_query(places: Places, order: Any, finish: Any) -> None:
    truth = "id,query,relevance\na,q1,1\nb,q1,0\nc,q2,0\nd,q2,1\n"
    store(places.truth / "t.csv", truth)
    store(places.upload / "t.csv", "id,score\na,0.9\nb,0.1\nc,0.8\nd,0.3\n")
    source = {"path": "t.csv", "format": "csv"}
    columns: Any = {"index": "id", "dtype": "float", "auxiliary": {"groups": "query"}}
    order([case(1, sources=[source], truth=source, **columns)], metric("mrr"))

    report, result = finish()

    assert report.problems == ()
    assert result["scores"]["mrr"] == (1 + 1 / 2) / 2


TRUTH = "id,label,group,weight\nb,1,x,0.5\na,0,y,1\nc,2,x,2\n"
PREDICTION = "id,m1,m2\na,1,2\nb,3,4\nc,5,6\n"


def opened(places: Places, truth: Any = TRUTH, **changes: Any) -> tuple[Truth, Array | None]:
    """Return truth and prediction of one case, when nothing is wrong with them."""
    how = "npy" if isinstance(truth, list) else "csv"
    store(places.truth / f"t.{how}", truth)
    store(places.upload / "t.csv", PREDICTION)
    document = case(1, sources=[{"path": "t.csv", "format": "csv"}], dtype="number")
    document |= {"truth": {"path": f"t.{how}", "format": how}, "index": "id"} | changes
    one = Case.model_validate(document)
    opener = Opener(Tree(places.upload, frozenset({"t.csv"})), Tree(places.truth, frozenset()))
    problems = Problems()
    found = opener.truth(one)
    prediction = opener.prediction(one, one.sources[0], found, problems, lambda _: None)
    assert [problem.message for problem in problems.shown] == []
    return found, prediction


def whole(array: Array | None) -> Any:
    assert array is not None
    return array.read(tuple(slice(0, length) for length in array.shape)).tolist()


BESIDE = {"groups": "group", "weights": "weight"}


def test_columns_are_classes_in_the_order_of_the_plan(places: Places) -> None:
    changes = {"columns": ["m2", "m1"], "extra_axis": "class", "auxiliary": BESIDE}

    truth, prediction = opened(places, **changes)

    assert whole(truth.array) == [1, 0, 2]
    assert truth.array.dtype == np.int64
    assert whole(prediction) == [[4, 3], [2, 1], [6, 5]]


@pytest.mark.parametrize("columns", [["m1", "m2"], []])
def test_columns_are_members_named_or_all(columns: list[str], places: Places) -> None:
    changes = {"columns": columns, "extra_axis": "member", "auxiliary": BESIDE}

    truth, prediction = opened(places, **changes)

    assert whole(truth.array) == [1.0, 0.0, 2.0]
    assert whole(prediction) == [[3, 1, 5], [4, 2, 6]]


def test_columns_without_an_extra_axis_are_in_the_truth_too(places: Places) -> None:
    truth, prediction = opened(places, "id,m2,m1\nb,1,2\na,3,4\nc,5,6\n", columns=["m1", "m2"])

    assert whole(truth.array) == [[2, 1], [4, 3], [6, 5]]
    assert truth.spacing == (1.0, 1.0)
    assert whole(prediction) == [[3, 4], [1, 2], [5, 6]]


def test_columns_are_compared_with_an_array_of_as_many(places: Places) -> None:
    truth, prediction = opened(places, [[0, 1], [2, 3], [4, 5]], columns=["m1", "m2"])

    assert truth.array.shape == (3, 2)
    assert whole(prediction) == [[1, 2], [3, 4], [5, 6]]


def test_columns_beside_the_truth_are_numbers(places: Places) -> None:
    truth, prediction = opened(places, column="label", auxiliary=BESIDE, extra_axis="member")

    assert truth.auxiliary.keys() == {"groups", "weights"}
    assert whole(truth.auxiliary["groups"]) == [0, 1, 0]
    assert whole(truth.auxiliary["weights"]) == [0.5, 1.0, 2.0]
    assert whole(prediction) == [[3, 1, 5], [4, 2, 6]]


def test_another_number_of_members_is_told(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "t.csv", "id,label\na,1\nb,2\nc,3\n")
    store(places.upload / "t.csv", PREDICTION)
    source = {"path": "t.csv", "format": "csv"}
    changes: Any = {"index": "id", "dtype": "number", "extra_axis": "member", "extra": 3}
    order([case(1, sources=[source], truth=source, **changes)], metric("crps_ensemble"))

    report, _ = finish()

    assert [problem.message for problem in report.problems] == [
        "t.csv has shape (2, 3), 2 axes, expected (3, 3), 2 axes; bring it to that shape."
    ]


REFUSED: dict[str, tuple[str, dict[str, Any], str]] = {
    "classes without columns": (TRUTH, {"extra_axis": "class", "column": None}, "one column of"),
    "classes that nobody named": (
        "id,label\na,0\nb,1\nc,1\n",
        {"extra_axis": "class"},
        "name the column of each class",
    ),
    "classes that are no whole numbers": (
        "id,label\na,cat\nb,dog\nc,dog\n",
        {"extra_axis": "class", "columns": ["m1", "m2"]},
        "has wrong rows or cells: dtype-mismatch",
    ),
    "no such column beside": (
        TRUTH,
        {"column": "label", "auxiliary": {"groups": "g"}},
        "no column",
    ),
    "an empty group": (
        "id,label,group\na,0,\nb,1,x\nc,1,x\n",
        {"column": "label", "auxiliary": {"groups": "group"}},
        "has empty cells in column 'group'",
    ),
}


@pytest.mark.parametrize(("truth", "changes", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_plan_that_does_not_fit_its_truth_is_the_organisers_fault(
    truth: str, changes: dict[str, Any], told: str, places: Places
) -> None:
    with pytest.raises(TruthInvalid, match=told):
        opened(places, truth, **changes)
