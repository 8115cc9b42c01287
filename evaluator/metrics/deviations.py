"""Errors of numbers that take more than sums: their median, and shares of the truth."""

import math
from functools import partial

import numpy as np

from evaluator.arrays.base import Region
from evaluator.metrics.averages import Mean, declared_worst, missed
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ScoreUndefined, TruthUnfit
from evaluator.metrics.pairs import Values
from evaluator.metrics.samples import elements, pieces, side_by_side
from evaluator.metrics.tallies import Settings, Single


def medae(comparison: Comparison, _settings: Settings) -> Single:
    """Return the median of |p - t|; of an even number of elements, the mean of the middle two.

    Raises: ScoreUndefined without elements; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Hyndman and Koehler 2006, Int. J. Forecast. 22:679, section 2.1.
    """
    errors, filled = np.empty(math.prod(comparison.truth.shape)), 0
    for region in pieces(comparison):
        part = _errors(*elements(comparison, region))
        errors[filled : filled + part.size] = part
        filled += part.size
    if not filled:
        raise ScoreUndefined("There is no element to score.")
    errors = errors[:filled]
    middle = [(filled - 1) // 2, filled // 2]
    errors.partition(middle)
    return Single(float(errors[middle].mean()))


def mape(comparison: Comparison, settings: Settings) -> Mean:
    """Add up |p - t| / |t|, where the parameter `floor` stands in for each |t| below it.

    Raises: TruthUnfit for a truth with a 0 when there is no floor; ValuesUnfit, ArrayInvalid.
    Source: Hyndman and Koehler 2006, Int. J. Forecast. 22:679, section 2.2.
    """
    if comparison.prediction is None:
        return missed(comparison, declared_worst(settings))
    floor = float(str(settings.parameters.get("floor", 0)))
    parts = side_by_side(comparison, partial(_shares, comparison, floor))
    return sum(parts, start=Mean(0.0, 0))


def _shares(comparison: Comparison, floor: float, region: Region) -> Mean:
    predicted, true = elements(comparison, region)
    size = np.maximum(np.abs(true.astype(np.float64)), floor)
    if not size.all():
        raise TruthUnfit("holds 0, which no error is a share of; declare 'floor'")
    with np.errstate(over="ignore"):
        return Mean(float(np.sum(_errors(predicted, true) / size)), true.size)


def _errors(predicted: Values, true: Values) -> Values:
    with np.errstate(over="ignore"):
        errors = predicted.astype(np.float64) - true.astype(np.float64)
        return np.abs(errors, out=errors)
