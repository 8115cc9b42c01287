import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.arrays.base import native, regions

SHAPES = st.lists(st.integers(1, 12), min_size=0, max_size=3).map(tuple)


@settings(deadline=None)
@given(shape=SHAPES, limit=st.integers(1, 500))
def test_blocks_cover_each_element_once_and_keep_to_the_limit(
    shape: tuple[int, ...], limit: int
) -> None:
    visits = np.zeros(shape, int)

    for region in regions(shape, limit):
        visits[region] += 1
        assert math.prod(part.stop - part.start for part in region) <= limit

    assert (visits == 1).all()


@settings(deadline=None)
@given(shape=SHAPES, limit=st.integers(1, 500))
def test_each_block_is_one_run_of_an_array_in_c_order_and_runs_follow_each_other(
    shape: tuple[int, ...], limit: int
) -> None:
    positions = np.arange(math.prod(shape)).reshape(shape)

    runs = [positions[region].ravel() for region in regions(shape, limit)]

    assert np.array_equal(np.concatenate(runs), positions.ravel())


def test_an_empty_array_has_no_blocks() -> None:
    assert list(regions((3, 0))) == []


def test_bytes_that_are_no_boolean_count_as_true_once() -> None:
    odd = np.array([0, 1, 2, 255], np.uint8).view(np.bool_)

    block = native(odd)

    assert np.count_nonzero(block) == 3
    assert block.astype(np.int64).tolist() == [0, 1, 1, 1]


def test_blocks_have_the_byte_order_of_the_machine() -> None:
    block = native(np.array([1, 2], ">u4"))

    assert block.dtype.isnative
    assert block.tolist() == [1, 2]
