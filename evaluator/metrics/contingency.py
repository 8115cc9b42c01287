"""The table of pairs with the size of each label beside it, in arrays."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evaluator.metrics.pairs import NOTHING, Labels, PairTable, Values

_BACKGROUND = 0
_NEAR = 1e-9  # far more than the rounding of a quotient


@dataclass(frozen=True)
class Contingency:
    """Pairs of labels, which are numbered from 0 in ascending order on either side.

    `counts[i]` elements have the pair of `truth[i]` and `prediction[i]`. `true_labels[j]` is the
    label behind number j of the truth, and `true[j]` elements have it; so for the prediction.
    """

    truth: Labels
    prediction: Labels
    counts: Labels
    true_labels: Labels
    true: Labels
    predicted_labels: Labels
    predicted: Labels

    @classmethod
    def of(cls, table: PairTable) -> "Contingency":
        """Return the sums of `table` over its rows and its columns, taken once per table."""
        return table.once("contingency", lambda: cls._counted(table))

    @classmethod
    def _counted(cls, table: PairTable) -> "Contingency":
        true_labels, truth = np.unique(table.truth, return_inverse=True)
        predicted_labels, prediction = np.unique(table.prediction, return_inverse=True)
        return cls(
            truth=truth,
            prediction=prediction,
            counts=table.counts,
            true_labels=true_labels,
            true=_sums(truth, table.counts, true_labels.size),
            predicted_labels=predicted_labels,
            predicted=_sums(prediction, table.counts, predicted_labels.size),
        )

    def objects(self) -> "ObjectPairs":
        """Return the objects of both sides: each label but background, and those that overlap."""
        is_true = self.true_labels != _BACKGROUND
        is_predicted = self.predicted_labels != _BACKGROUND
        is_predicted &= self.predicted_labels != NOTHING
        chosen = is_true[self.truth] & is_predicted[self.prediction]
        truth, prediction = self.truth[chosen], self.prediction[chosen]
        common = self.counts[chosen]
        return ObjectPairs(
            true=int(np.count_nonzero(is_true)),
            predicted=int(np.count_nonzero(is_predicted)),
            truth=truth,
            prediction=prediction,
            common=common,
            union=self.true[truth] + self.predicted[prediction] - common,
        )


@dataclass(frozen=True)
class ObjectPairs:
    """How many objects either side has, and the pairs of them that share elements.

    Pair i, of the objects numbered `truth[i]` and `prediction[i]`, has an intersection of
    `common[i]` elements and a union of `union[i]`.
    """

    true: int
    predicted: int
    truth: Labels
    prediction: Labels
    common: Labels
    union: Labels

    @property
    def ious(self) -> Values:
        """Intersection over union of each pair, in (0, 1]."""
        quotients: Values = self.common / self.union
        return quotients

    def above(self, threshold: Fraction) -> Values:
        """Return which pairs have an IoU above `threshold`; exactly the threshold is not above.

        Decided in whole numbers where it is close, so alike on any machine.
        """
        ious = self.ious
        result: Values = ious > float(threshold)
        near = np.flatnonzero(np.abs(ious - float(threshold)) < _NEAR)
        common, union = self.common[near].astype(object), self.union[near].astype(object)
        result[near] = common * threshold.denominator > threshold.numerator * union
        return result


def _sums(numbers: Labels, counts: Labels, size: int) -> Labels:
    # Floats hold each of these sums exactly: no array has 2^53 elements.
    return np.bincount(numbers, counts, size).astype(np.int64)
