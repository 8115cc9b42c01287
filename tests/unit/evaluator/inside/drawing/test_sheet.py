"""The sheet that panels stand on: small, whole, the same each time."""

import numpy as np
import pytest

from evaluator.inside.drawing import palette
from evaluator.inside.drawing.labels import label_plane
from evaluator.inside.drawing.numbers import number_plane
from evaluator.inside.drawing.panels import Panel, swatch
from evaluator.inside.drawing.planes import MAX_SIDE, Frame, tiles
from evaluator.inside.drawing.sheet import Plane, drawn, png
from evaluator.pictures import MAX_PICTURE_BYTES
from tests.unit.evaluator.inside.drawing.pictures import compared, no_hurry, pixels_of


def noise(height: int, width: int) -> Plane:
    random = np.random.default_rng(0)
    case = compared(random.random((height, width)), random.random((height, width)))
    frame = Frame((height, width))
    return number_plane(tiles(case, frame, 0, axis=None, deadline=no_hurry()), frame)


def label_noise(height: int, width: int) -> Plane:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, (2, height, width))
    case = compared(labels[0], labels[1])
    frame = Frame((height, width))
    tiled = tiles(case, frame, 0, axis=None, deadline=no_hurry())
    return label_plane(tiled, frame, same=True)


@pytest.mark.parametrize("shape", [(512, 512), (1024, 1024), (1, 1), (1, 5000), (5000, 1), (3, 7)])
@pytest.mark.parametrize("make", [noise, label_noise])
def test_a_picture_of_any_shape_is_small(make: type, shape: tuple[int, int]) -> None:
    picture = drawn(make(*shape))

    assert len(picture) <= MAX_PICTURE_BYTES
    height, width = pixels_of(picture).shape
    assert width <= 3 * MAX_SIDE + 4 * 14
    assert height <= MAX_SIDE + 250


def test_what_does_not_fit_is_drawn_coarser() -> None:
    fine = drawn(noise(256, 256))

    coarse = drawn(noise(256, 256), limit_bytes=len(fine) // 2)

    assert len(coarse) <= len(fine) // 2
    assert pixels_of(coarse).shape == pixels_of(fine).shape


def test_the_same_case_gives_the_same_bytes() -> None:
    assert drawn(noise(40, 40)) == drawn(noise(40, 40))


def test_each_panel_stands_whole_on_the_sheet_with_its_legend() -> None:
    colours = (palette.AGREE, palette.EXTRA, palette.MISSED)
    panels = [
        Panel("One", np.full((20, 30), colour, np.uint8), (swatch(palette.OTHER, "word"),))
        for colour in colours
    ]

    pixels = pixels_of(png(panels))

    assert [np.count_nonzero(pixels == colour) for colour in colours] == [600, 600, 600]
    assert np.count_nonzero(pixels == palette.OTHER) > 3 * 200
    letters = np.isin(pixels, range(palette.TEXT, palette.TEXT + 8))
    assert letters[:30].any()  # titles
    assert letters[70:].any()  # legends
