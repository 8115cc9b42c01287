"""Distances of voxels to a set of voxels, against scipy."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from evaluator.metrics.kernels.edt import farthest, hausdorff, squared_distances, squared_of

Mask = np.ndarray[Any, np.dtype[np.uint8]]
SPACINGS = [(1.0, 1.0, 1.0), (0.1, 0.1, 0.1), (4.0, 0.7, 0.7), (3.1, 0.7, 0.9), (0.3, 5.0, 0.3)]

spacings = st.sampled_from(SPACINGS)
shapes = st.sampled_from([(1, 1, 1), (1, 1, 9), (9, 1, 1), (1, 13, 17), (5, 6, 7), (12, 9, 11)])


@st.composite
def masks(draw: st.DrawFn) -> tuple[Mask, Mask]:
    """Draw two masks of one shape: sparse, dense, in one corner, or a block."""
    shape = draw(shapes)
    return draw_mask(draw, shape), draw_mask(draw, shape)


def draw_mask(draw: st.DrawFn, shape: tuple[int, ...]) -> Mask:
    share = draw(st.sampled_from([0.005, 0.1, 0.5, 0.98]))
    mask = np.random.default_rng(draw(st.integers(0, 9999))).random(shape) < share
    cut = tuple(slice(0, draw(st.integers(1, length))) for length in shape)
    if draw(st.booleans()):
        inside = np.zeros(shape, bool)
        inside[cut] = True
        mask &= inside
    if draw(st.booleans()):
        mask[cut] = True
    return mask.astype(np.uint8)


def reference(mask: Mask, spacing: tuple[float, ...]) -> Any:
    if not mask.any():
        return np.full(mask.shape, math.inf)
    return distance_transform_edt(mask == 0, sampling=spacing)


def room(mask: Mask) -> Any:
    return np.empty(mask.size)


@settings(max_examples=200, deadline=None)
@given(masks(), spacings)
def test_each_voxel_gets_the_distance_that_scipy_finds(
    pair: tuple[Mask, Mask], spacing: tuple[float, ...]
) -> None:
    mask, out = pair[0], np.empty(pair[0].shape)

    squared_distances(mask, np.array(spacing), out)

    np.testing.assert_allclose(np.sqrt(out), reference(mask, spacing), rtol=1e-12, atol=0)


@settings(max_examples=200, deadline=None)
@given(masks(), spacings)
def test_the_farthest_voxel_is_that_of_the_map(
    pair: tuple[Mask, Mask], spacing: tuple[float, ...]
) -> None:
    query, target = pair
    expected = reference(target, spacing)[query != 0].max(initial=0.0)

    found = farthest(query, target, np.array(spacing), room(query))

    assert found == pytest.approx(expected, rel=1e-12, abs=0)


@settings(max_examples=200, deadline=None)
@given(masks(), spacings)
def test_hausdorff_is_the_farther_of_both_directions(
    pair: tuple[Mask, Mask], spacing: tuple[float, ...]
) -> None:
    one, other = pair
    there = reference(other, spacing)[one != 0].max(initial=0.0)
    back = reference(one, spacing)[other != 0].max(initial=0.0)

    found = hausdorff(one, other, np.array(spacing), room(one))

    assert found == pytest.approx(max(there, back), rel=1e-12, abs=0)


@settings(max_examples=200, deadline=None)
@given(masks(), spacings)
def test_distances_of_places_come_in_their_order(
    pair: tuple[Mask, Mask], spacing: tuple[float, ...]
) -> None:
    query, target = pair
    target[0, 0, 0] = 1
    squares = np.empty(np.count_nonzero(query))

    squared_of(np.flatnonzero(query), target, np.array(spacing), room(query), squares)

    expected = reference(target, spacing)[query != 0]
    np.testing.assert_allclose(np.sqrt(squares), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_sets_far_apart_are_measured_in_whole_maps_with_the_same_digits(
    spacing: tuple[float, float, float],
) -> None:
    query, target = np.zeros((2, 30, 40, 50), np.uint8)
    query[:, :, 25:] = 1
    target[3, 4, 5] = target[20, 30, 6] = 1
    out, squares = np.empty(query.shape), np.empty(np.count_nonzero(query))

    squared_distances(target, np.array(spacing), out)
    squared_of(np.flatnonzero(query), target, np.array(spacing), room(query), squares)
    most = farthest(query, target, np.array(spacing), room(query))

    assert squares.tolist() == out[query != 0].tolist()
    assert most == math.sqrt(out[query != 0].max())


def test_a_large_box_agrees_with_scipy() -> None:
    place = np.indices((60, 50, 70))
    centre = np.array([30, 25, 35]).reshape(3, 1, 1, 1)
    ball = (((place - centre) / [[[[28]]], [[[20]]], [[[30]]]]) ** 2).sum(0) <= 1
    shell = ball & ~((((place - centre) / [[[[24]]], [[[16]]], [[[26]]]]) ** 2).sum(0) <= 1)
    spacing = np.array([2.0, 0.5, 0.7])

    found = hausdorff(ball.astype(np.uint8), shell.astype(np.uint8), spacing, np.empty(ball.size))

    # The deepest voxel is inside the ball: the sets are those of voxels, not of boundaries.
    expected = distance_transform_edt(~shell, sampling=spacing)[ball].max()
    assert found == pytest.approx(expected, rel=1e-12)


def test_mirroring_and_swapping_axes_of_one_spacing_changes_no_digit() -> None:
    mask = (np.random.default_rng(5).random((9, 12, 12)) < 0.02).astype(np.uint8)
    spacing = np.array([0.3, 0.1, 0.1])
    out, turned = np.empty(mask.shape), np.empty(mask.shape)

    squared_distances(mask, spacing, out)
    squared_distances(np.ascontiguousarray(mask.transpose(0, 2, 1)[:, ::-1]), spacing, turned)

    np.testing.assert_array_equal(turned[:, ::-1].transpose(0, 2, 1), out)


def test_an_empty_query_is_at_no_distance_and_an_empty_target_at_infinity() -> None:
    none, some = np.zeros((2, 3, 4), np.uint8), np.ones((2, 3, 4), np.uint8)

    assert farthest(none, some, np.ones(3), np.empty(24)) == 0
    assert farthest(none, none, np.ones(3), np.empty(24)) == 0
    assert farthest(some, none, np.ones(3), np.empty(24)) == math.inf
