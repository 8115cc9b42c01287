"""The loops over the rows of fields: compiled ones for large fields, numpy for small ones.

Rows are (row, element), float32 or float64; `weights` is float64 with one number for each row.
Both kinds of loops agree to 1e-12 of the sum of the absolute values.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evaluator.metrics.pairs import Values

# Below it numpy is done before the compiler has been loaded (0.4 s).
WORTH_COMPILING = 4 * 1024**2  # elements
PART_ELEMENTS = 256 * 1024  # what one thread sums at a time


class Loops(NamedTuple):
    """Functions that sum over rows, called as `error_sums` and `anomaly_sums` are."""

    error_sums: Callable[[Values, Values, Values], Values]
    anomaly_sums: Callable[[Values, Values, Values, Values], Values]


def loops_for(elements: int) -> Loops:
    """Return the loops that are done first. The choice depends on the size alone."""
    if elements < WORTH_COMPILING:
        return Loops(error_sums, anomaly_sums)
    from evaluator.metrics.kernels import fields  # noqa: PLC0415 (0.4 s that small fields save)

    return Loops(fields.error_sums, fields.anomaly_sums)


def error_sums(prediction: Values, truth: Values, weights: Values) -> Values:
    """Return the weighted sums of e, |e| and e², where e = prediction - truth."""
    with np.errstate(over="ignore", invalid="ignore"):
        errors = np.subtract(prediction, truth, dtype=np.float64)
        return _weighted((errors, np.abs(errors), np.square(errors)), weights)


def anomaly_sums(prediction: Values, truth: Values, climatology: Values, weights: Values) -> Values:
    """Return what `error_sums` does, then the weighted sums of a, b, a², b² and ab.

    a = prediction - climatology, b = truth - climatology.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        one = np.subtract(prediction, climatology, dtype=np.float64)
        other = np.subtract(truth, climatology, dtype=np.float64)
        terms = (one, other, np.square(one), np.square(other), one * other)
        anomalies = _weighted(terms, weights)
    return np.concatenate([error_sums(prediction, truth, weights), anomalies])


def _weighted(terms: tuple[Values, ...], weights: Values) -> Values:
    return np.array([np.sum(weights * np.sum(term, axis=1)) for term in terms])


def as_rows(block: Values) -> Values:
    """Return `block` with its last axis as the second of two."""
    return block.reshape(-1, block.shape[-1] if block.ndim else 1)


def as_floats(block: Values) -> Values:
    """Return `block` as float32 where that holds its type exactly, else as float64."""
    is_narrow = np.can_cast(block.dtype, np.float32)
    return block.astype(np.float32 if is_narrow else np.float64, copy=False)


def alike(one: Values, other: Values) -> tuple[Values, Values]:
    """Return both as floats of one type that holds both exactly."""
    one, other = as_floats(one), as_floats(other)
    if one.dtype == other.dtype:
        return one, other
    return one.astype(np.float64, copy=False), other.astype(np.float64, copy=False)
