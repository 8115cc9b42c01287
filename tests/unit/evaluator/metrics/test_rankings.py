"""Metrics of rankings: by hand, against scikit-learn, and queries without a relevant item."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import (
    average_precision_score,
    label_ranking_average_precision_score,
    ndcg_score,
)

from evaluator.metrics.errors import ScoreUndefined, TruthUnfit, ValuesUnfit

METRICS = ["ndcg", "mean_average_precision", "mrr"]
GRADES = [0, 2, 1, 0]
GUESS = [0.9, 0.5, 0.5, 0.1]
# In order: 0, then 2 and 1 tied at places 2 and 3, then 0.


def log2(number: int) -> float:
    return math.log2(number)


CASES: dict[str, tuple[str, dict[str, Any], float]] = {
    "ndcg": ("ndcg", {}, 1.5 * (1 / log2(3) + 1 / log2(4)) / (2 + 1 / log2(3))),
    "ndcg, k = 2": ("ndcg", {"k": 2}, 1.5 / log2(3) / (2 + 1 / log2(3))),
    "ndcg, exponential": (
        "ndcg",
        {"gains": "exponential"},
        2 * (1 / log2(3) + 1 / log2(4)) / (3 + 1 / log2(3)),
    ),
    "mean_average_precision": ("mean_average_precision", {}, 2 / 3),
    "mrr": ("mrr", {}, 1 / 2),
}


@pytest.mark.parametrize(("metric", "parameters", "expected"), CASES.values(), ids=CASES.keys())
def test_a_ranking_is_what_it_is_by_hand(
    metric: str, parameters: dict[str, Any], expected: float, score: Any
) -> None:
    assert score(metric, GUESS, GRADES, **parameters) == pytest.approx(expected, rel=1e-15)


def test_items_tied_with_the_first_relevant_one_stand_before_it(score: Any) -> None:
    assert score("mrr", [5, 5, 5, 1], [0, 1, 0, 1]) == 1 / 3
    assert score("mrr", [5, 5, 5, 1], [1, 1, 0, 0]) == 1 / 2
    assert score("mrr", [5, 4, 3, 1], [0, 0, 0, 1]) == 1 / 4


SHAPES = st.tuples(st.integers(1, 5), st.integers(2, 12))
SCORES = st.floats(-1, 1, width=32) | st.sampled_from([0.0, 0.5])


@settings(max_examples=100, deadline=None)
@given(data=st.data(), shape=SHAPES, k=st.none() | st.integers(1, 14))
def test_ndcg_equals_that_of_scikit_learn(
    data: st.DataObject, shape: tuple[int, int], k: int | None, score: Any
) -> None:
    truth = data.draw(arrays.arrays(np.int64, shape, elements=st.integers(0, 3)))
    guess = data.draw(arrays.arrays(np.float64, shape, elements=SCORES))

    mine = score("ndcg", guess, truth, absent="worst", **({} if k is None else {"k": k}))
    powers = score("ndcg", guess, truth, absent="worst", gains="exponential")

    assert mine == pytest.approx(ndcg_score(truth, guess, k=k), rel=1e-9, abs=1e-12)
    assert powers == pytest.approx(ndcg_score(2**truth - 1, guess), rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), shape=SHAPES)
def test_map_equals_the_mean_of_those_of_scikit_learn(
    data: st.DataObject, shape: tuple[int, int], score: Any
) -> None:
    truth = data.draw(arrays.arrays(np.int64, shape, elements=st.integers(0, 1)))
    guess = data.draw(arrays.arrays(np.float64, shape, elements=SCORES))
    assume(truth.any(axis=1).all())

    mine = score("mean_average_precision", guess, truth)

    rows = zip(truth, guess, strict=True)
    assert mine == pytest.approx(np.mean([average_precision_score(*row) for row in rows]))


@settings(max_examples=100, deadline=None)
@given(data=st.data(), shape=SHAPES)
def test_the_rank_of_one_relevant_item_is_that_of_scikit_learn(
    data: st.DataObject, shape: tuple[int, int], score: Any
) -> None:
    guess = data.draw(arrays.arrays(np.float64, shape, elements=SCORES))
    places = data.draw(arrays.arrays(np.int64, shape[0], elements=st.integers(0, shape[1] - 1)))
    truth = np.eye(shape[1], dtype=int)[places]

    mine = score("mrr", guess, truth)

    expected = label_ranking_average_precision_score(truth, guess)
    assert mine == pytest.approx(expected, rel=1e-12)


def rows(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and grades of six queries of eight items, each with a relevant one."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 4, (6, 8))
    truth[:, 3] = 1
    return random.integers(0, 6, (6, 8)) / 8, truth


@pytest.mark.parametrize("metric", METRICS)
def test_queries_may_be_groups_of_a_long_row_in_any_order(metric: str, score: Any) -> None:
    guess, truth = rows()
    groups = np.repeat([7, -3, 10**12, 0, 5, 6], 8)
    order = np.random.default_rng(1).permutation(48)

    mine = score(
        metric,
        guess.reshape(-1)[order],
        truth.reshape(-1)[order],
        auxiliary={"groups": groups[order]},
    )

    assert mine == pytest.approx(score(metric, guess, truth), rel=1e-14)


@pytest.mark.parametrize("metric", METRICS)
def test_the_order_of_the_items_changes_nothing(metric: str, score: Any) -> None:
    guess, truth = rows()
    order = np.random.default_rng(2).permutation(8)

    moved = score(metric, np.asfortranarray(guess[:, order]), truth[:, order])

    assert moved == pytest.approx(score(metric, guess, truth), rel=1e-14)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dtype", ["u1", ">i4", "f2", ">f4", "f8"])
def test_the_type_of_the_numbers_changes_nothing(metric: str, dtype: str, score: Any) -> None:
    guess, truth = rows()
    guess = guess * 8

    of_type = score(metric, guess.astype(dtype), truth.astype(dtype))

    assert of_type == score(metric, guess, truth)


@pytest.mark.parametrize("metric", METRICS)
def test_each_row_along_the_last_axis_is_a_query(metric: str, score: Any) -> None:
    guess, truth = rows()

    assert score(metric, guess.reshape(2, 3, 8), truth.reshape(2, 3, 8)) == score(
        metric, guess, truth
    )
    one_by_one = [score(metric, *row) for row in zip(guess, truth, strict=True)]
    assert score(metric, guess, truth) == pytest.approx(np.mean(one_by_one), rel=1e-14)


@pytest.mark.parametrize("metric", METRICS)
def test_the_right_order_is_exactly_1(metric: str, score: Any) -> None:
    _, truth = rows()

    assert score(metric, truth * 1.5 - 7, truth) == 1.0


@pytest.mark.parametrize("metric", METRICS)
def test_a_query_where_nothing_is_relevant_counts_as_declared(metric: str, score: Any) -> None:
    guess, truth = rows()
    truth[2:4] = 0
    of_four = score(metric, guess[[0, 1, 4, 5]], truth[[0, 1, 4, 5]])

    with pytest.raises(ScoreUndefined, match="In 2 queries nothing is relevant"):
        score(metric, guess, truth)
    assert score(metric, guess, truth, absent="skip") == pytest.approx(of_four)
    assert score(metric, guess, truth, absent="worst") == pytest.approx(of_four * 4 / 6)
    assert score(metric, guess, truth, absent="best") == pytest.approx((of_four * 4 + 2) / 6)


@pytest.mark.parametrize("metric", METRICS)
def test_no_query_with_a_relevant_item_is_no_score(metric: str, score: Any) -> None:
    with pytest.raises(ScoreUndefined, match="no query where anything is relevant"):
        score(metric, [[1.0, 2.0]], [[0, 0]], absent="skip")
    with pytest.raises(ScoreUndefined):
        score(metric, np.zeros((0, 4)), np.zeros((0, 4)))


@pytest.mark.parametrize("metric", METRICS)
def test_pooled_cases_are_the_mean_over_all_their_queries(metric: str, count: Any) -> None:
    guess, truth = rows()

    both = count(metric, guess[:1], truth[:1]) + count(metric, guess[1:], truth[1:])

    assert both.score() == pytest.approx(count(metric, guess, truth).score(), rel=1e-14)


@pytest.mark.parametrize("metric", METRICS)
def test_a_missed_case_finds_nothing_for_each_of_its_queries(metric: str, count: Any) -> None:
    guess, truth = rows()
    truth[5] = 0
    of_three = count(metric, guess[:3], truth[:3])

    by_absent = {
        absent: count(metric, guess[:3], truth[:3], absent=absent)
        + count(metric, None, truth[3:], absent=absent)
        for absent in ("worst", "best", "skip")
    }

    assert by_absent["worst"].score() == pytest.approx(of_three.score() * 3 / 6)
    assert by_absent["best"].score() == pytest.approx(of_three.score() * 3 / 6)
    assert by_absent["skip"].score() == pytest.approx(of_three.score() * 3 / 5)


@pytest.mark.parametrize("metric", METRICS)
def test_items_without_a_judgement_are_not_ranked(metric: str, score: Any) -> None:
    guess, truth = rows()
    sparse = truth.astype(float)
    sparse[:, [1, 6]] = np.nan

    masked = score(metric, guess, sparse, masks_nan=True)

    kept = [0, 2, 3, 4, 5, 7]
    assert masked == pytest.approx(score(metric, guess[:, kept], truth[:, kept]), rel=1e-14)


@pytest.mark.parametrize("metric", METRICS)
def test_values_that_are_no_ranking_are_refused(metric: str, score: Any) -> None:
    with pytest.raises(ValuesUnfit, match="NaN or infinity"):
        score(metric, [1.0, np.nan], [0, 1])
    with pytest.raises(TruthUnfit, match="a relevance below 0"):
        score(metric, [1.0, 2.0], [0, -1])
    with pytest.raises(TruthUnfit, match="another shape than its groups"):
        score(metric, [1.0, 2.0], [0, 1], auxiliary={"groups": [1]})
    with pytest.raises(TruthUnfit, match="groups that are no whole numbers"):
        score(metric, [1.0, 2.0], [0, 1], auxiliary={"groups": [1, 1.5]})


def test_a_gain_that_no_number_can_hold_is_refused(score: Any) -> None:
    with pytest.raises(TruthUnfit, match="a relevance above 500"):
        score("ndcg", [1.0, 2.0], [0, 501], gains="exponential")
    assert score("ndcg", [1.0, 2.0], [0, 500], gains="exponential") == 1.0
