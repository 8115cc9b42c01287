"""Metrics of numbers: errors summed over elements, in float64 and in the fixed order of blocks."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evaluator.metrics.errors import ScoreUndefined, Unvaried
from evaluator.metrics.moments import NONE, Moments
from evaluator.metrics.pairs import Values
from evaluator.metrics.tallies import Settings

_TILE = 32 * 1024  # elements; what is computed with one tile stays in the cache of a core


@dataclass(frozen=True)
class ErrorSums:
    """Sums over the errors of elements, and the moments of truth and prediction."""

    elements: int = 0
    absolute: float = 0.0  # Σ |p - t|
    squared: float = 0.0  # Σ (p - t)²
    largest: float = 0.0  # max |p - t|
    moments: Moments = NONE  # of the elements that have a prediction
    missed_elements: int = 0  # elements without prediction, counted with an error of their own

    @classmethod
    def of_block(cls, prediction: Values, truth: Values) -> "ErrorSums":
        """Sum over two blocks of equal shape; values too large for a square give infinity."""
        size = min(prediction.size, _TILE)
        with np.errstate(over="ignore", invalid="ignore"):
            return _sums(prediction.reshape(-1), truth.reshape(-1), np.empty((4, size)))

    @classmethod
    def missed(cls, elements: int, worst: float) -> "ErrorSums":
        """Return the sums of elements without prediction, when each counts as the error `worst`."""
        return cls(
            elements,
            elements * worst,
            elements * worst * worst,
            worst,
            missed_elements=elements,
        )

    def __add__(self, other: "ErrorSums") -> "ErrorSums":
        return ErrorSums(
            self.elements + other.elements,
            self.absolute + other.absolute,
            self.squared + other.squared,
            max(self.largest, other.largest),
            self.moments + other.moments,
            self.missed_elements + other.missed_elements,
        )

    def mean(self, total: float) -> float:
        """Return `total` per element. Raises: ScoreUndefined when there is none."""
        if self.elements == 0:
            raise ScoreUndefined("There is no element to score.")
        return total / self.elements


def _sums(prediction: Values, truth: Values, work: Values) -> ErrorSums:
    """Sum over two rows of elements, in the order in which numpy adds up a row at once.

    Sums of halves are added, as numpy does it, so rounding is what it is for a whole block.
    """
    size = prediction.size
    if size <= _TILE:
        return _of_tile(prediction, truth, work[:, :size]) if size else ErrorSums()
    half = size // 2
    half -= half % 8
    left = _sums(prediction[:half], truth[:half], work)
    return left + _sums(prediction[half:], truth[half:], work)


def _of_tile(prediction: Values, truth: Values, work: Values) -> ErrorSums:
    predicted, true, errors, spare = work
    predicted[:], true[:] = prediction, truth
    size, add = prediction.size, np.add.reduce
    np.subtract(predicted, true, out=errors)
    total = float(add(errors))
    absolute = float(add(np.abs(errors, out=spare)))
    largest = float(spare.max())
    squared = float(add(np.square(errors, out=spare)))
    errors -= total / size
    means = (*_centre(true), *_centre(predicted))
    moments = Moments(
        size,
        *means,
        float(add(np.square(true, out=spare))),
        float(add(np.square(predicted, out=spare))),
        float(add(np.multiply(true, predicted, out=spare))),
        float(add(np.square(errors, out=spare))),
    )
    return ErrorSums(size, absolute, squared, largest, moments)


def _centre(values: Values) -> tuple[float, float]:
    """Subtract the mean from `values` and return it, as two numbers to be added."""
    # The first value goes first: what is left is exactly 0 where nothing varies.
    first = float(values[0])
    values -= first
    rest = float(np.add.reduce(values)) / values.size
    values -= rest
    return first, rest


@dataclass(frozen=True)
class Errors:
    """Sums, and the formula that ends them."""

    formula: Callable[[ErrorSums], float]
    sums: ErrorSums

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.formula, self.sums + other.sums)

    def score(self) -> float:
        """Return the value of the formula. Raises: ScoreUndefined."""
        return self.formula(self.sums)


def rmse(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Chai and Draxler 2014, Geosci. Model Dev. 7:1247."""
    return Errors(lambda total: math.sqrt(total.mean(total.squared)), sums)


def mae(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Chai and Draxler 2014, Geosci. Model Dev. 7:1247."""
    return Errors(lambda total: total.mean(total.absolute), sums)


def mse(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Chai and Draxler 2014, Geosci. Model Dev. 7:1247."""
    if sums.missed_elements:  # `worst` is a squared error here
        sums = replace(sums, squared=sums.absolute)
    return Errors(lambda total: total.mean(total.squared), sums)


def max_error(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Golub and Van Loan 2013, Matrix Computations, section 2.2."""
    return Errors(_largest, sums)


def r2(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Kvålseth 1985, Am. Stat. 39:279, equation 1."""
    return Errors(_determination, sums)


def explained_variance(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Kvålseth 1985, Am. Stat. 39:279, equation 4."""
    return Errors(_explained, sums)


def pearson(sums: ErrorSums, _settings: Settings) -> Errors:
    """Return the tally. Source: Rodgers and Nicewander 1988, Am. Stat. 42:59."""
    return Errors(_correlation, sums)


def _largest(sums: ErrorSums) -> float:
    sums.mean(0.0)
    return sums.largest


def _determination(sums: ErrorSums) -> float:
    return 1 - sums.squared / _spread(sums.moments)


def _explained(sums: ErrorSums) -> float:
    return 1 - sums.moments.spread_errors / _spread(sums.moments)


def _correlation(sums: ErrorSums) -> float:
    value = sums.moments.correlation()
    if value is None:
        raise Unvaried
    return value


def _spread(moments: Moments) -> float:
    if not moments.spread_true:
        raise ScoreUndefined(
            "The ground truth is the same throughout, so no part of its variance can be explained."
        )
    return moments.spread_true
