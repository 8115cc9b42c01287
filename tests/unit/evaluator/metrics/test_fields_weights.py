"""Weights of the rows of a grid: by the cosine of the latitude, and by the area of cells."""

import math
from typing import Any

import numpy as np
import pytest

from evaluator.metrics.errors import TruthUnfit
from evaluator.metrics.sphere import Weighting, row_weights
from tests.unit.evaluator.metrics.conftest import comparison

WITH_POLES = "equal-angle-with-poles"
WITHOUT_POLES = "equal-angle-without-poles"


def weights(latitudes: Any, kind: str) -> list[float]:
    truth = np.zeros((len(latitudes), 2))
    case = comparison(truth, truth, auxiliary={"latitude": np.asarray(latitudes)})
    values: list[float] = row_weights(case, Weighting(kind)).tolist()
    return values


def on_grid(rows: int, kind: str, grid: str) -> list[float]:
    truth = np.zeros((3, rows, 2))
    values: list[float] = row_weights(comparison(truth, truth), Weighting(kind, grid)).tolist()
    return values


def test_cosines_have_mean_one() -> None:
    assert weights([60, 0, -60], "cosine") == pytest.approx([3 / 4, 3 / 2, 3 / 4], rel=1e-14)


def test_cells_are_differences_of_sines() -> None:
    # Edges at 90, 30, -30, -90: sines 1, 1/2, -1/2, -1; areas 1/2, 1, 1/2.
    assert weights([60, 0, -60], "cells") == pytest.approx([3 / 4, 3 / 2, 3 / 4], rel=1e-14)
    # Edges at 90, 45, -45, -90.
    root = math.sqrt(0.5)
    areas = np.array([1 - root, 2 * root, 1 - root]) * 3 / 2
    assert weights([90, 0, -90], "cells") == pytest.approx(areas, rel=1e-14)


def test_cells_at_the_edge_of_a_region_end_half_a_step_beyond() -> None:
    # Edges at 5, 15, 25 degrees, not at the poles.
    sines = np.sin(np.deg2rad([5, 15, 25]))
    areas = np.diff(sines) / np.mean(np.diff(sines))

    assert weights([10, 20], "cells") == pytest.approx(areas, rel=1e-13)


@pytest.mark.parametrize("rows", [2, 32, 121, 181])
@pytest.mark.parametrize("grid", [WITH_POLES, WITHOUT_POLES])
def test_cells_of_a_globe_are_those_of_weatherbench(rows: int, grid: str) -> None:
    first = 90 if grid == WITH_POLES else 90 - 90 / rows
    latitudes = np.deg2rad(np.linspace(-first, first, rows))
    edges = np.concatenate([[-np.pi / 2], (latitudes[1:] + latitudes[:-1]) / 2, [np.pi / 2]])
    areas = np.sin(edges[1:]) - np.sin(edges[:-1])

    assert on_grid(rows, "cells", grid) == pytest.approx(areas / areas.mean(), rel=1e-11)
    assert weights(np.rad2deg(latitudes), "cells") == pytest.approx(areas / areas.mean(), rel=1e-11)


@pytest.mark.parametrize("rows", [1, 2, 5, 64])
@pytest.mark.parametrize("kind", ["cosine", "cells"])
def test_a_grid_without_poles_needs_no_latitudes(rows: int, kind: str) -> None:
    step = 180 / rows
    latitudes = 90 - step / 2 - step * np.arange(rows)

    expected = weights(latitudes, kind)

    assert on_grid(rows, kind, WITHOUT_POLES) == pytest.approx(expected, rel=1e-12)


def test_a_grid_with_poles_needs_no_latitudes() -> None:
    expected = weights([-90, -45, 0, 45, 90], "cosine")

    assert on_grid(5, "cosine", WITH_POLES) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("kind", ["cosine", "cells"])
@pytest.mark.parametrize("latitude", [-90.0, 0.0, 37.5, 90.0])
def test_one_row_weighs_one(kind: str, latitude: float) -> None:
    assert weights([latitude], kind) == [1.0]


@pytest.mark.parametrize("kind", ["cosine", "cells"])
@pytest.mark.parametrize("rows", [2, 7, 180, 721])
def test_weights_have_mean_one_and_both_ends_alike(kind: str, rows: int) -> None:
    values = on_grid(rows, kind, WITH_POLES)

    assert np.mean(values) == pytest.approx(1, rel=1e-12)
    assert min(values) >= 0
    assert values == pytest.approx(values[::-1], rel=1e-9)


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2"])
def test_latitudes_may_be_of_any_type(dtype: str) -> None:
    latitudes = np.array([-60, 0, 60], dtype)

    assert weights(latitudes, "cosine") == pytest.approx([3 / 4, 3 / 2, 3 / 4], rel=1e-12)


@pytest.mark.parametrize(
    ("latitudes", "sentence"),
    [
        ([0.0, 10.0], r"has 3 rows .* latitudes have the shape \(2,\)"),
        ([[0.0, 10.0, 20.0]], r"latitudes have the shape \(1, 3\)"),
        ([0.0, 10.0, 90.5], "latitude outside of -90 to 90"),
        ([0.0, 10.0, np.nan], "latitude outside of -90 to 90"),
        ([-91.0, 0.0, 10.0], "latitude outside of -90 to 90"),
        ([0.0, 20.0, 10.0], "neither rise nor fall"),
        ([0.0, 10.0, 10.0], "neither rise nor fall"),
    ],
)
def test_latitudes_that_cannot_be_are_refused(latitudes: Any, sentence: str) -> None:
    truth = np.zeros((3, 2))
    case = comparison(truth, truth, auxiliary={"latitude": latitudes})

    with pytest.raises(TruthUnfit, match=sentence):
        row_weights(case, Weighting("cosine"))


def test_latitudes_that_are_missing_are_asked_for() -> None:
    truth = np.zeros((3, 2))

    with pytest.raises(TruthUnfit, match="has no latitudes; declare them"):
        row_weights(comparison(truth, truth), Weighting("cells"))


@pytest.mark.parametrize("grid", ["auxiliary", WITH_POLES])
def test_area_needs_two_axes(grid: str) -> None:
    truth = np.zeros(3)

    with pytest.raises(TruthUnfit, match="has no two axes"):
        row_weights(comparison(truth, truth), Weighting("cosine", grid))
