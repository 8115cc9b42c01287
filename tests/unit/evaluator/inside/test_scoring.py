"""From a submission to its scores."""

import math
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.inside.errors import TruthInvalid
from evaluator.inside.places import Places
from evaluator.results import read_result
from tests.unit.evaluator.inside.submissions import case, metric, store


def hand_in(places: Places, *pairs: tuple[Any, Any], suffix: str = ".npy") -> None:
    """Store predictions (None: missing) and truths as case 1, 2, and so on."""
    for number, (prediction, truth) in enumerate(pairs, start=1):
        store(places.truth / f"case-{number}{suffix}", truth)
        if prediction is not None:
            store(places.upload / f"case-{number}{suffix}", prediction)


def cases(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [case(number, **changes) for number in range(1, count + 1)]


def test_each_case_has_its_scores_and_the_whole_has_their_mean(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1, 1, 0, 0], [1, 0, 0, 0]), ([1, 1, 1], [1, 1, 1]))
    order(cases(2), metric("accuracy"), metric("dice", label=1))

    report, result = finish()

    assert report.problems == ()
    assert result == {
        "scores": {"accuracy": (3 / 4 + 1) / 2, "dice": (2 / 3 + 1) / 2},
        "cases": {
            "case-1": {"accuracy": 3 / 4, "dice": 2 / 3},
            "case-2": {"accuracy": 1.0, "dice": 1.0},
        },
    }


def test_the_result_passes_the_strict_reader_digit_by_digit(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1.1, 2.3, -7.7], [1.0, 2.0, -3.0]))
    order(cases(1, dtype="float"), metric("rmse"), metric("mae"))

    finish()
    result = read_result(places.result.read_bytes(), ["rmse", "mae"])

    errors = np.array([1.1, 2.3, -7.7]) - np.array([1.0, 2.0, -3.0])
    assert result.scores["rmse"] == pytest.approx(math.sqrt(np.mean(errors**2)), rel=1e-12)
    assert result.scores["mae"] == pytest.approx(np.mean(np.abs(errors)), rel=1e-12)


AGGREGATES = {"mean": (1 + 1 / 2 + 0) / 3, "median": 1 / 2, "min": 0.0, "max": 1.0, "pooled": 3 / 8}


@pytest.mark.parametrize(("aggregate", "expected"), AGGREGATES.items())
def test_cases_become_one_score_as_the_plan_says(
    aggregate: str, expected: float, places: Places, order: Any, finish: Any
) -> None:
    hand_in(
        places,
        ([1], [1]),
        ([1, 0, 1, 0], [1, 1, 1, 1]),
        ([0, 0, 0], [1, 1, 1]),
    )
    order(cases(3), metric("accuracy", aggregate=aggregate))

    _, result = finish()

    assert result["scores"]["accuracy"] == pytest.approx(expected, rel=1e-15)


def test_pooled_objects_are_those_of_all_cases(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, ([1, 2, 0], [5, 6, 0]), ([1, 1, 0], [7, 8, 9]))
    order(cases(2), metric("object_f1", aggregate="pooled"))

    _, result = finish()

    # Found 2 of 2, and 0 of 3 with 1 predicted.
    assert result["scores"]["object_f1"] == 2 * 2 / (5 + 3)
    assert result["cases"]["case-1"]["object_f1"] == 1.0


def test_one_metric_may_be_asked_for_under_several_keys(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1, 2, 2], [1, 1, 2]))
    order(
        cases(1), metric("iou", "first", label=1), metric("iou", "second", label=2), metric("iou")
    )

    _, result = finish()

    assert result["scores"] == {"first": 1 / 2, "second": 1 / 2, "iou": 1 / 2}


def test_a_missing_case_gets_the_worst_score_where_the_plan_says_so(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1, 1], [1, 1]), (None, [1, 1]))
    order(
        cases(2),
        metric("accuracy"),
        metric("rmse", worst=10),
        metric("accuracy", "pooled", aggregate="pooled"),
        metric("mae", aggregate="pooled", worst=4),
        missing="worst",
    )

    report, result = finish()

    assert report.notes == ("case-2 is not in the upload and counts with the worst score.",)
    assert result["scores"] == {"accuracy": 0.5, "rmse": 5.0, "pooled": 0.5, "mae": 2.0}
    assert result["cases"]["case-2"] == {"accuracy": 0.0, "rmse": 10.0, "pooled": 0.0, "mae": 4.0}


