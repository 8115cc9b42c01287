"""Metrics of partitions: which elements belong together, whatever their label is called."""

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np

from evaluator.metrics.contingency import Contingency
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.pairs import NOTHING, Labels, PairTable, Values
from evaluator.metrics.tallies import Settings

_BACKGROUND = 0


@dataclass(frozen=True)
class Bits:
    """Elements, and the bits that all of them together lack."""

    elements: int
    bits: float

    def __add__(self, other: "Bits") -> "Bits":
        return Bits(self.elements + other.elements, self.bits + other.bits)

    def score(self) -> float:
        """Bits per element, from 0 up; lower is better.

        Cases brought together are one whose labels differ from case to case.
        Raises: ScoreUndefined when no element is scored.
        """
        if self.elements == 0:
            raise ScoreUndefined("There is no element to score.")
        return self.bits / self.elements


def variation_of_information(table: PairTable, settings: Settings) -> Bits:
    """Count the bits by which truth and prediction leave each other open: `split` plus `merge`.

    Source: Meila 2007, J. Multivariate Anal. 98:873, section 3.
    """
    return _bits(table, settings, lambda pairs: _split(pairs) + _merge(pairs))


def voi_split(table: PairTable, settings: Settings) -> Bits:
    """Count the bits of the prediction that the truth leaves open: true objects in many parts.

    Source: Meila 2007, J. Multivariate Anal. 98:873, section 3; the name as in Nunez-Iglesias et
    al. 2013, PLoS ONE 8:e71715.
    """
    return _bits(table, settings, _split)


def voi_merge(table: PairTable, settings: Settings) -> Bits:
    """Count the bits of the truth that the prediction leaves open: true objects grown together.

    Source: as `voi_split`.
    """
    return _bits(table, settings, _merge)


@dataclass(frozen=True)
class Joined:
    """Ordered pairs of elements that are together in the truth, in the prediction, and in both."""

    true: int
    predicted: int
    both: int
    formula: Callable[[int, int, int], float]

    def __add__(self, other: "Joined") -> "Joined":
        return Joined(
            self.true + other.true,
            self.predicted + other.predicted,
            self.both + other.both,
            self.formula,
        )

    def score(self) -> float:
        """Value of the formula, in [0, 1].

        Raises: ScoreUndefined when no two elements are together in truth or prediction.
        """
        if self.true + self.predicted == 0:
            raise ScoreUndefined(
                "Neither the prediction nor the ground truth puts two elements together."
            )
        return self.formula(self.true, self.predicted, self.both)


def adapted_rand_error(table: PairTable, settings: Settings) -> Joined:
    """Count for 1 - F1 of joining pairs of elements; lower is better.

    Source: Arganda-Carreras et al. 2015, Front. Neuroanat. 9:142.
    """
    return _joined(table, settings, _error)


def arand_precision(table: PairTable, settings: Settings) -> Joined:
    """Count for the share of pairs joined by the prediction that the truth joins too.

    Source: Arganda-Carreras et al. 2015, Front. Neuroanat. 9:142 (merge score).
    """
    return _joined(table, settings, _precision)


def arand_recall(table: PairTable, settings: Settings) -> Joined:
    """Count for the share of pairs joined by the truth that the prediction joins too.

    Source: Arganda-Carreras et al. 2015, Front. Neuroanat. 9:142 (split score).
    """
    return _joined(table, settings, _recall)


@dataclass(frozen=True)
class _Scored:
    """The pairs that have a prediction, and how many elements of each true label have none."""

    pairs: Contingency
    missed: Labels


def _scored(table: PairTable, settings: Settings) -> _Scored:
    background = str(settings.parameters["background"])
    return table.once(f"partitions, {background}", lambda: _without(table, background))


def _without(table: PairTable, background: str) -> _Scored:
    is_there = table.prediction != NOTHING
    missed = ~is_there
    if background == "ignore_truth":
        is_there &= table.truth != _BACKGROUND
        missed &= table.truth != _BACKGROUND
    if is_there.all():
        return _Scored(Contingency.of(table), table.counts[missed])
    filled = PairTable(table.truth[is_there], table.prediction[is_there], table.counts[is_there])
    return _Scored(Contingency.of(filled), table.counts[missed])


def _bits(table: PairTable, settings: Settings, formula: Callable[[Contingency], float]) -> Bits:
    scored = _scored(table, settings)
    bits, elements = formula(scored.pairs), int(scored.pairs.counts.sum())
    if scored.missed.size:
        lacking = int(scored.missed.sum())
        bits += lacking * float(str(settings.parameters["worst"]))
        elements += lacking
    return Bits(elements, bits)


def _split(pairs: Contingency) -> float:
    return _open_bits(pairs.counts, pairs.true[pairs.truth])


def _merge(pairs: Contingency) -> float:
    return _open_bits(pairs.counts, pairs.predicted[pairs.prediction])


def _open_bits(parts: Labels, wholes: Labels) -> float:
    """Return the sum of part x log2(whole / part), the same in any order."""
    # log1p keeps all digits where a part is nearly the whole.
    terms: Values = parts * np.log1p((wholes - parts) / parts)
    return float(np.sum(np.sort(terms))) / log(2)


def _joined(
    table: PairTable, settings: Settings, formula: Callable[[int, int, int], float]
) -> Joined:
    scored = _scored(table, settings)
    pairs = scored.pairs
    true = _joined_pairs(pairs.true) + _joined_pairs(scored.missed)
    return Joined(true, _joined_pairs(pairs.predicted), _joined_pairs(pairs.counts), formula)


def _joined_pairs(sizes: Labels) -> int:
    """Return the sum of n (n - 1), which 64 bits may not hold."""
    values, times = np.unique(sizes, return_counts=True)
    return int(np.sum(values.astype(object) * (values - 1) * times))


def _error(true: int, predicted: int, both: int) -> float:
    return 1 - 2 * both / (true + predicted)


def _precision(_true: int, predicted: int, both: int) -> float:
    return both / predicted if predicted else 0.0


def _recall(true: int, _predicted: int, both: int) -> float:
    return both / true if true else 0.0
