"""Weighted sums over the rows of fields, each array read once.

Rows are (row, element) in C order, float32 or float64; sums are taken in float64, in a fixed order.
"""

import itertools

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values

_LANES = 64  # sums side by side, so that one addition need not wait for the last
_FLOATS = (np.float32, np.float64)


@kernel
def error_sums(prediction: Values, truth: Values, weights: Values) -> Values:
    """Return the weighted sums of e, |e| and e², where e = prediction - truth.

    `weights` is float64 with one number for each row.
    """
    sums = np.zeros((3, _LANES))
    width = truth.shape[1]
    for row in range(truth.shape[0]):
        for start in range(0, width, _LANES):
            stop = min(start + _LANES, width)
            _add_errors(prediction[row, start:stop], truth[row, start:stop], weights[row], sums)
    return _totals(sums)


@kernel
def anomaly_sums(prediction: Values, truth: Values, climatology: Values, weights: Values) -> Values:
    """Return what `error_sums` does, then the weighted sums of a, b, a², b² and ab.

    a = prediction - climatology, b = truth - climatology.
    """
    sums = np.zeros((8, _LANES))
    width = truth.shape[1]
    for row in range(truth.shape[0]):
        weight = weights[row]
        for start in range(0, width, _LANES):
            stop = min(start + _LANES, width)
            predicted, true = prediction[row, start:stop], truth[row, start:stop]
            usual = climatology[row, start:stop]
            _add_errors(predicted, true, weight, sums)
            _add_anomalies(predicted, usual, weight, sums[3], sums[5])
            _add_anomalies(true, usual, weight, sums[4], sums[6])
            _add_products(predicted, true, usual, weight, sums[7])
    return _totals(sums)


@kernel
def _add_errors(predicted: Values, true: Values, weight: float, sums: Values) -> None:
    plain, absolute, squared = sums[0], sums[1], sums[2]
    for x in range(true.size):
        error = np.float64(predicted[x]) - true[x]
        plain[x] += weight * error
        absolute[x] += weight * abs(error)
        squared[x] += weight * (error * error)


@kernel
def _add_anomalies(
    values: Values, usual: Values, weight: float, plain: Values, squared: Values
) -> None:
    for x in range(values.size):
        anomaly = np.float64(values[x]) - usual[x]
        plain[x] += weight * anomaly
        squared[x] += weight * (anomaly * anomaly)


@kernel
def _add_products(
    predicted: Values, true: Values, usual: Values, weight: float, products: Values
) -> None:
    for x in range(true.size):
        one, other = np.float64(predicted[x]) - usual[x], np.float64(true[x]) - usual[x]
        products[x] += weight * (one * other)


@kernel
def _totals(sums: Values) -> Values:
    totals = np.zeros(sums.shape[0])
    for index in range(sums.shape[0]):
        for lane in range(sums.shape[1]):
            totals[index] += sums[index, lane]
    return totals


def warm() -> None:
    """Compile for all types that are used."""
    for dtype, usual in itertools.product(_FLOATS, _FLOATS):
        rows = np.ones((1, 1), dtype)
        error_sums(rows, rows, np.ones(1))
        anomaly_sums(rows, rows, np.ones((1, 1), usual), np.ones(1))
