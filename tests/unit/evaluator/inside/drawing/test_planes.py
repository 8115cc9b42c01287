"""Which plane of a case is drawn, and how it is read."""

from collections.abc import Iterator

import numpy as np
import pytest

from evaluator.arrays import base
from evaluator.inside.drawing import planes
from evaluator.inside.drawing.deadline import Deadline, OutOfTime
from evaluator.inside.drawing.planes import (
    MAX_CANDIDATES,
    Frame,
    can_be_drawn,
    fullest_plane,
    middle_plane,
    tiles,
)
from evaluator.inside.drawing.sampling import Sampler
from evaluator.plans import ExtraAxis
from tests.unit.evaluator.inside.drawing.pictures import Pixels, compared, no_hurry


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((5, 7), True), ((3, 5, 7), True), ((5,), False), ((), False), ((5, 0), False)],
)
def test_a_plane_needs_two_axes_with_something_on_them(
    shape: tuple[int, ...], expected: bool
) -> None:
    assert can_be_drawn(shape) is expected


@pytest.mark.parametrize(
    ("shape", "lengths", "height", "width"),
    [
        ((40, 50), (), 40, 50),
        ((30, 40, 50), (30,), 40, 50),
        ((2, 30, 40, 50), (2, 30), 40, 50),
        ((40, 50, 3), (), 40, 50),  # colours
        ((6, 40, 50, 3), (6,), 40, 50),
        ((30, 4, 3), (30,), 4, 3),  # a small volume, not an image of colours
    ],
)
def test_the_last_two_axes_are_drawn_and_of_colours_those_before(
    shape: tuple[int, ...], lengths: tuple[int, ...], height: int, width: int
) -> None:
    frame = Frame(shape)

    assert (frame.lengths, frame.height, frame.width) == (lengths, height, width)


def test_candidates_are_few_in_order_and_cover_short_axes() -> None:
    assert Frame((4, 9, 9)).candidates() == [0, 1, 2, 3]
    assert Frame((9, 9)).candidates() == [0]
    many = Frame((1000, 9, 9)).candidates()
    assert len(many) == MAX_CANDIDATES
    assert many == sorted(set(many))
    assert 500 in many


def test_the_plane_with_most_foreground_is_taken() -> None:
    true = np.zeros((6, 8, 8), int)
    true[4, :5] = 7
    true[2, :3] = 1

    assert fullest_plane(compared(true, true), Frame(true.shape), no_hurry()) == 4


def test_of_equally_full_planes_the_one_nearest_to_the_middle_is_taken() -> None:
    true = np.zeros((7, 8, 8), int)

    assert fullest_plane(compared(true, true), Frame(true.shape), no_hurry()) == 3
    assert middle_plane(Frame(true.shape)) == 3


def read(predicted: Pixels, true: Pixels, number: int, axis: ExtraAxis | None = None) -> Pixels:
    frame = Frame(true.shape)
    case = compared(predicted, true)
    sampler = Sampler(frame)
    for tile in tiles(case, frame, number, axis=axis, deadline=no_hurry()):
        sampler.add(tile)
    return sampler.sampled().predicted


@pytest.fixture(params=[1, 7, 64, base.BLOCK_ELEMENTS])
def _tiles_of_any_size(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Read in tiles of this many elements."""
    monkeypatch.setattr(planes, "BLOCK_ELEMENTS", request.param)
    return iter((None,))


@pytest.mark.usefixtures("_tiles_of_any_size")
class TestInTilesOfAnySize:
    def test_a_plane_is_what_the_array_holds_there(self) -> None:
        values = np.arange(2 * 3 * 5 * 11).reshape(2, 3, 5, 11)

        assert (read(values, values, 4) == values[1, 1]).all()

    def test_the_likeliest_class_stands_for_probabilities(self) -> None:
        chances = np.random.default_rng(0).random((3, 5, 11, 4))
        true = np.zeros((3, 5, 11), int)

        assert (read(chances, true, 1, ExtraAxis.CLASS) == chances[1].argmax(axis=-1)).all()

    def test_the_mean_of_its_members_stands_for_an_ensemble(self) -> None:
        members = np.random.default_rng(0).random((4, 3, 5, 11))
        true = np.zeros((3, 5, 11))

        drawn = read(members, true, 2, ExtraAxis.MEMBER)

        assert np.allclose(drawn, members.mean(axis=0)[2], rtol=1e-12)

    def test_the_first_colour_stands_for_all(self) -> None:
        values = np.arange(9 * 11 * 3).reshape(9, 11, 3)

        assert (read(values, values, 0) == values[..., 0]).all()

    def test_of_a_large_plane_every_nth_row_and_column_is_kept(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(planes, "MAX_SIDE", 4)
        values = np.arange(3 * 11).reshape(3, 11)

        assert Frame(values.shape).step == 3
        assert (read(values, values, 0) == values[::3, ::3]).all()


def test_drawing_ends_when_its_time_is_over() -> None:
    moments = iter([0.0, 1.0, 2.0, 3.0])
    deadline = Deadline(2.5, clock=lambda: next(moments))
    true = np.ones((9, 8, 8), int)

    with pytest.raises(OutOfTime):
        fullest_plane(compared(true, true), Frame(true.shape), deadline)
