"""True positives, false positives and false negatives of each label."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.pairs import NOTHING, Labels, PairTable


@dataclass(frozen=True)
class Overlaps:
    """Elements per label: in the truth, in the prediction, and in both at once."""

    true: Counter[int]
    predicted: Counter[int]
    common: Counter[int]

    @classmethod
    def of(cls, table: PairTable) -> "Overlaps":
        """Return the sums of a table over its rows, its columns and its diagonal."""
        is_there = table.prediction != NOTHING
        is_right = table.prediction == table.truth
        return cls(
            true=_sums(table.truth, table.counts),
            predicted=_sums(table.prediction[is_there], table.counts[is_there]),
            common=_sums(table.truth[is_right], table.counts[is_right]),
        )

    def __add__(self, other: "Overlaps") -> "Overlaps":
        return Overlaps(
            self.true + other.true, self.predicted + other.predicted, self.common + other.common
        )

    def counts(self, label: int) -> tuple[int, int, int]:
        """Return TP, FP and FN of one label."""
        common = self.common[label]
        return common, self.predicted[label] - common, self.true[label] - common

    def totals(self) -> tuple[int, int, int]:
        """Return TP, FP and FN added up over all labels."""
        common = self.common.total()
        return common, self.predicted.total() - common, self.true.total() - common


def _sums(labels: Labels, counts: Labels) -> Counter[int]:
    if labels.size == 0:
        return Counter()
    order = np.argsort(labels, kind="stable")
    labels, counts = labels[order], counts[order]
    starts = np.concatenate([[0], np.flatnonzero(labels[1:] != labels[:-1]) + 1])
    sums = np.add.reduceat(counts, starts)
    return Counter(dict(zip(labels[starts].tolist(), sums.tolist(), strict=True)))
