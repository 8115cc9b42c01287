"""How far two sets of labels agree, as one number that chance alone brings to 0."""

import itertools
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.errors import ScoreUndefined, Unvaried
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import NOTHING, PairTable
from evaluator.metrics.tallies import Settings

# Of the distance between two labels: 0 makes any two different ones equally far apart.
POWERS = {"none": 0, "linear": 1, "quadratic": 2}


@dataclass(frozen=True)
class Kappa:
    """Labels of both sides, and the distances of the pairs added up.

    Whole numbers throughout, so the order of elements and cases changes no digit.
    """

    power: int
    overlaps: Overlaps
    observed: int

    def __add__(self, other: "Kappa") -> "Kappa":
        return Kappa(self.power, self.overlaps + other.overlaps, self.observed + other.observed)

    def score(self) -> float:
        """1 - (observed distance / distance by chance), in [-1, 1]; higher is better.

        An element without prediction is as far from its truth as any two labels are.
        Raises: ScoreUndefined when all labels of both sides are one.
        """
        total = self.overlaps.true.total()
        missing = total - self.overlaps.predicted.total()
        farthest = self._farthest()
        observed = self.observed + missing * farthest
        expected = self._expected() + missing * farthest * total
        if expected == 0:
            raise ScoreUndefined(
                "Prediction and ground truth hold one and the same label throughout, "
                "so there is nothing to agree about."
            )
        return (expected - total * observed) / expected

    def _farthest(self) -> int:
        labels = self.overlaps.true.keys() | self.overlaps.predicted.keys()
        span = max(labels, default=0) - min(labels, default=0)
        return span**self.power or 1

    def _expected(self) -> int:
        """Return the distances of each label of one side to each of the other, added up."""
        true, predicted = self.overlaps.true, self.overlaps.predicted
        if self.power == 0:
            return true.total() * predicted.total() - _common(true, predicted)
        if self.power == 1:
            return _differences(true, predicted)
        mixed = 2 * _moment(true, 1) * _moment(predicted, 1)
        left = _moment(true, 2) * predicted.total()
        return left - mixed + _moment(predicted, 2) * true.total()


def cohen_kappa(table: PairTable, settings: Settings) -> Kappa:
    """Count for Cohen's kappa; the distance of two labels is that of their numbers.

    Source: Cohen 1960, Educ. Psychol. Meas. 20:37; weights: Cohen 1968, Psychol. Bull. 70:213.
    """
    power = POWERS[str(settings.parameters["weights"])]
    is_there = table.prediction != NOTHING
    pairs = zip(
        table.truth[is_there].tolist(),
        table.prediction[is_there].tolist(),
        table.counts[is_there].tolist(),
        strict=True,
    )
    # Python's numbers: squares of labels need not fit into 64 bits.
    observed = sum(abs(t - p) ** power * count for t, p, count in pairs if t != p)
    return Kappa(power, Overlaps.of(table), observed)


@dataclass(frozen=True)
class Correlation:
    """Labels of both sides, for their correlation."""

    overlaps: Overlaps

    def __add__(self, other: "Correlation") -> "Correlation":
        return Correlation(self.overlaps + other.overlaps)

    def score(self) -> float:
        """Correlation of the labels, in [-1, 1]; higher is better.

        Elements without prediction count as one more label of the prediction.
        Raises: Unvaried when one side holds one label only.
        """
        true, predicted = self.overlaps.true, self.overlaps.predicted
        total = true.total()
        missing = total - predicted.total()
        common = self.overlaps.common.total() * total - _common(true, predicted)
        spread = total**2 - _squares(true)
        spread *= total**2 - _squares(predicted) - missing**2
        if spread == 0:
            raise Unvaried
        # A quotient of whole numbers is rounded once: perfect agreement gives exactly 1.
        return math.copysign(math.sqrt(common**2 / spread), common)


def mcc(table: PairTable, _settings: Settings) -> Correlation:
    """Count for Matthews' correlation coefficient, of two labels or of many.

    Source: Matthews 1975, Biochim. Biophys. Acta 405:442; many labels: Gorodkin 2004, Comput.
    Biol. Chem. 28:367, equation 8.
    """
    return Correlation(Overlaps.of(table))


@dataclass(frozen=True)
class Cell:
    """Elements in one cell of the confusion matrix, and those they are a share of."""

    count: int
    whole: int | None  # None: the count itself is the score
    side: str  # whom it is the share of, for people

    def __add__(self, other: "Cell") -> "Cell":
        if self.whole is None or other.whole is None:
            return Cell(self.count + other.count, None, self.side)
        return Cell(self.count + other.count, self.whole + other.whole, self.side)

    def score(self) -> float:
        """The count, or its share in [0, 1]. Raises: ScoreUndefined for a share of nothing."""
        if self.whole is None:
            return float(self.count)
        if self.whole == 0:
            raise ScoreUndefined(f"{self.side}, so there is nothing to take a share of.")
        return self.count / self.whole


def confusion(table: PairTable, settings: Settings) -> Cell:
    """Count one cell of the confusion matrix, as a share of what `normalise` says.

    Source: Fawcett 2006, Pattern Recognition Letters 27:861, section 2.
    """
    true, predicted = settings.labels["truth_label"], settings.labels["predicted_label"]
    is_true, is_predicted = table.truth == true.number, table.prediction == predicted.number
    count = int(np.sum(table.counts[is_true & is_predicted]))
    match str(settings.parameters["normalise"]):
        case "true":
            whole = int(np.sum(table.counts[is_true]))
            return Cell(count, whole, f"The ground truth never has label {true.name}")
        case "pred":
            whole = int(np.sum(table.counts[is_predicted]))
            return Cell(count, whole, f"The prediction never has label {predicted.name}")
        case "all":
            return Cell(count, int(np.sum(table.counts)), "There is no element")
        case _:
            return Cell(count, None, "")


def _common(left: Counter[int], right: Counter[int]) -> int:
    return sum(count * right[label] for label, count in left.items())


def _squares(counts: Counter[int]) -> int:
    return sum(count**2 for count in counts.values())


def _moment(counts: Counter[int], power: int) -> int:
    return sum(label**power * count for label, count in counts.items())


def _differences(left: Counter[int], right: Counter[int]) -> int:
    """Return |a - b| added up over each a of one side and each b of the other.

    The gap between two neighbouring labels counts once for each pair that it separates.
    """
    total, lower_left, lower_right = 0, 0, 0
    all_left, all_right = left.total(), right.total()
    for label, following in itertools.pairwise(sorted(left.keys() | right.keys())):
        lower_left += left[label]
        lower_right += right[label]
        separated = lower_left * (all_right - lower_right)
        separated += (all_left - lower_left) * lower_right
        total += (following - label) * separated
    return total
