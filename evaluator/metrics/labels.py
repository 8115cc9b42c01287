"""Metrics of classes: one label per element."""

import math
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.errors import LabelAbsent, ScoreUndefined
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import PairTable
from evaluator.metrics.tallies import Label, Settings


@dataclass(frozen=True)
class Hits:
    """Elements with the right label, and all elements."""

    right: int
    total: int

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(self.right + other.right, self.total + other.total)

    def score(self) -> float:
        """Share of the right ones, in [0, 1]; higher is better.

        Raises: ScoreUndefined when there is no element.
        """
        if self.total == 0:
            raise ScoreUndefined("There is no element to score.")
        return self.right / self.total


def accuracy(table: PairTable, _settings: Settings) -> Hits:
    """Count right labels. Source: Fawcett 2006, Pattern Recognition Letters 27:861, section 2."""
    right = table.counts[table.prediction == table.truth]
    return Hits(int(np.sum(right)), int(np.sum(table.counts)))


@dataclass(frozen=True)
class MacroF1:
    """F1 of each label of truth and prediction, averaged without weights."""

    overlaps: Overlaps

    def __add__(self, other: "MacroF1") -> "MacroF1":
        return MacroF1(self.overlaps + other.overlaps)

    def score(self) -> float:
        """Mean F1 over labels, in [0, 1]; higher is better.

        Raises: LabelAbsent when there is no label.
        """
        labels = self.overlaps.true.keys() | self.overlaps.predicted.keys()
        if not labels:
            raise LabelAbsent(None)
        values = [f1_of(*self.overlaps.counts(label)) for label in labels]
        return math.fsum(values) / len(values)


@dataclass(frozen=True)
class MicroF1:
    """F1 of the counts added up over all labels."""

    overlaps: Overlaps

    def __add__(self, other: "MicroF1") -> "MicroF1":
        return MicroF1(self.overlaps + other.overlaps)

    def score(self) -> float:
        """F1 in [0, 1]; higher is better. Raises: LabelAbsent when there is no label."""
        common = self.overlaps.common.total()
        predicted, true = self.overlaps.predicted.total(), self.overlaps.true.total()
        if predicted + true == 0:
            raise LabelAbsent(None)
        return f1_of(common, predicted - common, true - common)


@dataclass(frozen=True)
class BinaryF1:
    """F1 of one label."""

    label: Label
    overlaps: Overlaps

    def __add__(self, other: "BinaryF1") -> "BinaryF1":
        return BinaryF1(self.label, self.overlaps + other.overlaps)

    def score(self) -> float:
        """F1 in [0, 1]; higher is better. Raises: LabelAbsent when neither array has the label."""
        counts = self.overlaps.counts(self.label.number)
        if not any(counts):
            raise LabelAbsent(self.label.name)
        return f1_of(*counts)


def f1(table: PairTable, settings: Settings) -> MacroF1 | MicroF1 | BinaryF1:
    """Count for F1, averaged as the parameter `average` says.

    Source: van Rijsbergen 1979, Information Retrieval, chapter 7; averages as in Sokolova and
    Lapalme 2009, Inf. Process. Manag. 45:427, table 3.
    """
    overlaps = Overlaps.of(table)
    average = settings.parameters["average"]
    if average == "binary" and settings.label is not None:
        return BinaryF1(settings.label, overlaps)
    return MicroF1(overlaps) if average == "micro" else MacroF1(overlaps)


def f1_of(tp: int, fp: int, fn: int) -> float:
    """Harmonic mean of precision and recall; the counts are not all 0."""
    return 2 * tp / (2 * tp + fp + fn)
