"""Arrays are cut where their chunks end, and every element is in one piece."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.arrays.layout import Layout
from evaluator.arrays.tiles import are_in_order, tiles

AXES = st.integers(1, 3)


class Stored:
    """An array of which only the metadata matter."""

    name = "array"
    dtype = np.dtype("u1")

    def __init__(self, shape: tuple[int, ...], layout: Layout) -> None:
        self.shape = shape
        self.layout = layout

    def notes(self) -> tuple[str, ...]:
        return ()

    def read(self, region: Any) -> Any:
        return np.empty([part.stop - part.start for part in region], self.dtype)

    def release(self) -> None:
        pass


@st.composite
def pairs(draw: Any) -> tuple[Stored, Stored]:
    axes = draw(AXES)
    shape = draw(st.tuples(*[st.integers(0, 40)] * axes))
    grids = [draw(st.none() | st.tuples(*[st.integers(1, 50)] * axes)) for _ in range(2)]
    one, two = (Stored(shape, Layout(chunks=grid)) for grid in grids)
    return one, two


@given(pairs(), st.integers(1, 5000))
def test_every_element_is_in_one_piece(arrays: tuple[Stored, Stored], limit: int) -> None:
    seen = np.zeros(arrays[0].shape, int)

    for region in tiles(arrays, limit):
        seen[region] += 1
        assert seen[region].size <= limit

    assert (seen == 1).all()


def test_equal_grids_are_cut_at_their_chunks() -> None:
    arrays = [Stored((256, 256, 256), Layout(chunks=(64, 64, 64)))] * 2

    pieces = list(tiles(arrays))

    assert len(pieces) == 4**3
    assert {part.stop - part.start for piece in pieces for part in piece} == {64}


def test_two_grids_are_cut_at_their_common_edges() -> None:
    one = Stored((256, 256, 256), Layout(chunks=(64, 64, 64)))
    two = Stored((256, 256, 256), Layout(chunks=(128, 32, 64)))

    (piece, *_) = tiles((one, two))

    assert [part.stop for part in piece] == [128, 64, 64]


def test_grids_without_small_common_edges_are_cut_at_the_larger_chunks() -> None:
    one = Stored((700, 700, 700), Layout(chunks=(64, 64, 64)))
    two = Stored((700, 700, 700), Layout(chunks=(100, 100, 100)))

    (piece, *_) = tiles((one, two))

    assert [part.stop for part in piece] == [100, 100, 100]


def test_a_chunk_that_is_too_large_is_cut_into_pieces_that_follow_each_other() -> None:
    small = Stored((256, 256, 256), Layout(chunks=(64, 64, 64)))
    large = Stored((256, 256, 256), Layout(chunks=(128, 256, 256)))

    pieces = list(tiles((small, large)))

    assert [piece[0] for piece in pieces] == [slice(z, z + 32) for z in range(0, 256, 32)]
    assert all(piece[1:] == (slice(0, 256), slice(0, 256)) for piece in pieces)


def test_small_chunks_share_a_piece() -> None:
    arrays = [Stored((256, 256, 256), Layout(chunks=(8, 8, 8)))] * 2

    sizes = [math.prod(p.stop - p.start for p in piece) for piece in tiles(arrays)]

    assert min(sizes) >= 128 * 1024


@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_read_in_order_is_cut_into_contiguous_runs(is_first: bool) -> None:
    stream = Stored((64, 64, 64), Layout(in_order=True))
    chunked = Stored((64, 64, 64), Layout(chunks=(16, 16, 16)))
    arrays = (stream, chunked) if is_first else (chunked, stream)

    pieces = list(tiles(arrays, 10_000))

    assert are_in_order(arrays)
    assert [piece[0].start for piece in pieces] == list(range(0, 64, 2))
    assert all(piece[1:] == (slice(0, 64), slice(0, 64)) for piece in pieces)
