"""Metrics of regions: how well the elements of a label cover each other."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from evaluator.metrics.errors import LabelAbsent
from evaluator.metrics.labels import f1_of
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Label, Settings

BACKGROUND = 0

Formula = Callable[[int, int, int], float]


@dataclass(frozen=True)
class Coverage:
    """Overlaps, and the formula of TP, FP and FN that ends them."""

    formula: Formula
    label: Label | None
    overlaps: Overlaps

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.formula, self.label, self.overlaps + other.overlaps)

    def score(self) -> float:
        """Value of one label, or the plain mean over labels, in [0, 1]; higher is better.

        The labels are those of the truth but for background; where it has none, those of the
        prediction, each of them 0. Raises: LabelAbsent when there is no such label.
        """
        values = [self.formula(*self.overlaps.counts(label)) for label in self._labels()]
        if not values:
            raise LabelAbsent(None if self.label is None else self.label.name)
        return math.fsum(values) / len(values)

    def _labels(self) -> set[int]:
        true, predicted = set(self.overlaps.true), set(self.overlaps.predicted)
        if self.label is not None:
            return {self.label.number} & (true | predicted)
        return (true - {BACKGROUND}) or (predicted - {BACKGROUND})


def dice(table: PairTable, settings: Settings) -> Coverage:
    """Count for the Dice coefficient. Source: Dice 1945, Ecology 26:297."""
    return Coverage(f1_of, settings.label, Overlaps.of(table))


def iou(table: PairTable, settings: Settings) -> Coverage:
    """Count for intersection over union.

    Source: Everingham et al. 2010, IJCV 88:303, segmentation accuracy.
    """
    return Coverage(_iou_of, settings.label, Overlaps.of(table))


def _iou_of(tp: int, fp: int, fn: int) -> float:
    return tp / (tp + fp + fn)
