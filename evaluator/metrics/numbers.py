"""Metrics of numbers: errors summed over elements, in float64 and in the fixed order of blocks."""

import math
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.pairs import Values
from evaluator.metrics.tallies import Settings


@dataclass(frozen=True)
class ErrorSums:
    """Number of elements, sum of absolute errors, sum of squared errors."""

    elements: int = 0
    absolute: float = 0.0
    squared: float = 0.0

    @classmethod
    def of_block(cls, prediction: Values, truth: Values) -> "ErrorSums":
        """Sum over two blocks of equal shape; values too large for a square give infinity."""
        with np.errstate(over="ignore"):
            errors = prediction.astype(np.float64) - truth.astype(np.float64)
            absolute, squared = np.sum(np.abs(errors)), np.sum(np.square(errors))
        return cls(prediction.size, float(absolute), float(squared))

    @classmethod
    def missed(cls, elements: int, worst: float) -> "ErrorSums":
        """Return the sums of elements without prediction, when each counts as the error `worst`."""
        return cls(elements, elements * worst, elements * worst * worst)

    def __add__(self, other: "ErrorSums") -> "ErrorSums":
        return ErrorSums(
            self.elements + other.elements,
            self.absolute + other.absolute,
            self.squared + other.squared,
        )

    def mean(self, total: float) -> float:
        """Return `total` per element. Raises: ScoreUndefined when there is none."""
        if self.elements == 0:
            raise ScoreUndefined("There is no element to score.")
        return total / self.elements


@dataclass(frozen=True)
class Rmse:
    """Sums for the root mean square error."""

    sums: ErrorSums

    def __add__(self, other: "Rmse") -> "Rmse":
        return Rmse(self.sums + other.sums)

    def score(self) -> float:
        """Root mean square error, from 0 up; lower is better. Raises: ScoreUndefined."""
        return math.sqrt(self.sums.mean(self.sums.squared))


@dataclass(frozen=True)
class Mae:
    """Sums for the mean absolute error."""

    sums: ErrorSums

    def __add__(self, other: "Mae") -> "Mae":
        return Mae(self.sums + other.sums)

    def score(self) -> float:
        """Mean absolute error, from 0 up; lower is better. Raises: ScoreUndefined."""
        return self.sums.mean(self.sums.absolute)


def rmse(sums: ErrorSums, _settings: Settings) -> Rmse:
    """Return the tally. Source: Chai and Draxler 2014, Geosci. Model Dev. 7:1247."""
    return Rmse(sums)


def mae(sums: ErrorSums, _settings: Settings) -> Mae:
    """Return the tally. Source: Chai and Draxler 2014, Geosci. Model Dev. 7:1247."""
    return Mae(sums)