def test_a_missing_case_counts_as_missed_when_counts_are_pooled(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1, 1, 0, 3], [1, 1, 0, 0]), (None, [1, 2, 2, 0]))
    pooled = {"aggregate": "pooled"}
    order(
        cases(2),
        metric("f1", **pooled),
        metric("dice", label=1, **pooled),
        metric("object_f1", **pooled),
        missing="worst",
    )

    _, result = finish()

    # Label 0: TP 1, FN 2. Label 1: TP 2, FN 1. Label 2: FN 2. Label 3: FP 1.
    assert result["scores"]["f1"] == pytest.approx((2 / 4 + 4 / 5 + 0 + 0) / 4, rel=1e-15)
    assert result["scores"]["dice"] == pytest.approx(4 / 5, rel=1e-15)
    assert result["scores"]["object_f1"] == pytest.approx(2 / (3 + 2), rel=1e-15)


def test_an_upload_without_any_case_is_no_submission(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, (None, [1]), (None, [1]))
    order(cases(2), missing="worst")

    report, result = finish()

    assert [str(problem.code) for problem in report.problems] == ["case-missing"] * 2
    assert result is None


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_counted_and_told(
    value: float, places: Places, order: Any, finish: Any
) -> None:
    bad = np.zeros((5, 7), np.float32)
    bad[1, 2] = bad[4, 6] = value
    good = np.zeros((5, 7), np.float32)
    hand_in(places, (bad, good), (good, good), (bad, good))
    order(cases(3, dtype="float"), metric("mae"))

    report, result = finish()

    assert result is None
    assert [(str(problem.code), problem.path) for problem in report.problems] == [
        ("value-not-finite", "case-1.npy"),
        ("value-not-finite", "case-3.npy"),
    ]
    assert report.problems[0].message == (
        "case-1.npy holds NaN or infinity in 2 of 35 places; replace them with numbers."
    )


def test_a_table_with_nan_is_told_too(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.csv", "id,value\na,1\nb,2\n")
    store(places.upload / "case-1.csv", "id,value\na,nan\nb,2\n")
    order([case(1, ".csv", column="value", index="id", dtype="float")], metric("mae"))

    report, _ = finish()

    assert report.problems[0].message.startswith("case-1.csv holds NaN or infinity in 1 of 2")


def test_floats_that_are_no_labels_are_told(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, ([0.0, 1.5], [0, 1]))
    order(cases(1, dtype="number"))

    report, _ = finish()

    assert [(str(problem.code), problem.message) for problem in report.problems] == [
        ("value-out-of-range", "case-1.npy holds 1.5, which is no label: labels are whole numbers.")
    ]


def test_a_prediction_of_nothing_but_different_labels_is_told(
    places: Places, order: Any, finish: Any
) -> None:
    labels = np.arange(2_100_000)
    hand_in(places, (labels, np.zeros_like(labels)), ([1], [1]))
    order(cases(2), metric("object_f1"))

    report, result = finish()

    assert result is None
    assert [(str(problem.code), problem.path) for problem in report.problems] == [
        ("value-out-of-range", "case-1.npy")
    ]
    assert "over 2000000 pairs of labels" in report.problems[0].message


def test_errors_that_overflow_are_told(places: Places, order: Any, finish: Any) -> None:
    hand_in(places, ([1e200, 0.0], [0.0, 0.0]), ([1.0], [1.0]))
    order(cases(2, dtype="float"), metric("rmse"), metric("mae"))

    report, result = finish()

    assert result is None
    assert [(str(problem.code), problem.path) for problem in report.problems] == [
        ("value-out-of-range", "case-1.npy")
    ]


def test_a_score_of_nothing_ends_the_evaluation_where_nothing_is_declared(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([0, 0], [0, 0]), ([1, 0], [1, 0]))
    order(cases(2), metric("dice", label=1))

    report, result = finish()

    assert result is None
    (problem,) = report.problems
    assert str(problem.code) == "label-absent"
    assert problem.message == (
        "dice of case-1 has no value. Neither the prediction nor the ground truth has label 1. "
        "Ask the organisers what it should count as then."
    )


@pytest.mark.parametrize(("absent", "expected"), [("best", 1.0), ("worst", 0.5)])
def test_a_score_of_nothing_is_what_the_plan_declares(
    absent: str, expected: float, places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([0, 0], [0, 0]), ([1, 0], [1, 0]))
    order(cases(2), metric("dice", label=1, absent=absent))

    _, result = finish()

    assert result["scores"]["dice"] == expected


def test_pooled_counts_need_the_label_in_some_case_only(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([0, 0], [0, 0]), ([1, 0], [1, 1]))
    order(cases(2), metric("dice", label=1, aggregate="pooled"))

    _, result = finish()

    assert result["scores"]["dice"] == 2 / 3
    assert result["cases"] == {"case-1": {}, "case-2": {"dice": 2 / 3}}


def test_labels_may_be_texts(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.csv", "id,label\na,cat\nb,dog\nc,cat\n")
    store(places.upload / "case-1.csv", "id,label\nc,cat\nb,cat\na,cat\n")
    order(
        [case(1, ".csv", column="label", index="id", dtype="text")],
        metric("accuracy"),
        metric("f1", "cats", average="binary", label="cat"),
        metric("f1", "dogs", average="binary", label="dog"),
    )

    _, result = finish()

    assert result["scores"] == {"accuracy": 2 / 3, "cats": 4 / 5, "dogs": 0.0}


def test_a_text_that_nobody_wrote_is_an_absent_label(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.csv", "label\ncat\n")
    store(places.upload / "case-1.csv", "label\ncat\n")
    order(
        [case(1, ".csv", column="label", dtype="text")],
        metric("f1", average="binary", label="bird"),
    )

    report, _ = finish()

    assert "has label bird" in report.problems[0].message


def test_a_chunk_that_cannot_be_decoded_is_told_and_the_other_cases_are_read_on(
    places: Places, order: Any, finish: Any
) -> None:
    volume = np.ones((4, 4), np.uint8)
    hand_in(places, *[(volume, volume)] * 3, suffix=".zarr")
    for number in (1, 3):
        (places.upload / f"case-{number}.zarr/c/1/0").write_bytes(b"rubbish")
    order(cases(3, suffix=".zarr"))

    report, result = finish()

    assert result is None
    assert [(str(problem.code), problem.path) for problem in report.problems] == [
        ("chunk-corrupt", "case-1.zarr"),
        ("chunk-corrupt", "case-3.zarr"),
    ]
    assert "Chunk 1.0 of case-1.zarr" in report.problems[0].message


def test_threads_give_the_same_scores(places: Places, order: Any, finish: Any) -> None:
    random = np.random.default_rng(5)
    truth = random.normal(size=(40, 50))
    hand_in(places, (truth + random.normal(size=truth.shape), truth), suffix=".zarr")
    order(cases(1, suffix=".zarr", dtype="float"), metric("rmse"))
    _, alone = finish()
    places.result.unlink()
    order(cases(1, suffix=".zarr", dtype="float"), metric("rmse"), cpus=4)

    _, together = finish()

    assert together == alone


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    chunks=st.tuples(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12)),
    version=st.sampled_from([2, 3]),
    seed=st.integers(0, 100),
)
def test_scores_do_not_depend_on_format_and_chunking(
    chunks: tuple[int, int, int],
    version: Any,
    seed: int,
    tmp_path_factory: pytest.TempPathFactory,
    order: Any,
    places: Places,
    finish: Any,
) -> None:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, (5, 9, 7)).astype(np.uint8)
    prediction = np.where(random.random(truth.shape) < 0.8, truth, 2).astype(np.uint8)
    metrics = [metric(name) for name in ("accuracy", "f1", "dice", "iou", "rmse", "mae")]
    store(places.truth / "case-1.npy", truth)
    store(places.upload / "case-1.npy", prediction)
    order([case(1)], *metrics, extra_files="ignore")
    _, expected = finish()

    name = f"{tmp_path_factory.mktemp('store').name}.zarr"
    stored = zarr.create_array(
        str(places.upload / name),
        shape=truth.shape,
        dtype="u1",
        chunks=chunks,
        zarr_format=version,
        config={"write_empty_chunks": True},
    )
    stored[...] = prediction
    source = {"path": name, "format": "zarr"}
    order([case(1, sources=[source])], *metrics, extra_files="ignore")
    _, result = finish()

    assert result == expected


