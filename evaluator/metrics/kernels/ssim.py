"""Structural similarity around every element, row by row, in a few rows of memory.

Volumes are (z, y, x) in C order; an image is a volume of one plane. Nothing slides: each window is
summed anew, so rounding does not grow along an axis and equal arrays come to exactly 1.
"""

from typing import NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values

_MOMENTS = 5  # sums of p, t, p p, t t, p t

DTYPES = (np.uint8, np.uint16, np.float32, np.float64)  # that kernels take, the same on both sides


class Window(NamedTuple):
    """What a window is, and the constants of the formula.

    `depth` weighs along z ([1] for images), `across` along y and x. `shift` is taken off all
    values while they are squared, `norm` makes a variance of a mean of squares.
    """

    depth: Values  # float64 (planes,)
    across: Values  # float64 (size,)
    shift: float
    norm: float
    luminance: float  # C1
    contrast: float  # C2


@kernel
def similarities(prediction: Values, truth: Values, window: Window, sums: Values) -> None:
    """Put into `sums` (z, y, 2) the sums over each row of windows that lie inside the volume.

    First of contrast and structure alone, then of these times luminance. Axis z is
    `depth.size - 1` shorter than that of the volume, axis y is `across.size - 1` shorter.
    """
    size, width = window.across.size, truth.shape[2]
    ring = np.empty((size, _MOMENTS * width))
    columns, rows = np.empty(_MOMENTS * width), np.empty(_MOMENTS * width)
    both, structure = np.empty(width - size + 1), np.empty(width - size + 1)
    for z in range(sums.shape[0]):
        for y in range(truth.shape[1]):
            moments = ring[y % size]
            moments[:] = 0.0
            for step in range(window.depth.size):
                _take(
                    prediction[z + step, y], truth[z + step, y], window, window.depth[step], moments
                )
            if y < size - 1:
                continue
            columns[:] = 0.0
            for step in range(size):
                _add(columns, ring[(y + 1 + step) % size], window.across[step])
            rows[:] = 0.0
            for step in range(size):
                _add(rows[: rows.size - step], columns[step:], window.across[step])
            _compare(rows.reshape(_MOMENTS, width), window, structure, both)
            sums[z, y - size + 1, 0] = _sum(structure)
            sums[z, y - size + 1, 1] = _sum(both)


@kernel
def _take(predicted: Values, true: Values, window: Window, weight: float, moments: Values) -> None:
    """Add the weighted moments of one row of elements."""
    width = true.size
    first, second = moments[:width], moments[width : 2 * width]
    for x in range(width):
        first[x] += weight * (predicted[x] - window.shift)
        second[x] += weight * (true[x] - window.shift)
    squares, other_squares = moments[2 * width : 3 * width], moments[3 * width : 4 * width]
    products = moments[4 * width :]
    for x in range(width):
        one, other = predicted[x] - window.shift, true[x] - window.shift
        squares[x] += weight * one * one
        other_squares[x] += weight * other * other
        products[x] += weight * one * other


@kernel
def _add(target: Values, source: Values, weight: float) -> None:
    for x in range(target.size):
        target[x] += weight * source[x]


@kernel
def _compare(moments: Values, window: Window, structure: Values, both: Values) -> None:
    """Put the similarity at each place into two rows.

    Source: Wang et al. 2004, IEEE TIP 13:600, equations 6 (luminance), 13 (all of it).
    """
    for x in range(both.size):
        one, other = moments[0, x], moments[1, x]
        variances = (moments[2, x] - one * one) + (moments[3, x] - other * other)
        covariance = moments[4, x] - one * other
        one += window.shift
        other += window.shift
        similar = (2.0 * window.norm * covariance + window.contrast) / (
            window.norm * variances + window.contrast
        )
        light = (2.0 * (one * other) + window.luminance) / (
            one * one + other * other + window.luminance
        )
        structure[x] = similar
        both[x] = similar * light


@kernel
def _sum(values: Values) -> float:
    total = 0.0
    for x in range(values.size):
        total += values[x]
    return total


def warm() -> None:
    """Compile for all types that are used."""
    window = Window(np.ones(1), np.ones(1), 0.0, 1.0, 1.0, 1.0)
    for dtype in DTYPES:
        volume = np.ones((1, 1, 1), dtype)
        similarities(volume, volume, window, np.empty((1, 1, 2)))
