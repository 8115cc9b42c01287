"""Errors and anomalies of fields: by hand, against numpy, compiled or not, masked, in pieces."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluator.arrays import base
from evaluator.metrics import climatology, field_loops, field_sums
from evaluator.metrics.comparison import Work
from evaluator.metrics.errors import NotFinite, ScoreUndefined, TruthUnfit
from evaluator.metrics.field_sums import sums_of
from evaluator.metrics.sphere import Weighting
from evaluator.metrics.tallies import pooled
from tests.unit.evaluator.metrics.conftest import comparison

Field = NDArray[Any]

ERRORS = ("absolute_bias", "weighted_bias", "weighted_mae", "weighted_rmse")
ALL = (*ERRORS, "acc")


def fields_of(shape: tuple[int, ...], seed: int) -> tuple[Field, Field, dict[str, Field]]:
    """Return a prediction, a truth, and latitudes and a climatology beside them."""
    random = np.random.default_rng(seed)
    truth = 280 + 20 * random.standard_normal(shape)
    prediction = truth + 3 * random.standard_normal(shape) + 1
    auxiliary = {
        "latitude": np.linspace(-80, 85, shape[-2]),
        "climatology": 280 + 5 * random.standard_normal(shape[-2:]),
    }
    return prediction, truth, auxiliary


def naive(metric: str, prediction: Field, truth: Field, auxiliary: dict[str, Field]) -> float:
    """Return a metric as one would write it down, masked where the truth is NaN."""
    valid = ~np.isnan(truth)
    cosines = np.broadcast_to(np.cos(np.deg2rad(auxiliary["latitude"]))[:, None], truth.shape)
    weights = np.where(metric == "absolute_bias", 1.0, cosines)[valid]
    error = (prediction - truth)[valid]
    if metric == "weighted_mae":
        return float(np.average(np.abs(error), weights=weights))
    if metric == "weighted_rmse":
        return math.sqrt(np.average(error**2, weights=weights))
    return abs(float(np.average(error, weights=weights)))


def naive_acc(
    prediction: Field, truth: Field, auxiliary: dict[str, Field], *, is_centred: bool
) -> float:
    """Return the correlation of anomalies, masked where the truth is NaN."""
    valid = ~np.isnan(truth)
    cosines = np.broadcast_to(np.cos(np.deg2rad(auxiliary["latitude"]))[:, None], truth.shape)
    weights = cosines[valid]
    one = (prediction - auxiliary["climatology"])[valid]
    other = (truth - auxiliary["climatology"])[valid]
    if is_centred:
        one = one - np.average(one, weights=weights)
        other = other - np.average(other, weights=weights)
    squares = np.sum(weights * one**2) * np.sum(weights * other**2)
    return float(np.sum(weights * one * other) / np.sqrt(squares))


@settings(max_examples=60, deadline=None)
@given(
    metric=st.sampled_from(ALL),
    shape=st.sampled_from([(2, 3), (3, 4), (5, 1, 7), (2, 3, 4, 5), (1, 1, 300)]),
    seed=st.integers(0, 1000),
    is_masked=st.booleans(),
    is_centred=st.booleans(),
    is_compiled=st.booleans(),
    dtype=st.sampled_from(["f4", "f8"]),
)
def test_a_metric_equals_the_naive_one(
    metric: str,
    shape: tuple[int, ...],
    seed: int,
    is_masked: bool,
    is_centred: bool,
    is_compiled: bool,
    dtype: str,
    score: Any,
) -> None:
    prediction, truth, auxiliary = fields_of(shape, seed)
    prediction, truth = prediction.astype(dtype), truth.astype(dtype)
    if is_masked:
        truth.ravel()[1::3] = np.nan
        prediction.ravel()[1::6] = np.nan
    wide = prediction.astype(float), truth.astype(float)
    if metric == "acc":
        expected = naive_acc(*wide, auxiliary, is_centred=is_centred)
    else:
        expected = naive(metric, *wide, auxiliary)
    parameters = {"centred": is_centred} if metric == "acc" else {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field_loops, "WORTH_COMPILING", 0 if is_compiled else math.inf)
        value = score(metric, prediction, truth, auxiliary=auxiliary, masks_nan=True, **parameters)

    assert value == pytest.approx(expected, rel=1e-9, abs=1e-10)


# Rows at 60, 0 and -60 degrees weigh 1/2, 1, 1/2 by the cosine: with mean 1 it is 3/4, 3/2, 3/4.
LATITUDES = [60.0, 0.0, -60.0]
TRUTH = [[0.0, 0.0], [0.0, 0.0], [1.0, -1.0]]
GUESS = [[2.0, 0.0], [0.0, -1.0], [1.0, -1.0]]
USUAL = [[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
BY_HAND = {
    "absolute_bias": 1 / 6,
    "weighted_bias": (0.5 * 2 - 1) / 4,
    "weighted_mae": (0.5 * 2 + 1) / 4,
    "weighted_rmse": math.sqrt((0.5 * 4 + 1) / 4),
    # a = 2 0, -1 -2, 1 -1; b = 0 0, -1 -1, 1 -1.
    "acc": (3 + 0.5 * 2) / math.sqrt((0.5 * 4 + 5 + 0.5 * 2) * (2 + 0.5 * 2)),
}


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_metric_is_what_it_is_by_hand(
    metric: str, is_compiled: bool, score: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_loops, "WORTH_COMPILING", 0 if is_compiled else math.inf)
    auxiliary = {"latitude": LATITUDES, "climatology": USUAL}

    value = score(metric, GUESS, TRUTH, auxiliary=auxiliary)

    assert value == pytest.approx(BY_HAND[metric], rel=1e-14, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 40),
    width=st.integers(1, 200),
    dtypes=st.tuples(st.sampled_from(["f4", "f8"]), st.sampled_from(["f4", "f8"])),
    offset=st.sampled_from([0.0, 1e5, -1e-3]),
    seed=st.integers(0, 1000),
)
def test_compiled_loops_and_numpy_agree(
    rows: int, width: int, dtypes: tuple[str, str], offset: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    prediction, truth = (
        (offset + random.standard_normal((rows, width))).astype(dtypes[0]) for _ in range(2)
    )
    usual = (offset + random.standard_normal((rows, width))).astype(dtypes[1])
    weights = random.random(rows)
    numpy, compiled = field_loops.loops_for(0), field_loops.loops_for(10**9)

    errors = compiled.error_sums(prediction, truth, weights)
    sums = compiled.anomaly_sums(prediction, truth, usual, weights)

    largest = np.sum(np.abs(numpy.anomaly_sums(prediction, truth, usual, weights)))
    expected = numpy.anomaly_sums(prediction, truth, usual, weights)
    assert errors == pytest.approx(numpy.error_sums(prediction, truth, weights), abs=largest / 1e12)
    assert sums == pytest.approx(expected, abs=largest / 1e12)


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize("is_masked", [True, False])
@pytest.mark.parametrize("limit", [1, 7, 60, 500])
@pytest.mark.parametrize("part", [1, 50, 10**6])
@pytest.mark.parametrize("axes", [2, 3, 4])
def test_pieces_of_any_size_sum_up_to_the_same(
    is_compiled: bool,
    is_masked: bool,
    limit: int,
    part: int,
    axes: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(field_loops, "WORTH_COMPILING", 0 if is_compiled else math.inf)
    prediction, truth, auxiliary = fields_of((3, 4, 5, 6), 1)
    auxiliary["climatology"] = truth[(0,) * (4 - axes)] + prediction[(1,) * (4 - axes)] / 9
    if is_masked:
        truth[0, 1, 2, :3] = np.nan
    case = comparison(prediction, truth, auxiliary=auxiliary, masks_nan=True)
    expected = sums_of(case, Weighting("cosine"))
    monkeypatch.setattr(base.regions, "__defaults__", (limit,))
    monkeypatch.setattr(field_sums, "PART_ELEMENTS", part)
    monkeypatch.setattr(climatology, "PART_ELEMENTS", part)
    again = comparison(prediction, truth, auxiliary=auxiliary, masks_nan=True)

    sums = sums_of(again, Weighting("cosine"))

    assert vars(sums) == pytest.approx(vars(expected), rel=1e-11)


def test_threads_change_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_loops, "WORTH_COMPILING", 0)
    monkeypatch.setattr(field_sums, "PART_ELEMENTS", 500)
    prediction, truth, auxiliary = fields_of((20, 30, 40), 2)
    alone = comparison(prediction, truth, auxiliary=auxiliary)

    with ThreadPoolExecutor(2) as pool:
        shared = comparison(prediction, truth, auxiliary=auxiliary, work=Work(2, pool.map))
        sums = sums_of(shared, Weighting("cosine"))

    assert sums == sums_of(alone, Weighting("cosine"))


@pytest.mark.parametrize("metric", ALL)
def test_several_metrics_share_one_pass(metric: str, count: Any) -> None:
    prediction, truth, auxiliary = fields_of((4, 5), 3)
    case = comparison(prediction, truth, auxiliary=auxiliary)
    first, again = (sums_of(case, Weighting("cosine")) for _ in range(2))

    assert first is again
    assert count(metric, prediction, truth, auxiliary=auxiliary).score() is not None


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("dtype", ["<f4", ">f4", ">f8", "<i4", ">i2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_form_of_storage_changes_no_digit(
    metric: str, dtype: str, order: Any, score: Any
) -> None:
    prediction, truth, auxiliary = fields_of((3, 5, 6), 4)
    prediction, truth = np.rint(prediction), np.rint(truth)
    stored = [np.asarray(side.astype(dtype), order=order) for side in (prediction, truth)]

    value = score(metric, *stored, auxiliary=auxiliary)

    assert value == score(metric, prediction, truth, auxiliary=auxiliary)


@pytest.mark.parametrize("metric", ALL)
def test_rows_may_run_north_or_south(metric: str, score: Any) -> None:
    prediction, truth, auxiliary = fields_of((3, 6, 5), 5)
    turned = {
        "latitude": auxiliary["latitude"][::-1],
        "climatology": auxiliary["climatology"][::-1],
    }

    value = score(metric, prediction[:, ::-1], truth[:, ::-1], auxiliary=turned)

    expected = score(metric, prediction, truth, auxiliary=auxiliary)
    assert value == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("metric", ALL)
def test_an_auxiliary_mask_and_nan_in_the_truth_leave_out_the_same(metric: str, score: Any) -> None:
    prediction, truth, auxiliary = fields_of((4, 6, 5), 6)
    is_sea = np.random.default_rng(6).random(truth.shape) < 0.3
    holed = np.where(is_sea, np.nan, truth)
    prediction[is_sea] = np.inf

    by_mask = score(
        metric, prediction, truth, auxiliary={**auxiliary, "mask": (~is_sea).astype("u1")}
    )

    assert by_mask == score(metric, prediction, holed, auxiliary=auxiliary, masks_nan=True)


@pytest.mark.parametrize("metric", ALL)
def test_nothing_that_counts_is_no_score(metric: str, count: Any) -> None:
    auxiliary = {"latitude": LATITUDES, "climatology": USUAL, "mask": np.zeros((3, 2))}

    tally = count(metric, GUESS, TRUTH, auxiliary=auxiliary)

    with pytest.raises(ScoreUndefined, match="no place to score"):
        tally.score()


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("is_compiled", [True, False])
def test_a_prediction_that_is_not_finite_is_refused(
    metric: str, bad: float, is_compiled: bool, count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_loops, "WORTH_COMPILING", 0 if is_compiled else math.inf)
    prediction, truth, auxiliary = fields_of((2, 3, 4), 7)
    prediction[1, 2, 3] = prediction[0, 0, 1] = bad

    with pytest.raises(NotFinite, match="NaN or infinity in 2 of 24 places"):
        count(metric, prediction, truth, auxiliary=auxiliary)


@pytest.mark.parametrize("is_masked", [True, False])
def test_a_truth_or_climatology_that_is_not_finite_is_refused(is_masked: bool, count: Any) -> None:
    prediction, truth, auxiliary = fields_of((2, 3, 4), 8)
    mask = np.ones(truth.shape)
    mask[:, 0, 0] = 0
    usual = {**auxiliary, **({"mask": mask} if is_masked else {})}
    usual["climatology"] = auxiliary["climatology"].copy()
    usual["climatology"][1, 1] = np.nan

    with pytest.raises(TruthUnfit, match="climatology that is not finite"):
        count("acc", prediction, truth, auxiliary=usual)
    with pytest.raises(TruthUnfit, match="holds values that are not finite"):
        count("acc", prediction, np.where(truth == truth[1, 1, 1], np.inf, truth), auxiliary=usual)


def test_a_climatology_may_be_nan_where_nothing_is_scored(score: Any) -> None:
    prediction, truth, auxiliary = fields_of((2, 3, 4), 9)
    truth[:, 1, 2] = np.nan
    holed = {**auxiliary, "climatology": auxiliary["climatology"].copy()}
    holed["climatology"][1, 2] = np.nan

    value = score("acc", prediction, truth, auxiliary=holed, masks_nan=True)

    assert value == score("acc", prediction, truth, auxiliary=auxiliary, masks_nan=True)


@pytest.mark.parametrize("is_compiled", [True, False])
def test_values_too_large_for_a_square_give_no_finite_score(
    is_compiled: bool, count: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(field_loops, "WORTH_COMPILING", 0 if is_compiled else math.inf)
    auxiliary = {"latitude": [0.0, 10.0]}

    tally = count("weighted_rmse", [[1e300], [1.0]], [[-1e300], [1.0]], auxiliary=auxiliary)

    assert tally.score() == math.inf


@pytest.mark.parametrize("shape", [(), (5,), (2, 3), (2, 3, 4)])
def test_a_bias_without_weights_takes_any_shape(shape: tuple[int, ...], score: Any) -> None:
    truth = np.random.default_rng(10).random(shape)

    assert score("absolute_bias", truth - 0.25, truth) == pytest.approx(0.25, rel=1e-12)
    assert score("absolute_bias", truth, truth) == 0.0


@pytest.mark.parametrize(
    ("shape", "parameters"), [((7, 5), {}), ((1, 7, 5), {}), ((3, 7, 5), {}), ((1, 1, 3, 7, 5), {})]
)
def test_a_climatology_is_repeated_along_leading_axes(
    shape: tuple[int, ...], parameters: dict[str, Any], score: Any
) -> None:
    prediction, truth, auxiliary = fields_of((2, 3, 7, 5), 11)
    usual = np.random.default_rng(11).random(shape)
    full = np.broadcast_to(usual.reshape(shape[-3:]), truth.shape)

    value = score(
        "acc", prediction, truth, auxiliary={**auxiliary, "climatology": usual}, **parameters
    )

    expected = score("acc", prediction, truth, auxiliary={**auxiliary, "climatology": full})
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shape", [(5,), (1,), (3, 5), (7, 1), (2, 7, 5), (3, 2, 7, 5), ()])
def test_a_climatology_of_another_shape_is_refused(shape: tuple[int, ...], count: Any) -> None:
    prediction, truth, auxiliary = fields_of((3, 7, 5), 12)

    with pytest.raises(TruthUnfit, match="the climatology needs the same shape"):
        count("acc", prediction, truth, auxiliary={**auxiliary, "climatology": np.zeros(shape)})


@pytest.mark.parametrize("is_centred", [True, False])
def test_anomalies_correlate_from_minus_one_to_one(is_centred: bool, score: Any) -> None:
    _, truth, auxiliary = fields_of((4, 7, 5), 13)
    mirrored = 2 * auxiliary["climatology"] - truth

    assert score("acc", truth, truth, auxiliary=auxiliary, centred=is_centred) == pytest.approx(1)
    assert score("acc", mirrored, truth, auxiliary=auxiliary, centred=is_centred) == pytest.approx(
        -1
    )


def test_centred_anomalies_do_not_see_a_bias(score: Any) -> None:
    prediction, truth, auxiliary = fields_of((4, 7, 5), 14)

    centred = [
        score("acc", prediction + shift, truth, auxiliary=auxiliary, centred=True)
        for shift in (0, 50)
    ]
    plain = [score("acc", prediction + shift, truth, auxiliary=auxiliary) for shift in (0, 50)]

    assert centred[1] == pytest.approx(centred[0], rel=1e-9)
    assert plain[1] < plain[0] - 0.1


@pytest.mark.parametrize(
    ("shift", "parameters"), [(0.0, {}), (0.0, {"centred": True}), (0.7, {"centred": True})]
)
@pytest.mark.parametrize("side", ["prediction", "truth"])
def test_anomalies_that_do_not_vary_are_no_score(
    shift: float, parameters: dict[str, Any], side: str, count: Any, score: Any
) -> None:
    prediction, truth, auxiliary = fields_of((4, 7, 5), 15)
    flat = np.broadcast_to(auxiliary["climatology"] + shift, truth.shape)
    pair = (flat, truth) if side == "prediction" else (prediction, flat)

    tally = count("acc", *pair, auxiliary=auxiliary, **parameters)

    with pytest.raises(ScoreUndefined, match="do not vary"):
        tally.score()
    assert score("acc", *pair, auxiliary=auxiliary, **parameters, absent="zero") == 0.0


@pytest.mark.parametrize("metric", ERRORS)
def test_pooled_cases_score_as_one(metric: str, count: Any) -> None:
    prediction, truth, auxiliary = fields_of((6, 5, 4), 16)
    del auxiliary["climatology"]
    parts = [
        count(metric, prediction[part], truth[part], auxiliary=auxiliary)
        for part in (slice(0, 1), slice(1, 4), slice(4, 6))
    ]

    value = pooled(parts).score()

    expected = count(metric, prediction, truth, auxiliary=auxiliary).score()
    assert value == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("metric", ERRORS)
def test_a_missing_case_counts_its_worst_in_each_place_that_is_scored(
    metric: str, count: Any
) -> None:
    _, truth, auxiliary = fields_of((2, 5, 4), 17)
    truth[0, :3] = np.nan

    missing = count(metric, None, truth, auxiliary=auxiliary, masks_nan=True, worst=9)

    wrong = count(metric, truth + 9, truth, auxiliary=auxiliary, masks_nan=True)
    assert missing.score() == pytest.approx(9, rel=1e-12)
    assert missing.score() == pytest.approx(wrong.score(), rel=1e-12)
    assert missing.weight == pytest.approx(wrong.weight, rel=1e-12)


@pytest.mark.parametrize("metric", ERRORS)
def test_a_missing_case_needs_to_know_its_worst(metric: str, count: Any) -> None:
    with pytest.raises(ValueError, match="needs the parameter 'worst'"):
        count(metric, None, TRUTH, auxiliary={"latitude": LATITUDES})
