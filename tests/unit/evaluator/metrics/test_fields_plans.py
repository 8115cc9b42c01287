"""Metrics of fields in a plan: cases pooled or not, missing ones, and whose fault values are."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluator.arrays.base import MemoryArray
from evaluator.arrays.cells import Vocabulary
from evaluator.codes import Code
from evaluator.inside.errors import TruthInvalid
from evaluator.inside.pairing import TrustedArray, Truth
from evaluator.inside.pairs import Pair
from evaluator.inside.problems import Problems
from evaluator.inside.scorers import scorers
from evaluator.inside.scoring import Scores, score
from evaluator.plans import Aggregate, Case, DtypeKind, Format, Metric, MetricsPlan, Source

LATITUDES = [60.0, 0.0, -60.0]
TRUTH = [[1.0], [2.0], [3.0]]


def pair(name: str, prediction: Any, *, latitudes: Any = LATITUDES) -> Pair:
    source = Source(path=f"{name}.npy", format=Format.NPY)
    truth = Truth(
        TrustedArray(MemoryArray("truth.npy", np.array(TRUTH))),
        None,
        (1.0, 1.0),
        {"latitude": MemoryArray("latitude.npy", np.array(latitudes))},
    )
    return Pair(
        Case(id=name, sources=(source,), truth=source, dtype=DtypeKind.FLOAT),
        truth,
        None if prediction is None else MemoryArray(source.path, np.array(prediction)),
    )


def scored(pairs: list[Pair], problems: Problems, *metrics: Metric) -> Scores:
    plan = MetricsPlan(cases=tuple(item.case for item in pairs), metrics=metrics)
    return score(pairs, scorers(plan, Vocabulary(), Path()), problems)


def metric(name: str, key: str, aggregate: str, **parameters: Any) -> Metric:
    return Metric(key=key, metric=name, aggregate=Aggregate(aggregate), parameters=parameters)


def test_a_missing_case_counts_with_its_worst_pooled_or_not() -> None:
    problems = Problems()
    pairs = [pair("there", np.add(TRUTH, [[2.0], [0.0], [0.0]])), pair("missing", None)]

    found = scored(
        pairs,
        problems,
        metric("weighted_rmse", "pooled", "pooled", worst=4),
        metric("weighted_rmse", "mean", "mean", worst=4),
        metric("absolute_bias", "bias", "pooled", worst=4),
        metric("psnr", "psnr", "mean", data_range=4, worst=0),
    )

    # The row at 60 degrees weighs 3/4 of 3; its error is 2.
    assert len(problems) == 0
    assert found.scores["pooled"] == pytest.approx(math.sqrt((3 + 3 * 16) / 6), rel=1e-12)
    assert found.scores["mean"] == pytest.approx((1 + 4) / 2, rel=1e-12)
    assert found.scores["bias"] == pytest.approx((2 + 3 * 4) / 6, rel=1e-12)
    assert found.cases["missing"] == pytest.approx({"pooled": 4, "mean": 4, "bias": 4, "psnr": 0})


@pytest.mark.parametrize("name", ["absolute_bias", "weighted_bias"])
@pytest.mark.parametrize("error", [2.0, -2.0])
def test_a_missing_case_makes_up_for_no_bias_of_another_one(name: str, error: float) -> None:
    pairs = [pair("there", np.add(TRUTH, error)), pair("missing", None)]

    found = scored(pairs, Problems(), metric(name, "bias", "pooled", worst=4))

    assert found.scores["bias"] == pytest.approx((2 + 4) / 2, rel=1e-12)


def test_the_prediction_is_blamed_for_its_values() -> None:
    problems = Problems()

    scored([pair("odd", [[1.0], [np.nan], [3.0]])], problems, metric("weighted_mae", "a", "mean"))

    (problem,) = problems.shown
    assert problem.code is Code.VALUE_NOT_FINITE
    assert problem.message.startswith("odd.npy holds NaN or infinity in 1 of 3 places")


def test_the_organiser_is_told_of_latitudes_that_cannot_be() -> None:
    with pytest.raises(TruthInvalid, match=r"truth\.npy has a latitude outside of -90 to 90"):
        scored(
            [pair("a", TRUTH, latitudes=[100.0, 0.0, -60.0])],
            Problems(),
            metric("weighted_mae", "a", "mean"),
        )


def test_a_score_that_overflows_is_the_participants_problem() -> None:
    problems = Problems()

    scored([pair("large", [[1e300], [2.0], [3.0]])], problems, metric("weighted_rmse", "a", "mean"))

    (problem,) = problems.shown
    assert problem.code is Code.VALUE_OUT_OF_RANGE
    assert "a overflows" in problem.message