BAD_TRUTHS: dict[str, Any] = {
    "no array": "text",
    "nothing": np.zeros((0, 3)),
    "NaN": np.array([np.nan, 1.0]),
    "no labels": np.array([0.5, 1.0]),
}


@pytest.mark.parametrize("truth", BAD_TRUTHS.values(), ids=BAD_TRUTHS.keys())
def test_a_truth_that_cannot_be_scored_against_is_nobody_elses_fault(
    truth: Any, places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([0, 1], truth))
    order(cases(1))

    with pytest.raises(TruthInvalid):
        finish()

    assert not places.report.exists()
    assert not places.result.exists()


def test_a_truth_that_is_not_there_is_nobody_elses_fault(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.upload / "case-1.npy", [1])
    order(cases(1))

    with pytest.raises(TruthInvalid, match="case-1"):
        finish()


def test_a_truth_of_another_shape_than_the_plan_is_nobody_elses_fault(
    places: Places, order: Any, finish: Any
) -> None:
    hand_in(places, ([1, 2], [1, 2, 3]))
    order(cases(1, shape=[2]))

    with pytest.raises(TruthInvalid, match="another shape than the plan"):
        finish()


def test_too_many_cases_to_list_still_have_their_score(
    places: Places, order: Any, finish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluator.inside.driver.MAX_BYTES", 100)
    hand_in(places, *[([1], [1])] * 20)
    order(cases(20))

    report, result = finish()

    assert result == {"scores": {"accuracy": 1.0}}
    assert report.notes == ("There are too many cases to show the score of each.",)
