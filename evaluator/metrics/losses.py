"""Metrics of probabilities that are means over elements: log-loss and the Brier score."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from evaluator.arrays.base import Region
from evaluator.metrics.averages import Mean, declared_worst, missed
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ValuesUnfit
from evaluator.metrics.pairs import Labels, Values
from evaluator.metrics.samples import class_rows, elements, is_label, side_by_side
from evaluator.metrics.tallies import Settings

WORST_BRIER = 1.0
WORST_BRIER_OF_CLASSES = 2.0

# Losses of probabilities in float64: (elements,) with true or false, or (elements, classes) with
# the true class.
Loss = Callable[[Values, Labels], Values]


def log_loss(comparison: Comparison, settings: Settings) -> Mean:
    """Add up -ln of the probability that each element has of its truth, of two.

    Raises: ValuesUnfit for values that are no probabilities; TruthUnfit, ArrayInvalid.
    Source: Good 1952, J. R. Stat. Soc. B 14:107.
    """
    if comparison.prediction is None:
        return missed(comparison, declared_worst(settings))
    return _of_two(comparison, settings, partial(_log_of_two, _eps(settings)))


def log_loss_multi(comparison: Comparison, settings: Settings) -> Mean:
    """Add up -ln of the probability of each element's true class.

    Raises: ValuesUnfit for values that are no probabilities; TruthUnfit, ArrayInvalid.
    Source: Good 1952, J. R. Stat. Soc. B 14:107.
    """
    if comparison.prediction is None:
        return missed(comparison, declared_worst(settings))
    return _of_classes(comparison, settings, partial(_log_of_classes, _eps(settings)))


def brier(comparison: Comparison, settings: Settings) -> Mean:
    """Add up (p - y)², y being 1 where the truth has the label and 0 elsewhere.

    Raises: ValuesUnfit for values that are no probabilities; TruthUnfit, ArrayInvalid.
    Source: Brier 1950, Mon. Weather Rev. 78:1, halved for two classes as is usual.
    """
    if comparison.prediction is None:
        return missed(comparison, WORST_BRIER)
    return _of_two(comparison, settings, _square_of_two)


def brier_multi(comparison: Comparison, settings: Settings) -> Mean:
    """Add up the squares of p - y over classes, y being 1 for the true class and 0 elsewhere.

    Raises: ValuesUnfit for values that are no probabilities; TruthUnfit, ArrayInvalid.
    Source: Brier 1950, Mon. Weather Rev. 78:1, equation 2.
    """
    if comparison.prediction is None:
        return missed(comparison, WORST_BRIER_OF_CLASSES)
    return _of_classes(comparison, settings, _square_of_classes)


@dataclass(frozen=True)
class _Oddity:
    """Values that may not be: how many, and the first of them."""

    count: int = 0
    example: float = 0.0

    @classmethod
    def of(cls, values: Values, is_odd: Values) -> "_Oddity":
        count = int(np.count_nonzero(is_odd))
        return cls(count, float(values[is_odd][0])) if count else cls()

    def __add__(self, other: "_Oddity") -> "_Oddity":
        return _Oddity(self.count + other.count, (self if self.count else other).example)


@dataclass(frozen=True)
class _Part:
    """What one piece comes to."""

    loss: Mean = Mean(0.0, 0)  # noqa: RUF009 (frozen)
    outside: _Oddity = _Oddity()
    uneven: _Oddity = _Oddity()

    def __add__(self, other: "_Part") -> "_Part":
        return _Part(
            self.loss + other.loss, self.outside + other.outside, self.uneven + other.uneven
        )

    def checked(self) -> Mean:
        """Return the loss. Raises: ValuesUnfit for what are no probabilities."""
        if self.outside.count:
            raise ValuesUnfit(
                f"holds {self.outside.count} values outside 0 to 1, such as "
                f"{self.outside.example:.6g}; hand in probabilities."
            )
        if self.uneven.count:
            raise ValuesUnfit(
                f"has {self.uneven.count} elements whose probabilities do not sum to 1, but to "
                f"{self.uneven.example:.9g} for example; divide them by their sum."
            )
        return self.loss


def _of_two(comparison: Comparison, settings: Settings, loss: Loss) -> Mean:
    label = 1 if settings.label is None else settings.label.number

    def part(region: Region) -> _Part:
        predicted, true = elements(comparison, region)
        is_true = is_label(true, label)
        return _part(predicted.astype(np.float64), is_true, loss)

    return sum(side_by_side(comparison, part), start=_Part()).checked()


def _of_classes(comparison: Comparison, settings: Settings, loss: Loss) -> Mean:
    tolerance = float(str(settings.parameters["tolerance"]))

    def part(region: Region) -> _Part:
        rows, labels = class_rows(comparison, region)
        rows = rows.astype(np.float64)
        sums = np.sum(rows, axis=1)
        uneven = _Oddity.of(sums, np.abs(sums - 1) > tolerance)
        return _part(rows, labels, loss) + _Part(uneven=uneven)

    width = comparison.predicted.shape[-1]
    return sum(side_by_side(comparison, part, width), start=_Part()).checked()


def _part(probabilities: Values, true: Labels, loss: Loss) -> _Part:
    outside = _Oddity.of(probabilities, (probabilities < 0) | (probabilities > 1))
    if outside.count:
        return _Part(outside=outside)
    losses = loss(probabilities, true)
    return _Part(Mean(float(np.sum(losses)), losses.size))


def _log_of_two(eps: float, probabilities: Values, is_true: Labels) -> Values:
    right = np.where(is_true, probabilities, 1 - probabilities)
    return -np.log(np.maximum(right, eps))


def _log_of_classes(eps: float, rows: Values, labels: Labels) -> Values:
    right = rows[np.arange(labels.size), labels]
    return -np.log(np.maximum(right, eps))


def _square_of_two(probabilities: Values, is_true: Labels) -> Values:
    return np.square(probabilities - is_true)


def _square_of_classes(rows: Values, labels: Labels) -> Values:
    rows[np.arange(labels.size), labels] -= 1
    squares: Values = np.sum(np.square(rows, out=rows), axis=1)
    return squares


def _eps(settings: Settings) -> float:
    return float(str(settings.parameters["eps"]))
