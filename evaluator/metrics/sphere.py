"""How much of a sphere each row of a grid of latitudes and longitudes stands for."""

from dataclasses import dataclass

import numpy as np

from evaluator.metrics.comparison import Comparison, read_whole
from evaluator.metrics.errors import TruthUnfit
from evaluator.metrics.pairs import Values
from evaluator.metrics.tallies import Settings

_AXES = 2  # latitude and longitude, the last ones


@dataclass(frozen=True)
class Weighting:
    """How rows are weighted: `kind` is none, cosine or cells.

    `grid` tells where the latitudes are from: auxiliary, equal-angle-with-poles (the first and the
    last row are the poles) or equal-angle-without-poles (they are half a step away from them).
    """

    kind: str
    grid: str = "auxiliary"

    @classmethod
    def of(cls, settings: Settings) -> "Weighting":
        """Return what the parameters `weights` and `grid` say."""
        return cls(str(settings.parameters["weights"]), str(settings.parameters["grid"]))


UNWEIGHTED = Weighting("none")


def row_weights(case: Comparison, weighting: Weighting) -> Values:
    """Return the weight of each row of the truth's last but one axis, float64, with mean 1.

    A truth of fewer axes is one row, unless areas are asked for.
    Raises: TruthUnfit for latitudes that are missing or wrong.
    """
    shape = case.truth.shape
    rows = shape[-_AXES] if len(shape) >= _AXES else 1
    if weighting.kind == "none":
        return np.ones(rows)
    if len(shape) < _AXES:
        raise TruthUnfit("has no two axes; area weights need latitude and longitude as the last.")
    latitudes = _latitudes(case, rows, weighting.grid)
    weights = _cells(latitudes) if weighting.kind == "cells" else _cosines(latitudes)
    scaled: Values = weights / np.mean(weights)
    return scaled


def _latitudes(case: Comparison, rows: int, grid: str) -> Values:
    if grid == "equal-angle-with-poles":
        return np.linspace(-90.0, 90.0, rows)
    if grid == "equal-angle-without-poles":
        return (np.arange(rows) + 0.5) * (180.0 / rows) - 90.0
    if "latitude" not in case.auxiliary:
        raise TruthUnfit(
            "has no latitudes; declare them as 'auxiliary: {latitude: …}', or set the parameter "
            "'grid' of the metric."
        )
    return _checked(read_whole(case.auxiliary["latitude"], case.work), rows)


def _checked(stored: Values, rows: int) -> Values:
    if stored.shape != (rows,):
        raise TruthUnfit(
            f"has {rows} rows on its last but one axis, and its latitudes have the shape "
            f"{stored.shape}; there must be one for each row."
        )
    latitudes = stored.astype(np.float64)
    if not (np.abs(latitudes) <= 90).all():
        raise TruthUnfit("has a latitude outside of -90 to 90 degrees.")
    steps = np.diff(latitudes)
    if not ((steps > 0).all() or (steps < 0).all()):
        raise TruthUnfit("has latitudes that neither rise nor fall from row to row.")
    return latitudes


def _cosines(latitudes: Values) -> Values:
    """Return cos(latitude). Source: Rasp et al. 2020, JAMES 12:e2020MS002203 (WeatherBench)."""
    return np.cos(np.deg2rad(latitudes))


def _cells(latitudes: Values) -> Values:
    """Return the area of each row: the difference of the sines of its two edges.

    Edges lie half-way between rows; the outer ones half a step beyond, but not beyond a pole.
    Source: Rasp et al. 2024, JAMES 16:e2023MS004019 (WeatherBench 2, whose outer edges are
    always the poles).
    """
    if latitudes.size == 1:
        return np.ones(1)
    inner = (latitudes[1:] + latitudes[:-1]) / 2
    first = latitudes[0] + (latitudes[0] - latitudes[1]) / 2
    last = latitudes[-1] + (latitudes[-1] - latitudes[-2]) / 2
    edges = np.clip(np.concatenate([[first], inner, [last]]), -90.0, 90.0)
    areas: Values = np.abs(np.diff(np.sin(np.deg2rad(edges))))
    return areas
