"""Scores of ensembles: by hand, against the sums over all pairs, compiled or not, in pieces."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluator.arrays.base import MemoryArray
from evaluator.arrays.layout import Layout
from evaluator.metrics import ensembles
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.errors import NotFinite, ScoreUndefined, TruthUnfit, ValuesUnfit
from evaluator.metrics.kernels import crps
from evaluator.metrics.tallies import Settings, pooled

Field = NDArray[Any]

ALL = ("crps_ensemble", "spread_skill_ratio", "spread_skill_error")


@pytest.fixture(params=[True, False], ids=["compiled", "numpy"])
def both_loops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensembles, "WORTH_COMPILING", 0 if request.param else math.inf)


with_both_loops = pytest.mark.usefixtures("both_loops")


def members_of(count: int, shape: tuple[int, ...], seed: int) -> tuple[Field, Field]:
    """Return members with ties among them, and a truth."""
    random = np.random.default_rng(seed)
    truth = np.rint(10 * random.standard_normal(shape)) / 4
    members = truth + np.rint(10 * random.standard_normal((count, *shape))) / 4 + 0.25
    return members, truth


def naive_crps(members: Field, truth: Field, *, is_fair: bool) -> Field:
    """Return mean |x - y| - mean |x - x'| / 2, point by point, over all pairs of members."""
    count = members.shape[0]
    pairs = np.abs(members[:, None] - members[None, :]).sum(axis=(0, 1))
    result: Field = np.abs(members - truth).mean(axis=0) - pairs / (
        2 * count * (count - 1 if is_fair else count)
    )
    return result


@with_both_loops
def test_crps_is_what_it_is_by_hand(score: Any) -> None:
    # |x - y|: 1, 1, 4, mean 2; differences of pairs: 2, 3, 5, together 10.
    members, truth = [[1.0], [3.0], [6.0]], [2.0]

    assert score("crps_ensemble", members, truth) == pytest.approx(2 - 10 / 9, rel=1e-14)
    assert score("crps_ensemble", members, truth, estimator="fair") == pytest.approx(
        2 - 10 / 6, rel=1e-14
    )


@with_both_loops
def test_spread_and_skill_are_what_they_are_by_hand(score: Any) -> None:
    # Means 2 and 5, variances 2 and 8, errors 1 and 2.
    members, truth = [[1.0, 3.0], [3.0, 7.0]], [1.0, 7.0]

    ratio = score("spread_skill_ratio", members, truth)

    assert ratio == pytest.approx(math.sqrt(5) / math.sqrt(2.5), rel=1e-14)
    assert score("spread_skill_error", members, truth) == pytest.approx(math.log(2) / 2, rel=1e-13)


@settings(max_examples=60, deadline=None)
@given(
    count=st.sampled_from([1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 50]),
    shape=st.sampled_from([(1,), (7,), (3, 4), (2, 3, 50), (300,)]),
    seed=st.integers(0, 1000),
    is_fair=st.booleans(),
    is_compiled=st.booleans(),
    dtype=st.sampled_from(["f4", "f8"]),
)
def test_crps_equals_the_sum_over_all_pairs(
    count: int,
    shape: tuple[int, ...],
    seed: int,
    is_fair: bool,
    is_compiled: bool,
    dtype: str,
    score: Any,
) -> None:
    count += is_fair and count == 1
    members, truth = (side.astype(dtype) for side in members_of(count, shape, seed))
    wide = members.astype(float), truth.astype(float)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensembles, "WORTH_COMPILING", 0 if is_compiled else math.inf)
        value = score("crps_ensemble", members, truth, estimator="fair" if is_fair else "biased")

    expected = np.mean(naive_crps(*wide, is_fair=is_fair))
    assert value == pytest.approx(expected, rel=1e-9, abs=1e-12)


@with_both_loops
@pytest.mark.parametrize("weights", ["none", "cosine", "cells"])
@pytest.mark.parametrize("is_masked", [True, False])
def test_scores_are_weighted_and_masked(weights: str, is_masked: bool, score: Any) -> None:
    members, truth = members_of(6, (3, 5, 8), 1)
    latitudes = np.array([80.0, 40, 0, -40, -80])
    edges = np.sin(np.deg2rad([90, 60, 20, -20, -60, -90]))
    by_row = {
        "none": np.ones(5),
        "cosine": np.cos(np.deg2rad(latitudes)),
        "cells": edges[:-1] - edges[1:],
    }[weights]
    valid = np.ones(truth.shape, bool)
    if is_masked:
        valid = np.random.default_rng(1).random(truth.shape) < 0.6
        members[2, ~valid], truth[~valid] = np.nan, np.nan
    by_place = np.broadcast_to(by_row[:, None], truth.shape)[valid]
    context = {"auxiliary": {"latitude": latitudes}, "masks_nan": True, "weights": weights}

    crps_value, ratio = (score(metric, members, truth, **context) for metric in ALL[:2])

    places, true = members[:, valid], truth[valid]
    expected = np.average(naive_crps(places, true, is_fair=False), weights=by_place)
    assert crps_value == pytest.approx(expected, rel=1e-12)
    spread = np.average(places.var(axis=0, ddof=1), weights=by_place)
    skill = np.average((places.mean(axis=0) - true) ** 2, weights=by_place)
    assert ratio == pytest.approx(math.sqrt(spread / skill), rel=1e-12)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 11, 32, 33, 51, 100])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_network_sorts_any_number_of_members(count: int, dtype: str) -> None:
    tile = np.random.default_rng(count).integers(0, count, (count, crps._POINTS)).astype(dtype)
    expected = np.sort(tile, axis=0)

    crps._sort(tile)

    assert np.array_equal(tile, expected)


