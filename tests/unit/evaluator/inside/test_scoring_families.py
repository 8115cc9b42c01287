"""Metrics of labels, probabilities, rankings and numbers, all the way from files to scores."""

import math
from typing import Any

import numpy as np
import pytest

from evaluator.inside.errors import TruthInvalid
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store


def cases(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [case(number, **changes) for number in range(1, count + 1)]


@pytest.mark.parametrize("suffix", [".npy", ".zarr"])
def test_probabilities_of_classes_are_scored_along_the_last_axis(
    suffix: str, places: Places, order: Any, finish: Any
) -> None:
    random = np.random.default_rng(0)
    truth = np.arange(24).reshape(4, 6) % 3
    store(places.truth / f"case-1{suffix}", truth)
    store(places.upload / f"case-1{suffix}", random.dirichlet([1, 1, 1], truth.shape))
    order(
        [case(1, suffix, dtype="float", extra_axis="class", extra=3)],
        metric("log_loss_multi", eps=1e-15, tolerance=1e-6),
        metric("brier_multi", aggregate="pooled"),
        metric("roc_auc_ovr"),
        metric("roc_auc_ovo"),
    )

    report, result = finish()

    assert report.problems == ()
    assert set(result["scores"]) == {"log_loss_multi", "brier_multi", "roc_auc_ovr", "roc_auc_ovo"}
    assert result["scores"] == result["cases"]["case-1"]


def test_what_is_no_probability_is_told_to_the_participant(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", np.array([0, 1]))
    store(places.upload / "case-1.npy", np.array([0.5, 1.5]))
    order(cases(1, dtype="float"), metric("brier"))

    report, result = finish()

    assert result is None
    assert [problem.message for problem in report.problems] == [
        "case-1.npy holds 1 values outside 0 to 1, such as 1.5; hand in probabilities."
    ]


def test_missing_cases_count_with_the_worst_in_every_way_of_bringing_cases_together(
    places: Places, order: Any, finish: Any
) -> None:
    for number in (1, 2):
        store(places.truth / f"case-{number}.npy", np.array([0, 1, 1]))
    store(places.upload / "case-1.npy", np.array([0.0, 1.0, 1.0]))
    order(
        cases(2, dtype="float"),
        metric("brier", aggregate="pooled"),
        metric("brier", "brier_mean"),
        metric("log_loss", aggregate="pooled", worst=3),
        metric("roc_auc"),
        metric("mse", aggregate="pooled", worst=2),
        metric("max_error", aggregate="pooled", worst=7),
        metric("mrr", aggregate="pooled"),
        metric("r2", worst=-1),
        metric("mcc", aggregate="pooled", absent="zero"),
        missing="worst",
    )

    report, result = finish()

    assert report.problems == ()
    # Case 1 is perfect; each of the six elements of both cases counts the same.
    assert result["scores"] == {
        "brier": 1 / 2,
        "brier_mean": 1 / 2,
        "log_loss": pytest.approx(3 / 2),
        "roc_auc": 1 / 2,
        "mse": 2 / 2,
        "max_error": 7.0,
        "mrr": 1 / 2,
        "r2": 0.0,
        # Three of six labels are right; three have none, a third label of their own.
        "mcc": pytest.approx((3 * 6 - 4 * 2 - 2 * 1) / math.sqrt((36 - 20) * (36 - 14))),
    }


def test_labels_may_be_texts(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.csv", "id,label\na,cat\nb,cat\nc,dog\n")
    store(places.upload / "case-1.csv", "id,label\nc,dog\nb,dog\na,cat\n")
    order(
        [case(1, ".csv", dtype="text", column="label", index="id")],
        metric("precision", average="binary", label="dog"),
        metric("confusion", truth_label="cat", predicted_label="dog", normalise="true"),
        metric("cohen_kappa", weights="none"),
    )

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {
        "precision": 1 / 2,
        "confusion": 1 / 2,
        "cohen_kappa": pytest.approx((2 / 3 - 4 / 9) / (5 / 9)),
    }


def test_queries_are_groups_of_the_truth(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.npy", np.array([1, 0, 0, 1]))
    store(places.truth / "queries.npy", np.array([5, 9, 5, 9]))
    store(places.upload / "case-1.npy", np.array([0.1, 0.9, 0.2, 0.3]))
    groups = {"groups": {"path": "queries.npy", "format": "npy"}}
    order(cases(1, dtype="float", auxiliary=groups), metric("mrr"), metric("ndcg"))

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"mrr": 1 / 2, "ndcg": pytest.approx(1 / math.log2(3))}


def test_what_has_no_value_is_told_unless_it_is_declared(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", np.array([1.0, 1.0]))
    store(places.upload / "case-1.npy", np.array([0.5, 0.25]))
    order(
        cases(1, dtype="float"),
        metric("spearman"),
        metric("roc_auc", absent="worst"),
        metric("pearson", absent="zero"),
    )

    report, result = finish()

    assert result is None
    (problem,) = report.problems
    assert problem.code == "label-absent"
    assert problem.message.startswith("spearman of case-1 has no value. The prediction or the")


def test_a_truth_that_a_metric_cannot_take_is_the_fault_of_the_organiser(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.npy", np.array([0.0, 1.0]))
    store(places.upload / "case-1.npy", np.array([0.5, 0.25]))
    order(cases(1, dtype="float"), metric("mape"))

    with pytest.raises(TruthInvalid, match=r"case-1\.npy holds 0, which no error is a share of"):
        finish()
