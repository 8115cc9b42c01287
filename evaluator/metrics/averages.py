"""The mean over labels, classes or queries, some of which may have no value of their own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import regions
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.tallies import Settings

STAND_INS = {"best": 1.0, "worst": 0.0}  # of values in [0, 1]


def mean_of(
    values: Sequence[float | None],
    *,
    absent: str,
    undefined: ScoreUndefined,
    weights: Sequence[int] | None = None,
) -> float:
    """Return the mean of `values` in [0, 1]; None among them becomes what `absent` says.

    `best` counts as 1, `worst` as 0, `skip` leaves the value out, and anything else gives no mean.
    Parts without weight are left out first.
    Raises: `undefined`, also when no value is left.
    """
    weighed = [
        (STAND_INS.get(absent) if value is None else value, weight)
        for value, weight in zip(values, weights or [1] * len(values), strict=True)
        if weight and not (value is None and absent == "skip")
    ]
    total = sum(weight for _, weight in weighed)
    if not total:
        raise undefined
    products = []
    for value, weight in weighed:
        if value is None:
            raise undefined
        products.append(value * weight)
    return math.fsum(products) / total


@dataclass(frozen=True)
class Mean:
    """Values added up, and how many they are."""

    total: float
    count: int

    def __add__(self, other: "Mean") -> "Mean":
        return Mean(self.total + other.total, self.count + other.count)

    def score(self) -> float:
        """Return the mean. Raises: ScoreUndefined when there is no value."""
        if self.count == 0:
            raise ScoreUndefined("There is no element to score.")
        return self.total / self.count


def missed(comparison: Comparison, worst: float) -> Mean:
    """Return the sum of a case without prediction: each element of the truth counts as `worst`.

    Raises: TruthUnfit, ArrayInvalid.
    """
    count = 0
    for region in regions(comparison.truth.shape):
        true = comparison.truth.read(region)
        valid = comparison.valid(true, region)
        count += true.size if valid is None else int(np.count_nonzero(valid))
    return Mean(count * worst, count)


def declared_worst(settings: Settings) -> float:
    """Return the parameter `worst`. Raises: ValueError when it is not declared."""
    if "worst" not in settings.parameters:
        raise ValueError("'missing: worst' needs the parameter 'worst'")
    return float(str(settings.parameters["worst"]))
