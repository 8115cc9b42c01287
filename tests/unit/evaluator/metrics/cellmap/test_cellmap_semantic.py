"""The score of masks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from evaluator.metrics.cellmap.tallies import VoxelTally
from evaluator.metrics.errors import NotFinite, TruthUnfit
from tests.unit.evaluator.metrics.cellmap.cases import (
    PEER,
    THREE_THREADS,
    Chunked,
    semantic,
)

TRUTH = np.array([[[0, 0, 1, 1, 2, 2, 0, 9]]], np.uint8)
GUESS = np.array([[[0, 3, 0, 1, 1, 5, 0, 0]]], np.uint8)

both = pytest.mark.parametrize("profile", ["clean", PEER])


@both
def test_the_foreground_is_whatever_lies_above_0(profile: str) -> None:
    tally = semantic(GUESS, TRUTH, profile=profile)

    assert tally == VoxelTally(tp=3, fp=1, fn=2)
    assert tally.score() == 3 / 6


@both
def test_no_foreground_at_all_is_perfect(profile: str) -> None:
    assert semantic(GUESS * 0, TRUTH * 0, profile=profile).score() == 1.0


@both
def test_what_the_mask_leaves_out_does_not_count(profile: str) -> None:
    mask = np.array([[[1, 0, 1, 1, 1, 1, 1, 0]]], np.uint8)

    tally = semantic(GUESS, TRUTH, profile=profile, auxiliary={"mask": mask})

    assert tally == VoxelTally(tp=3, fp=0, fn=1)


def test_a_missing_prediction_misses_the_foreground_and_for_the_peer_everything() -> None:
    assert semantic(None, TRUTH) == VoxelTally(fn=5)
    assert semantic(None, TRUTH, profile=PEER) == VoxelTally(fn=8)


def test_cases_are_pooled_before_the_formula() -> None:
    assert (semantic(GUESS, TRUTH) + semantic(None, TRUTH)).score() == 3 / 11


def test_a_threshold_holds_for_predictions_alone() -> None:
    guess = GUESS / 5  # 0, 0.6, 0, 0.2, 0.2, 1, 0, 0

    assert semantic(guess, TRUTH, threshold=0.5) == VoxelTally(tp=1, fp=1, fn=4)
    assert semantic(GUESS, TRUTH, threshold=3.0) == VoxelTally(tp=1, fp=0, fn=4)
    assert semantic(guess, TRUTH, threshold=0.5, profile=PEER) == semantic(GUESS, TRUTH)


def test_nan_is_background_for_the_peer_and_refused_else() -> None:
    guess = GUESS.astype(np.float32)
    guess[0, 0, 3] = np.nan

    assert semantic(guess, TRUTH, profile=PEER) == VoxelTally(tp=2, fp=1, fn=3)
    with pytest.raises(NotFinite):
        semantic(guess, TRUTH)
    with pytest.raises(TruthUnfit):
        semantic(GUESS, guess)


@both
@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f8", ">u4"])
def test_any_numbers_will_do(dtype: str, profile: str) -> None:
    guess, truth = (GUESS > 0).astype(dtype), TRUTH.astype(dtype)

    assert semantic(guess, truth, profile=profile) == semantic(GUESS, TRUTH)


pairs = array_shapes(min_dims=1, max_dims=4, max_side=6).flatmap(
    lambda shape: st.tuples(
        *(arrays(np.int16, shape, elements=st.integers(-2, 2)) for _ in range(2))
    )
)


@both
@given(pairs, st.data())
@settings(max_examples=60, deadline=None)
def test_counts_are_those_of_plain_masks_whatever_the_chunks(
    profile: str, pair: Any, data: st.DataObject
) -> None:
    guess, truth = pair
    chunks = tuple(data.draw(st.integers(1, 6)) for _ in guess.shape)

    tally = semantic(Chunked(guess, chunks), truth, profile=profile, work=THREE_THREADS)

    is_found = (guess > 0) & (truth > 0)
    assert tally.tp == is_found.sum()
    assert tally.tp + tally.fp == (guess > 0).sum()
    assert tally.tp + tally.fn == (truth > 0).sum()
