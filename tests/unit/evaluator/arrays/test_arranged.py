"""Axes in another order, and axes that are too many."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.arrays.arranged import arranged
from evaluator.arrays.axes import Target, axis_order
from evaluator.arrays.base import Block, Region, regions
from evaluator.arrays.layout import Frame, Layout

ZYX = ("z", "y", "x")

ORDERS: dict[str, tuple[Any, ...]] = {
    # names of the truth, its shape, names of the array, its shape, the order
    "the same": (ZYX, (2, 3, 4), ZYX, (2, 3, 4), (0, 1, 2)),
    "turned around": (ZYX, (2, 3, 4), ("x", "y", "z"), (4, 3, 2), (2, 1, 0)),
    "turned, capital letters": (ZYX, (2, 3, 4), ("X", "Y", "Z"), (4, 3, 2), (2, 1, 0)),
    "turned, of equal lengths": (ZYX, (3, 3, 3), ("y", "z", "x"), (3, 3, 3), (1, 0, 2)),
    "turned, another size": (ZYX, (2, 3, 4), ("x", "y", "z"), (9, 8, 7), (2, 1, 0)),
    "with channel and time": (
        ZYX, (2, 3, 4), ("t", "c", "x", "y", "z"), (1, 1, 4, 3, 2), (4, 3, 2),
    ),
    "with two channels": (ZYX, (2, 3, 4), ("c", *ZYX), (2, 2, 3, 4), None),
    "other names": (ZYX, (2, 3, 4), ("depth", "height", "width"), (2, 3, 4), (0, 1, 2)),
    "one side without names": (None, (2, 3, 4), ("x", "y", "z"), (4, 3, 2), (0, 1, 2)),
    "no names": (None, (2, 3, 4), None, (2, 3, 4), (0, 1, 2)),
    "no names, one in front": (None, (2, 3, 4), None, (1, 2, 3, 4), (1, 2, 3)),
    "no names, one in the middle": (None, (2, 3, 4), None, (2, 1, 3, 4), (0, 2, 3)),
    "no names, ones at both ends": (None, (2, 3, 4), None, (1, 2, 3, 4, 1), (1, 2, 3)),
    "no names, the truth has ones": (None, (5, 1, 5), None, (5, 1, 5, 1), (0, 1, 2)),
    "no names, another size": (None, (2, 3, 4), None, (1, 9, 8, 7), (1, 2, 3)),
    "a channel goes before space": (None, (9, 9), ("y", "c", "x"), (1, 1, 5), (0, 2)),
    "too many": (None, (2, 3, 4), None, (2, 2, 3, 4), None),
    "too few": (None, (2, 3, 4), None, (3, 4), None),
    "no axes": (None, (), None, (), ()),
    "no axes, one of length one": (None, (), None, (1,), ()),
    "an extra axis in front": (
        (None, *ZYX), (None, 2, 3, 4), ("c", *ZYX), (5, 2, 3, 4), (0, 1, 2, 3),
    ),
    "an extra axis behind": (
        (*ZYX, None), (2, 3, 4, None), ("c", *ZYX), (5, 2, 3, 4), (1, 2, 3, 0),
    ),
    "an extra axis beside a lone one": (
        (*ZYX, None), (2, 3, 4, None), ("t", "c", *ZYX), (1, 5, 2, 3, 4), (2, 3, 4, 1),
    ),
    "an extra axis of length one": (
        (*ZYX, None), (2, 3, 4, None), ("c", *ZYX), (1, 2, 3, 4), (1, 2, 3, 0),
    ),
    "an extra axis that is not there": ((*ZYX, None), (2, 3, 4, None), ZYX, (2, 3, 4), None),
    "an extra axis without names": (None, (2, 3, 4, None), None, (2, 3, 4, 5), (0, 1, 2, 3)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "lengths", "names", "shape", "order"), ORDERS.values(), ids=ORDERS.keys()
)
def test_axes_are_found_by_name_or_by_position(
    wanted: Any, lengths: Any, names: Any, shape: Any, order: Any
) -> None:
    assert axis_order(shape, names, Target(wanted, lengths)) == order


class Stored:
    """An array that notes which regions are asked for."""

    def __init__(self, data: Block, layout: Layout) -> None:
        self.name = "a"
        self.shape = data.shape
        self.dtype = data.dtype
        self.layout = layout
        self.asked: list[Region] = []
        self._data = data

    def notes(self) -> tuple[str, ...]:
        return ("It is stored.",)

    def read(self, region: Region) -> Block:
        self.asked.append(region)
        return np.ascontiguousarray(self._data[region])

    def release(self) -> None:
        pass


@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
    limit=st.integers(1, 40),
)
def test_any_region_is_that_of_the_turned_array(shape: list[int], seed: int, limit: int) -> None:
    random = np.random.default_rng(seed)
    data = random.integers(0, 99, shape)
    lone = [axis for axis, length in enumerate(shape) if length == 1][:1]
    order = tuple(int(axis) for axis in random.permutation(len(shape)) if axis not in lone)
    expected = np.squeeze(data.transpose(*order, *lone), tuple(range(len(order), len(shape))))

    array = arranged(Stored(data, Layout()), order)

    assert array.shape == expected.shape
    for region in regions(array.shape, limit):
        block = array.read(region)
        assert np.array_equal(block, expected[region])
        assert block.flags.c_contiguous


def test_only_what_a_region_needs_is_read() -> None:
    stored = Stored(np.zeros((1, 4, 3, 2)), Layout())

    arranged(stored, (3, 2, 1)).read((slice(0, 1), slice(1, 3), slice(2, 4)))

    assert stored.asked == [(slice(0, 1), slice(2, 4), slice(1, 3), slice(0, 1))]


def test_chunks_and_frame_turn_with_the_axes() -> None:
    frame = Frame(("c", "x", "y"), (1.0, 2.0, 3.0), (0.0, 4.0, 5.0), (None, "nm", "um"), "odd")
    stored = Stored(np.zeros((1, 4, 3)), Layout(chunks=(1, 2, 3), frame=frame))

    layout = arranged(stored, (2, 1)).layout

    assert layout.chunks == (3, 2)
    assert layout.frame == Frame(("y", "x"), (3.0, 2.0), (5.0, 4.0), ("um", "nm"), "odd")


def test_an_array_in_its_own_order_stays_itself() -> None:
    stored = Stored(np.zeros((2, 3)), Layout())

    assert arranged(stored, (0, 1)) is stored


def test_what_was_done_is_told_after_the_notes_of_the_array() -> None:
    names = Frame(axes=("c", "x", "y"))
    turned = arranged(Stored(np.zeros((1, 4, 3)), Layout(frame=names)), (2, 1))
    left_out = arranged(Stored(np.zeros((1, 4, 1)), Layout()), (1,))

    assert turned.notes() == (
        "It is stored.",
        "a has the axis 0 of length one too many; it is left out.",
        "The axes of a are brought into the order y, x.",
    )
    assert left_out.notes()[1:] == ("a has the axis 0, 2 of length one too many; it is left out.",)


class Stream(Stored):
    def read(self, region: Region) -> Block:
        assert region in list(regions(self.shape))
        return super().read(region)


def test_an_array_that_is_read_in_order_is_read_once() -> None:
    data = np.arange(60).reshape(3, 4, 5)
    stream = Stream(data, Layout(in_order=True))

    array = arranged(stream, (2, 1, 0))

    assert not array.layout.in_order
    blocks = [array.read((slice(x, x + 1), slice(0, 4), slice(0, 3))) for x in (4, 0, 2)]
    assert np.array_equal(np.concatenate(blocks), data.transpose(2, 1, 0)[[4, 0, 2]])
    assert stream.asked == list(regions(data.shape))


def test_an_array_that_was_let_go_is_read_again() -> None:
    stream = Stream(np.arange(60).reshape(3, 4, 5), Layout(in_order=True))
    array = arranged(stream, (2, 1, 0))
    before = array.read((slice(0, 5), slice(0, 4), slice(0, 3)))

    array.release()

    assert np.array_equal(array.read((slice(0, 5), slice(0, 4), slice(0, 3))), before)
    assert len(stream.asked) == 2


def test_a_stream_without_its_lone_axes_stays_a_stream() -> None:
    stream = Stored(np.zeros((1, 4, 3)), Layout(in_order=True))

    assert arranged(stream, (1, 2)).layout.in_order
