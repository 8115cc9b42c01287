"""Metrics of classes: one label per element."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from evaluator.metrics.averages import mean_of
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
class Ratio:
    """A formula of TP, FP and FN, None for 0/0, and what to say then about one label (or any)."""

    formula: Callable[[int, int, int], float | None]
    undefined: Callable[[str | None], ScoreUndefined] = LabelAbsent


@dataclass(frozen=True)
class Averaged:
    """A ratio of each label of truth and prediction, brought together as `average` says.

    `absent` says what a label without a ratio counts as in a mean over labels.
    """

    ratio: Ratio
    average: str
    absent: str
    label: Label | None
    overlaps: Overlaps

    def __add__(self, other: "Averaged") -> "Averaged":
        total = self.overlaps + other.overlaps
        return Averaged(self.ratio, self.average, self.absent, self.label, total)

    def score(self) -> float:
        """Value in [0, 1]; higher is better.

        Raises: ScoreUndefined when there is no label, or when the ratio is 0/0.
        """
        if self.average == "binary" and self.label is not None:
            name = self.label.name
            return self._value(self.overlaps.counts(self.label.number), name)
        if not self.overlaps.true and not self.overlaps.predicted:
            raise LabelAbsent(None)
        if self.average == "micro":
            return self._value(self.overlaps.totals(), None)
        return self._mean()

    def _value(self, counts: tuple[int, int, int], name: str | None) -> float:
        value = self.ratio.formula(*counts)
        if value is None:
            raise self.ratio.undefined(name)
        return value

    def _mean(self) -> float:
        labels = self.overlaps.true.keys() | self.overlaps.predicted.keys()
        return mean_of(
            [self.ratio.formula(*self.overlaps.counts(label)) for label in labels],
            absent=self.absent,
            undefined=self.ratio.undefined(None),
            weights=(
                [self.overlaps.true[label] for label in labels]
                if self.average == "weighted"
                else None
            ),
        )


def f1(table: PairTable, settings: Settings) -> Averaged:
    """Count for F1, averaged as the parameter `average` says.

    Source: van Rijsbergen 1979, Information Retrieval, chapter 7; averages as in Sokolova and
    Lapalme 2009, Inf. Process. Manag. 45:427, table 3.
    """
    return _averaged(table, settings, Ratio(_f1_or_none))


def fbeta(table: PairTable, settings: Settings) -> Averaged:
    """Count for F-beta: recall weighs `beta` times as much as precision.

    Source: van Rijsbergen 1979, Information Retrieval, chapter 7.
    """
    beta = float(str(settings.parameters["beta"]))
    return _averaged(table, settings, Ratio(partial(_fbeta_or_none, beta * beta)))


def precision(table: PairTable, settings: Settings) -> Averaged:
    """Count for precision. Source: Fawcett 2006, Pattern Recognition Letters 27:861, section 2."""
    return _averaged(table, settings, Ratio(_precision_or_none, _never_predicted))


def recall(table: PairTable, settings: Settings) -> Averaged:
    """Count for recall. Source: Fawcett 2006, Pattern Recognition Letters 27:861, section 2."""
    return _averaged(table, settings, Ratio(_recall_or_none, _never_true))


def balanced_accuracy(table: PairTable, _settings: Settings) -> Averaged:
    """Count for the plain mean of recall over the labels of the truth.

    Source: Brodersen et al. 2010, ICPR, 3121.
    """
    ratio = Ratio(_recall_or_none, _never_true)
    return Averaged(ratio, "macro", "skip", None, Overlaps.of(table))


def f1_of(tp: int, fp: int, fn: int) -> float:
    """Harmonic mean of precision and recall; the counts are not all 0."""
    return 2 * tp / (2 * tp + fp + fn)


def _averaged(table: PairTable, settings: Settings, ratio: Ratio) -> Averaged:
    return Averaged(
        ratio=ratio,
        average=str(settings.parameters["average"]),
        absent=str(settings.parameters.get("absent")),
        label=settings.label,
        overlaps=Overlaps.of(table),
    )


def _f1_or_none(tp: int, fp: int, fn: int) -> float | None:
    return f1_of(tp, fp, fn) if tp + fp + fn else None


def _fbeta_or_none(square: float, tp: int, fp: int, fn: int) -> float | None:
    whole = (1 + square) * tp + square * fn + fp
    return (1 + square) * tp / whole if whole else None


def _precision_or_none(tp: int, fp: int, _fn: int) -> float | None:
    return tp / (tp + fp) if tp + fp else None


def _recall_or_none(tp: int, _fp: int, fn: int) -> float | None:
    return tp / (tp + fn) if tp + fn else None


def _never_predicted(label: str | None) -> ScoreUndefined:
    what = "at least one of the labels" if label is None else f"label {label}"
    return ScoreUndefined(f"The prediction never has {what}, so that precision is 0/0.")


def _never_true(label: str | None) -> ScoreUndefined:
    what = "at least one of the labels" if label is None else f"label {label}"
    return ScoreUndefined(f"The ground truth never has {what}, so that recall is 0/0.")