@pytest.mark.parametrize("count", range(1, 11))
def test_the_network_sorts_all_zeros_and_ones(count: int) -> None:
    """A network that sorts these sorts everything (Knuth 1998, theorem 5.3.4Z)."""
    patterns = np.arange(2**count)
    tiles = ((patterns[None, :] >> np.arange(count)[:, None]) & 1).astype(float)
    for start in range(0, patterns.size, crps._POINTS):
        tile = np.zeros((count, crps._POINTS))
        part = tiles[:, start : start + crps._POINTS]
        tile[:, : part.shape[1]] = part

        crps._sort(tile)

        assert (np.diff(tile, axis=0) >= 0).all()
        assert np.array_equal(tile.sum(axis=0)[: part.shape[1]], part.sum(axis=0))


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 20),
    points=st.integers(1, 400),
    offset=st.sampled_from([0.0, 1e6, -1e-3]),
    dtype=st.sampled_from(["f4", "f8"]),
    seed=st.integers(0, 1000),
)
def test_compiled_loops_and_numpy_agree(
    count: int, points: int, offset: float, dtype: str, seed: int
) -> None:
    random = np.random.default_rng(seed)
    members = (offset + random.standard_normal((count, points))).astype(dtype)
    truth = (offset + random.standard_normal(points)).astype(dtype)
    weights = random.random(points)
    start = points // 3

    sums = crps.ensemble_sums(members, truth, weights, start, points)

    expected = ensembles._ensemble_sums(members, truth, weights, start, points)
    assert sums == pytest.approx(expected, rel=1e-12, abs=1e-12 * points * count)


