"""Scores do not depend on how the one pass over a case cuts it into pieces."""

import functools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.arrays.base import regions
from evaluator.inside import counting
from evaluator.metrics import samples
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.info import Family, Input
from evaluator.metrics.registry import code_of, score_of
from evaluator.metrics.tallies import Label, Settings

SHAPE = (9, 11, 7)
FAMILIES = {Family.LABELS, Family.NUMBERS}
OF_PAIRS = [
    name for name, i in CATALOGUE.items() if i.family in FAMILIES and i.input is Input.PAIRS
]
OF_ERRORS = [
    name for name, i in CATALOGUE.items() if i.family in FAMILIES and i.input is Input.ERRORS
]
LABELS = {name: Label(1, "1") for name in ("label", "truth_label", "predicted_label")}


def in_blocks(metric: str, case: Any, limit: int) -> float:
    """Return the score when no piece of the pass has more than `limit` elements."""
    info = CATALOGUE[metric]
    asked = Settings(info.settled({}), LABELS["label"], LABELS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "regions", functools.partial(regions, limit=limit))
        patch.setattr(counting, "tiles", lambda arrays: regions(arrays[0].shape, limit))
        counts = counting.count(case, {info.input})
    source = counts.pairs if info.input is Input.PAIRS else counts.errors
    return score_of(code_of(info)(source, asked), info, asked)


@pytest.mark.parametrize("metric", OF_PAIRS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.integers(1, 300))
def test_counts_of_labels_are_the_same_to_the_last_digit(
    metric: str, seed: int, limit: int, compared: Any
) -> None:
    guess, truth = np.random.default_rng(seed).integers(0, 4, (2, *SHAPE))
    case = compared(guess, truth)

    assert in_blocks(metric, case, limit) == in_blocks(metric, case, 10**6)


@pytest.mark.parametrize("metric", OF_ERRORS)
@pytest.mark.parametrize("mean", [0.0, 1e6])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.integers(1, 300))
def test_sums_of_errors_differ_by_rounding_alone(
    metric: str, mean: float, seed: int, limit: int, compared: Any
) -> None:
    truth, noise = np.random.default_rng(seed).normal(mean, 1, (2, *SHAPE))
    case = compared(truth + (noise - mean) / 3 + 0.5, truth)

    in_pieces = in_blocks(metric, case, limit)

    assert in_pieces == pytest.approx(in_blocks(metric, case, 10**6), rel=1e-12)


@pytest.mark.parametrize("metric", ["medae", "mape"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), limit=st.integers(1, 300))
def test_pieces_of_whole_arrays_may_be_cut_anywhere(
    metric: str, seed: int, limit: int, score: Any
) -> None:
    guess, truth = np.random.default_rng(seed).normal(3, 1, (2, *SHAPE))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "PIECE_ELEMENTS", limit)
        in_pieces = score(metric, guess, truth)

    assert in_pieces == pytest.approx(score(metric, guess, truth), rel=1e-12)
