"""Metrics of fields on a grid: errors and anomalies, weighted by area, from one pass."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import regions
from evaluator.metrics.averages import declared_worst
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.field_loops import as_rows
from evaluator.metrics.field_sums import sums_of, weights_of
from evaluator.metrics.sphere import UNWEIGHTED, Weighting, row_weights
from evaluator.metrics.tallies import Settings, Single

_NOISE = 64 * float(np.finfo(np.float64).eps)  # of a sum of squares that should be 0


@dataclass(frozen=True)
class WeightedMean:
    """A weighted sum and its weights, which add up over cases, and what is done with the mean."""

    total: float
    weight: float
    finish: Callable[[float], float] = float

    def __add__(self, other: "WeightedMean") -> "WeightedMean":
        return WeightedMean(self.total + other.total, self.weight + other.weight, self.finish)

    def score(self) -> float:
        """Return the mean, finished. Raises: ScoreUndefined when no place is scored."""
        if self.weight == 0:
            raise ScoreUndefined("There is no place to score.")
        return self.finish(self.total / self.weight)


@dataclass(frozen=True)
class Bias:
    """Weighted errors added up, and apart from them those of missing cases, which have no sign.

    So nobody can make up for a bias by leaving a case out.
    """

    total: float
    missed: float
    weight: float

    def __add__(self, other: "Bias") -> "Bias":
        return Bias(
            self.total + other.total, self.missed + other.missed, self.weight + other.weight
        )

    def score(self) -> float:
        """Return the size of the mean error. Raises: ScoreUndefined when no place is scored."""
        if self.weight == 0:
            raise ScoreUndefined("There is no place to score.")
        return (abs(self.total) + self.missed) / self.weight


def weighted_rmse(case: Comparison, settings: Settings) -> WeightedMean:
    """Count for sqrt(Σ w e² / Σ w), from 0 up; lower is better.

    Source: Rasp et al. 2020, JAMES 12:e2020MS002203.
    """
    weighting = Weighting.of(settings)
    if case.prediction is None:
        worst = declared_worst(settings)
        return missed(case, weighting, worst * worst, math.sqrt)
    sums = sums_of(case, weighting)
    return WeightedMean(sums.squared, sums.weight, math.sqrt)


def weighted_mae(case: Comparison, settings: Settings) -> WeightedMean:
    """Count for Σ w |e| / Σ w, from 0 up; lower is better.

    Source: Willmott and Matsuura 2005, Clim. Res. 30:79.
    """
    weighting = Weighting.of(settings)
    if case.prediction is None:
        return missed(case, weighting, declared_worst(settings))
    sums = sums_of(case, weighting)
    return WeightedMean(sums.absolute, sums.weight)


def weighted_bias(case: Comparison, settings: Settings) -> Bias:
    """Count for |Σ w e / Σ w|, from 0 up; lower is better.

    Source: Rasp et al. 2024, JAMES 16:e2023MS004019.
    """
    return _bias(case, settings, Weighting.of(settings))


def absolute_bias(case: Comparison, settings: Settings) -> Bias:
    """Count for |mean(prediction - truth)|, from 0 up; lower is better.

    Source: Wilks 2019, Statistical Methods in the Atmospheric Sciences, section 9.3.
    """
    return _bias(case, settings, UNWEIGHTED)


def _bias(case: Comparison, settings: Settings, weighting: Weighting) -> Bias:
    if case.prediction is None:
        counts = missed(case, weighting, declared_worst(settings))
        return Bias(0.0, counts.total, counts.weight)
    sums = sums_of(case, weighting)
    return Bias(sums.error, 0.0, sums.weight)


def acc(case: Comparison, settings: Settings) -> Single:
    """Score the anomaly correlation of a case, in [-1, 1]; higher is better.

    Σ w a b / sqrt(Σ w a² Σ w b²) with anomalies a, b from the auxiliary array "climatology", which
    has the shape of the truth or of its last axes (at least two). With the parameter `centred` the
    weighted mean is taken off a and off b first.
    Raises: ScoreUndefined when a or b does not vary; TruthUnfit, ValuesUnfit.
    Source: Murphy and Epstein 1989, Mon. Weather Rev. 117:572.
    """
    sums = sums_of(case, Weighting.of(settings))
    if sums.weight == 0:
        raise ScoreUndefined("There is no place to score.")
    is_centred = settings.parameters["centred"] is True
    means = (sums.predicted / sums.weight, sums.true / sums.weight) if is_centred else (0.0, 0.0)
    predicted = sums.predicted_squared - means[0] * sums.predicted
    true = sums.true_squared - means[1] * sums.true
    if predicted <= _NOISE * sums.predicted_squared or true <= _NOISE * sums.true_squared:
        raise ScoreUndefined("The anomalies of the prediction or of the truth do not vary.")
    value = (sums.product - means[0] * sums.true) / math.sqrt(predicted) / math.sqrt(true)
    return Single(max(-1.0, min(1.0, value)) if math.isfinite(value) else value)


def missed(
    case: Comparison,
    weighting: Weighting,
    value: float,
    finish: Callable[[float], float] = float,
) -> WeightedMean:
    """Return the counts of a case without prediction: `value` in each place that is scored.

    Raises: TruthUnfit.
    """
    weights, weight = row_weights(case, weighting), 0.0
    for region in regions(case.truth.shape):
        true = case.truth.read(region)
        valid = case.valid(true, region)
        rows = as_rows(np.ones(true.shape, np.bool_) if valid is None else valid)
        weight += float(np.sum(weights_of(rows, weights, region) * np.sum(rows, axis=1)))
    return WeightedMean(weight * value, weight, finish)