@with_both_loops
@pytest.mark.parametrize("block", [1, 30, 100, 10**6])
@pytest.mark.parametrize("part", [1, 5, 64, 10**6])
@pytest.mark.parametrize("is_masked", [True, False])
def test_pieces_of_any_size_sum_up_to_the_same(
    block: int,
    part: int,
    is_masked: bool,
    score: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    members, truth = members_of(5, (3, 4, 6), 2)
    if is_masked:
        truth[0, 1] = np.nan
    latitudes = {"latitude": [50.0, 20.0, -30.0, -70.0]}
    context = {"auxiliary": latitudes, "weights": "cosine", "masks_nan": True}
    expected = [score(metric, members, truth, **context) for metric in ALL]
    monkeypatch.setattr(ensembles, "_BLOCK_ELEMENTS", block)
    monkeypatch.setattr(ensembles, "_PART_POINTS", part)

    values = [score(metric, members, truth, **context) for metric in ALL]

    assert values == pytest.approx(expected, rel=1e-12)


@with_both_loops
@pytest.mark.parametrize("metric", ALL)
def test_threads_change_no_digit(metric: str, score: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensembles, "_PART_POINTS", 100)
    members, truth = members_of(7, (30, 40), 3)

    with ThreadPoolExecutor(2) as pool:
        value = score(metric, members, truth, work=Work(2, pool.map))

    assert value == score(metric, members, truth)


@with_both_loops
@pytest.mark.parametrize("metric", ALL)
def test_the_order_of_members_changes_no_digit(metric: str, score: Any) -> None:
    members, truth = members_of(9, (20,), 4)
    members += np.random.default_rng(4).random(members.shape)

    value = score(metric, members[::-1], truth)

    assert value == score(metric, members, truth)


@pytest.mark.parametrize("metric", ALL)
@pytest.mark.parametrize("dtype", ["<f4", ">f4", ">f8", "<i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_form_of_storage_changes_no_digit(
    metric: str, dtype: str, order: Any, score: Any
) -> None:
    members, truth = (np.rint(4 * side) + 100 for side in members_of(4, (6, 5), 5))
    stored = [np.asarray(side.astype(dtype), order=order) for side in (members, truth)]

    assert score(metric, *stored) == score(metric, members, truth)


class ReadInOrder(MemoryArray):
    """An array that counts how often it is read from its start."""

    def __init__(self, values: Field) -> None:
        super().__init__("p", values)
        self.layout = Layout(in_order=True)
        self.reads = 0

    def read(self, region: tuple[slice, ...]) -> Field:
        self.reads += region[0].start == 0
        return super().read(region)


@pytest.mark.parametrize(("memory_bytes", "is_whole"), [(10**9, True), (100, False)])
def test_an_array_that_is_read_in_order_is_read_once_where_it_fits(
    memory_bytes: int,
    is_whole: bool,
    monkeypatch: pytest.MonkeyPatch,
    score: Any,
) -> None:
    monkeypatch.setattr(ensembles, "_BLOCK_ELEMENTS", 20)
    members, truth = members_of(5, (6, 4), 6)
    stored = ReadInOrder(members)
    case = Comparison(
        stored, MemoryArray("t", truth), (1.0, 1.0), work=Work(memory_bytes=memory_bytes)
    )
    parameters = Settings({"weights": "none", "grid": "auxiliary", "estimator": "biased"})

    value = ensembles.crps_ensemble(case, parameters).score()

    assert value == score("crps_ensemble", members, truth)
    assert (stored.reads == 1) is is_whole


def test_the_fair_estimate_does_not_depend_on_the_number_of_members(score: Any) -> None:
    random = np.random.default_rng(7)
    truth = random.standard_normal(40_000)
    values = {
        (count, estimator): score(
            "crps_ensemble",
            random.standard_normal((count, truth.size)),
            truth,
            estimator=estimator,
        )
        for count in (2, 20)
        for estimator in ("fair", "biased")
    }

    assert values[2, "fair"] == pytest.approx(values[20, "fair"], abs=0.02)
    assert values[2, "biased"] > values[20, "biased"] + 0.1


@with_both_loops
def test_members_that_are_all_the_truth_score_zero(score: Any) -> None:
    truth = np.array([1.5, -2.0, 7.0])
    members = np.stack([truth] * 3)

    assert score("crps_ensemble", members, truth) == 0.0
    assert score("crps_ensemble", members, truth, estimator="fair") == 0.0


@with_both_loops
def test_one_member_scores_its_absolute_error(score: Any) -> None:
    assert score("crps_ensemble", [[3.0, 5.0]], [1.0, 6.0]) == 1.5


@pytest.mark.parametrize(
    ("metric", "parameters"),
    [
        ("crps_ensemble", {"estimator": "fair"}),
        ("spread_skill_ratio", {}),
        ("spread_skill_error", {}),
    ],
)
def test_one_member_has_no_spread(metric: str, parameters: dict[str, Any], count: Any) -> None:
    with pytest.raises(ValuesUnfit, match=r"has one member, and .* needs two"):
        count(metric, [[3.0, 5.0]], [1.0, 6.0], **parameters)


def test_a_mean_without_error_is_no_ratio(count: Any, score: Any) -> None:
    members, truth = [[1.0, 3.0], [3.0, 5.0]], [2.0, 4.0]

    for metric in ("spread_skill_ratio", "spread_skill_error"):
        with pytest.raises(ScoreUndefined, match="without error"):
            count(metric, members, truth).score()
    assert score("spread_skill_ratio", members, truth, absent="best") == 1.0
    assert score("spread_skill_error", members, truth, absent="best") == 0.0
    assert score("spread_skill_error", members, truth, absent="worst", worst=5) == 5.0


def test_members_that_are_all_the_same_have_no_spread(count: Any, score: Any) -> None:
    members, truth = [[1.0, 3.0], [1.0, 3.0]], [2.0, 4.0]

    assert score("spread_skill_ratio", members, truth) == 0.0
    with pytest.raises(ScoreUndefined, match="all the same"):
        count("spread_skill_error", members, truth).score()


@with_both_loops
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("metric", ALL)
def test_members_that_are_not_finite_are_refused(bad: float, metric: str, count: Any) -> None:
    members, truth = members_of(3, (4, 5), 8)
    members[1, 2, 3] = members[2, 0, 0] = bad

    with pytest.raises(NotFinite, match="NaN or infinity in 2 of 60 places"):
        count(metric, members, truth)


def test_a_truth_that_is_not_finite_is_refused(count: Any) -> None:
    with pytest.raises(TruthUnfit, match="not finite"):
        count("crps_ensemble", [[1.0], [2.0]], [np.nan])


def test_nothing_that_counts_is_no_score(count: Any) -> None:
    tally = count("crps_ensemble", [[1.0], [2.0]], [np.nan], masks_nan=True)

    with pytest.raises(ScoreUndefined, match="no place to score"):
        tally.score()


def test_pooled_cases_score_as_one(count: Any) -> None:
    members, truth = members_of(4, (6, 5), 9)
    parts = [
        count("crps_ensemble", members[:, part], truth[part]) for part in (slice(0, 1), slice(1, 6))
    ]

    expected = count("crps_ensemble", members, truth).score()

    assert pooled(parts).score() == pytest.approx(expected, rel=1e-13)


def test_a_missing_case_counts_its_worst_in_each_place(count: Any) -> None:
    _, truth = members_of(4, (6, 5), 10)

    missing = count("crps_ensemble", None, truth, worst=3)

    assert missing.score() == 3.0
    assert missing.weight == truth.size
