"""Metrics of objects: each label but 0 is one object."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from evaluator.metrics.errors import ObjectsAbsent
from evaluator.metrics.labels import f1_of
from evaluator.metrics.masks import BACKGROUND
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import NOTHING, Labels, PairTable
from evaluator.metrics.tallies import Settings


@dataclass(frozen=True)
class Objects:
    """Objects of the truth, of the prediction, and those of the truth that were found."""

    true: int
    predicted: int
    found: int

    def __add__(self, other: "Objects") -> "Objects":
        return Objects(
            self.true + other.true, self.predicted + other.predicted, self.found + other.found
        )

    def score(self) -> float:
        """F1 of finding objects, in [0, 1]; higher is better.

        Raises: ObjectsAbsent when there is none in truth and prediction.
        """
        if self.true + self.predicted == 0:
            raise ObjectsAbsent
        return f1_of(self.found, self.predicted - self.found, self.true - self.found)


def object_f1(table: PairTable, settings: Settings) -> Objects:
    """Count objects found with an IoU above the parameter `threshold`, which is at least 0.5.

    An object of one side overlaps at most one of the other by more than half, so nothing has to
    be assigned. Source: Kirillov et al. 2019, CVPR, section 4.1 (unique matching); Caicedo et al.
    2019, Nature Methods 16:1247 (F1 of objects).
    """
    overlaps = Overlaps.of(table)
    return Objects(
        true=len(overlaps.true.keys() - {BACKGROUND}),
        predicted=len(overlaps.predicted.keys() - {BACKGROUND}),
        found=_found(table, overlaps, Fraction(str(settings.parameters["threshold"]))),
    )


def _found(table: PairTable, overlaps: Overlaps, threshold: Fraction) -> int:
    # Whole numbers throughout: an IoU of exactly the threshold is no match, on any machine.
    found = 0
    for truth, prediction, common in zip(*_candidates(table, overlaps), strict=True):
        union = overlaps.true[truth] + overlaps.predicted[prediction] - common
        found += common * threshold.denominator > threshold.numerator * union
    return found


def _candidates(table: PairTable, overlaps: Overlaps) -> tuple[list[int], list[int], list[int]]:
    """Return truth, prediction and common elements of the pairs that share over half of both."""
    is_object = (table.truth != BACKGROUND) & (table.prediction != BACKGROUND)
    is_object &= table.prediction != NOTHING
    truth, prediction = table.truth[is_object], table.prediction[is_object]
    common = table.counts[is_object]
    true = _areas(truth, overlaps.true)
    predicted = _areas(prediction, overlaps.predicted)
    is_close = (2 * common > true) & (2 * common > predicted)
    return truth[is_close].tolist(), prediction[is_close].tolist(), common[is_close].tolist()


def _areas(labels: Labels, areas: dict[int, int]) -> Labels:
    return np.array([areas[label] for label in labels.tolist()], np.int64)
