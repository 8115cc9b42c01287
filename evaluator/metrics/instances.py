"""Metrics of objects: each label but 0 is one object."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np

from evaluator.metrics.contingency import Contingency, ObjectPairs
from evaluator.metrics.errors import ObjectsAbsent
from evaluator.metrics.labels import f1_of
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Settings
from evaluator.plans import Value

Formula = Callable[[int, int, int], float]  # of true, predicted and found objects; not all 0

# Above it an object of one side overlaps at most one of the other: nothing has to be assigned.
_UNIQUE = Fraction(1, 2)


@dataclass(frozen=True)
class Objects:
    """Objects of the truth, of the prediction, and those of the truth that were found."""

    true: int
    predicted: int
    found: int
    formula: Formula

    def __add__(self, other: "Objects") -> "Objects":
        return Objects(
            self.true + other.true,
            self.predicted + other.predicted,
            self.found + other.found,
            self.formula,
        )

    def score(self) -> float:
        """Value of the formula, in [0, 1]; higher is better.

        Raises: ObjectsAbsent when there is none in truth and prediction.
        """
        if self.true + self.predicted == 0:
            raise ObjectsAbsent
        return self.formula(self.true, self.predicted, self.found)


def object_f1(table: PairTable, settings: Settings) -> Objects:
    """Count objects found with an IoU above the parameter `threshold`, for their F1.

    Source: Caicedo et al. 2019, Nature Methods 16:1247 (F1 of objects).
    """
    return _objects(table, settings, _f1)


def ap(table: PairTable, settings: Settings) -> Objects:
    """Count objects found, for the share of them in the objects of both sides together.

    Source: Caicedo et al. 2019, Nature Methods 16:1247; Schmidt et al. 2018, MICCAI, 265.
    """
    return _objects(table, settings, _ap)


def object_precision(table: PairTable, settings: Settings) -> Objects:
    """Count objects found, for their share in those of the prediction.

    Source: Caicedo et al. 2019, Nature Methods 16:1247.
    """
    return _objects(table, settings, _precision)


def object_recall(table: PairTable, settings: Settings) -> Objects:
    """Count objects found, for their share in those of the truth.

    Source: Caicedo et al. 2019, Nature Methods 16:1247.
    """
    return _objects(table, settings, _recall)


@dataclass(frozen=True)
class ObjectsFound:
    """Objects of both sides, and those that were found at each of several thresholds."""

    true: int
    predicted: int
    found: tuple[int, ...]

    def __add__(self, other: "ObjectsFound") -> "ObjectsFound":
        found = tuple(a + b for a, b in zip(self.found, other.found, strict=True))
        return ObjectsFound(self.true + other.true, self.predicted + other.predicted, found)

    def score(self) -> float:
        """Mean of `ap` over the thresholds, in [0, 1]; higher is better.

        Raises: ObjectsAbsent when there is none in truth and prediction.
        """
        if self.true + self.predicted == 0:
            raise ObjectsAbsent
        values = [_ap(self.true, self.predicted, found) for found in self.found]
        return math.fsum(values) / len(values)


def mean_ap(table: PairTable, settings: Settings) -> ObjectsFound:
    """Count objects found at each IoU of the parameter `thresholds`.

    Source: Caicedo et al. 2019, Nature Methods 16:1247.
    """
    pairs = Contingency.of(table).objects()
    thresholds = cast("tuple[float, ...]", settings.parameters["thresholds"])
    found = tuple(_found(pairs, _fraction(threshold)) for threshold in thresholds)
    return ObjectsFound(pairs.true, pairs.predicted, found)


@dataclass(frozen=True)
class Qualities:
    """Objects of both sides, those found, and how well these cover each other: their IoUs added."""

    objects: Objects
    ious: float
    formula: Callable[[Objects, float], float]

    def __add__(self, other: "Qualities") -> "Qualities":
        return Qualities(self.objects + other.objects, self.ious + other.ious, self.formula)

    def score(self) -> float:
        """Value of the formula, in [0, 1]; higher is better.

        Raises: ObjectsAbsent when there is none in truth and prediction.
        """
        if self.objects.true + self.objects.predicted == 0:
            raise ObjectsAbsent
        return self.formula(self.objects, self.ious)


def panoptic_quality(table: PairTable, settings: Settings) -> Qualities:
    """Count for the product of segmentation and recognition quality.

    Source: Kirillov et al. 2019, CVPR, section 4.2.
    """
    return _qualities(table, settings, _panoptic)


def segmentation_quality(table: PairTable, settings: Settings) -> Qualities:
    """Count for the mean IoU of the objects found. Source: Kirillov et al. 2019, section 4.2."""
    return _qualities(table, settings, _mean_iou)


def _objects(table: PairTable, settings: Settings, formula: Formula) -> Objects:
    pairs = Contingency.of(table).objects()
    found = _found(pairs, _fraction(settings.parameters["threshold"]))
    return Objects(pairs.true, pairs.predicted, found, formula)


def _qualities(
    table: PairTable, settings: Settings, formula: Callable[[Objects, float], float]
) -> Qualities:
    pairs = Contingency.of(table).objects()
    is_found = pairs.above(_fraction(settings.parameters["threshold"]))
    objects = Objects(pairs.true, pairs.predicted, int(np.count_nonzero(is_found)), _f1)
    # Rounded once, so the order of the objects does not show.
    return Qualities(objects, math.fsum(pairs.ious[is_found].tolist()), formula)


def _found(pairs: ObjectPairs, threshold: Fraction) -> int:
    """Return how many pairs can be matched at most, one to one.

    Source: Kirillov et al. 2019, CVPR, section 4.1 (matches above 0.5 are unique).
    """
    is_above = pairs.above(threshold)
    if threshold >= _UNIQUE:
        return int(np.count_nonzero(is_above))
    from evaluator.metrics import matching  # noqa: PLC0415  # its solver takes 0.2 s to load

    return matching.most_matches(pairs.truth[is_above], pairs.prediction[is_above])


def _fraction(threshold: Value) -> Fraction:
    return Fraction(str(threshold))


def _f1(true: int, predicted: int, found: int) -> float:
    return f1_of(found, predicted - found, true - found)


def _ap(true: int, predicted: int, found: int) -> float:
    return found / (true + predicted - found)


def _precision(_true: int, predicted: int, found: int) -> float:
    return found / predicted if predicted else 0.0


def _recall(true: int, _predicted: int, found: int) -> float:
    return found / true if true else 0.0


def _panoptic(objects: Objects, ious: float) -> float:
    return 2 * ious / (objects.true + objects.predicted)


def _mean_iou(objects: Objects, ious: float) -> float:
    return ious / objects.found if objects.found else 0.0
