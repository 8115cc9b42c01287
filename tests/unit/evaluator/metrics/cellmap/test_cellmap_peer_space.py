"""How the peer brings predictions to their crops, against what it calls for it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import rescale

from evaluator.arrays.layout import Frame
from evaluator.metrics.cellmap import peer_space
from evaluator.metrics.cellmap.peer_grid import Space
from evaluator.metrics.cellmap.peer_space import rescaled, to_crop
from evaluator.metrics.cellmap.tallies import VoxelTally
from evaluator.metrics.errors import ValuesUnfit
from tests.unit.evaluator.metrics.cellmap.cases import PEER, Chunked, instances, line, semantic

SIZE = (8.0, 8.0, 8.0)
ROW = np.arange(1, 7, dtype=np.uint8).reshape(1, 1, 6)


def along_x(values: Any, source: Space, crop: Space) -> list[int]:
    return [int(value) for value in to_crop(values, source, crop, is_instance=True)[0, 0]]


def space(length: int, origin: float | None = 0.0, size: float | None = 8.0) -> Space:
    return Space(
        (1, 1, length),
        None if size is None else (8.0, 8.0, size),
        None if origin is None else (0.0, 0.0, origin),
    )


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (0.0, [1, 2, 3, 4, 5, 6]),
        (None, [1, 2, 3, 4, 5, 6]),
        (16.0, [0, 0, 1, 2, 3, 4]),
        (-16.0, [3, 4, 5, 6, 0, 0]),
        (12.0, [0, 1, 2, 3, 4, 5]),  # rounded down to 8
        (-4.0, [2, 3, 4, 5, 6, 0]),  # rounded down to -8
        (80.0, [0, 0, 0, 0, 0, 0]),
        (-80.0, [0, 0, 0, 0, 0, 0]),
    ],
)
def test_arrays_are_shifted_by_whole_elements(origin: float, expected: list[int]) -> None:
    assert along_x(ROW, space(6, origin), space(6)) == expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (4.0, [1, 2, 3, 4, 5, 6]),  # taken for 0, which is half an element before the crop
        (12.0, [1, 2, 3, 4, 5, 6]),  # starts one element later, lands there none later
        (20.0, [0, 1, 2, 3, 4, 5]),
        (-4.0, [2, 3, 4, 5, 6, 0]),  # earlier ones are right
    ],
)
def test_off_the_grid_later_arrays_land_one_element_too_early(
    origin: float, expected: list[int]
) -> None:
    assert along_x(ROW, space(6, origin), space(6, origin=4.0)) == expected


def test_longer_and_shorter_arrays_are_cut_and_filled_at_their_end() -> None:
    assert along_x(ROW, space(6), space(4)) == [1, 2, 3, 4]
    assert along_x(ROW, space(6), space(8)) == [1, 2, 3, 4, 5, 6, 0, 0]
    assert along_x(ROW, space(6, origin=8.0), space(3)) == [0, 1, 2]


def test_without_a_voxel_size_the_middle_is_taken() -> None:
    nothing = space(6, None, None)

    assert along_x(ROW, nothing, space(3)) == [2, 3, 4]
    assert along_x(ROW, nothing, space(9)) == [0, 1, 2, 3, 4, 5, 6, 0, 0]


def test_labels_are_resampled_to_the_nearest_one() -> None:
    assert along_x(ROW, space(6, size=4.0), space(3)) == [2, 4, 6]
    assert along_x(ROW, space(6, size=16.0), space(12)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


def test_resampled_masks_lie_above_one_half_whatever_their_scale() -> None:
    mask = np.array([[[0, 0, 255, 255, 0, 0, 0, 0]]], np.uint8)

    fine = to_crop(mask, space(8, size=4.0), space(4), is_instance=False)
    same = to_crop(mask, space(8), space(8), is_instance=False)

    assert fine.dtype == np.bool_
    assert fine[0, 0].tolist() == [True, True, True, False]  # dilated: 255 is far above 0.5
    assert np.array_equal(same, mask)


def test_an_array_far_larger_than_its_crop_is_refused() -> None:
    with pytest.raises(ValuesUnfit, match="4096 times"):
        to_crop(np.zeros((1, 1, 4097)), space(4097), space(1), is_instance=True)


volumes = st.tuples(
    st.tuples(*(st.integers(1, 9),) * 3),
    st.tuples(*(st.sampled_from([0.25, 0.5, 2 / 3, 0.81, 1.0, 1.31, 2.0]),) * 3),
    st.integers(0, 2**32 - 1),
    st.sampled_from(["?", "u1", "u2", "i4", "u8", "f2", "f4", "f8"]),
)


def drawn(volume: Any) -> tuple[Any, Any]:
    shape, scale, seed, dtype = volume
    rng = np.random.default_rng(seed)
    values = rng.integers(rng.integers(0, 2), rng.integers(3, 200), shape).astype(dtype)
    return values, np.array(scale)


@given(volumes, st.sampled_from([0, 1]))
@settings(max_examples=150, deadline=None)
def test_rescaling_is_that_of_scikit_image_to_the_last_digit(volume: Any, order: int) -> None:
    values, scale = drawn(volume)
    if values.dtype == np.bool_ and order == 1:
        values = values.astype(np.float32)  # as masks are before they are resampled

    ours = rescaled(values, scale, order)

    theirs = rescale(values, scale, order=order, mode="constant", preserve_range=True)
    assert ours.dtype == theirs.dtype
    assert np.array_equal(ours, theirs)


@given(volumes, st.booleans())
@settings(max_examples=60, deadline=None)
def test_large_arrays_are_resampled_block_by_block(volume: Any, is_instance: Any) -> None:
    values, scale = drawn(volume)
    crop = Space(tuple(np.maximum(np.round(scale * values.shape), 1).astype(int)), SIZE, None)
    source = Space(values.shape, tuple(scale * 8), None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(peer_space, "_MOST_AT_ONCE", 0)
        patch.setattr(peer_space, "_BLOCK_EDGE", 4)
        ours = to_crop(values, source, crop, is_instance=is_instance)

    if np.allclose(scale, 1):
        assert np.array_equal(ours, values)
    else:
        assert np.array_equal(ours, _block_by_block(values, scale, is_instance))


def _block_by_block(values: Any, scale: Any, is_instance: Any) -> Any:
    shape = [max(1, int(np.round(s * f))) for s, f in zip(values.shape, scale, strict=True)]
    output = np.zeros(shape, values.dtype if is_instance else np.float32)
    floats = values.astype(np.float32) if values.dtype == np.bool_ and not is_instance else values
    for z in range(0, values.shape[0], 4):
        for y in range(0, values.shape[1], 4):
            for x in range(0, values.shape[2], 4):
                part = rescale(
                    floats[z : z + 4, y : y + 4, x : x + 4],
                    scale,
                    order=0 if is_instance else 1,
                    mode="constant",
                    preserve_range=True,
                )
                a, b, c = (int(start * f) for start, f in zip((z, y, x), scale, strict=True))
                depth, height, width = (
                    max(0, min(first + length, whole) - first)
                    for first, length, whole in zip((a, b, c), part.shape, shape, strict=True)
                )
                output[a : a + depth, b : b + height, c : c + width] = part[:depth, :height, :width]
    return output if is_instance else output > 0.5


def test_objects_on_a_grid_of_their_own_are_brought_to_the_truth_for_the_peer() -> None:
    truth = line(1, 1, 1, 1, 0, 0, 2, 2)
    late = Chunked(truth[:, :, 2:], frame=Frame(voxel_size=SIZE, origin=(0.0, 0.0, 16.0)))
    fine = Chunked(
        truth.repeat(2, axis=2), frame=Frame(voxel_size=(8.0, 8.0, 4.0), origin=(0.0, 0.0, 0.0))
    )

    counts = instances(truth, truth, profile=PEER, spacing=SIZE)

    assert instances(late, truth, profile=PEER, spacing=SIZE) == counts
    assert instances(fine, truth, profile=PEER, spacing=SIZE) == counts


def test_masks_on_a_grid_of_their_own_are_brought_to_the_truth_for_the_peer() -> None:
    truth = line(1, 1, 1, 1, 0, 0, 2, 2)
    frame = Frame(voxel_size=(8.0, 8.0, 16.0), origin=(0.0, 0.0, 0.0))

    tally = semantic(Chunked(truth[:, :, ::2], frame=frame), truth, profile=PEER, spacing=SIZE)

    assert tally == VoxelTally(tp=6, fp=0, fn=0)
