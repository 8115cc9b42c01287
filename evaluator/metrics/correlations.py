"""Correlations of ranks. Ranks are whole numbers, so that ties are exact."""

import math

import numpy as np

from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import Unvaried
from evaluator.metrics.pairs import Labels, Values
from evaluator.metrics.tallies import Settings, Single


def spearman(comparison: Comparison, _settings: Settings) -> Single:
    """Return Pearson's correlation of the ranks, in [-1, 1]; tied values share their mean rank.

    Raises: Unvaried when one side does not vary; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Spearman 1904, Am. J. Psychol. 15:72; ties: Kendall 1945, Biometrika 33:239.
    """
    predicted, true = (_centred_ranks(values) for values in _rows(comparison))
    spread = float(np.sum(np.square(predicted))) * float(np.sum(np.square(true)))
    if spread == 0:
        raise Unvaried
    value = float(np.sum(predicted * true)) / math.sqrt(spread)
    return Single(max(-1.0, min(1.0, value)))


def kendall(comparison: Comparison, _settings: Settings) -> Single:
    """Return Kendall's tau-b, in [-1, 1]: pairs in the same order less those that are not.

    Raises: Unvaried when one side does not vary; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Kendall 1945, Biometrika 33:239; counted as in Knight 1966, J. Am. Stat. Assoc. 61:436.
    """
    predicted, true = (
        np.unique(values, return_inverse=True)[1].reshape(-1) for values in _rows(comparison)
    )
    order = np.lexsort((predicted, true))
    predicted, true = predicted[order], true[order]
    both = (predicted[1:] != predicted[:-1]) | (true[1:] != true[:-1])
    every = _pairs(np.array([true.size]))
    tied_true, tied_predicted = _pairs(np.bincount(true)), _pairs(np.bincount(predicted))
    tied_both = _pairs(np.diff(np.flatnonzero(np.concatenate([[True], both, [True]]))))
    spread = (every - tied_true) * (every - tied_predicted)
    if spread == 0:
        raise Unvaried
    surplus = every - tied_true - tied_predicted + tied_both - 2 * _inversions(predicted)
    # A quotient of whole numbers is rounded once: equal orders give exactly 1.
    return Single(math.copysign(math.sqrt(surplus**2 / spread), surplus))


def _rows(comparison: Comparison) -> tuple[Values, Values]:
    predicted, true, valid = comparison.whole()
    if valid is None:
        return predicted.reshape(-1), true.reshape(-1)
    return predicted[valid], true[valid]


def _centred_ranks(values: Values) -> Values:
    """Return twice the rank of each value, less the mean: whole numbers, as float64."""
    order = np.argsort(values)
    ordered = values[order]
    is_first = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: values.size]
    starts = np.flatnonzero(is_first)
    counts = np.diff(starts, append=values.size)
    ranks = np.empty(values.size)
    ranks[order] = np.repeat(2.0 * starts + counts - values.size, counts)
    return ranks


def _inversions(ranks: Labels) -> int:
    """Return how many pairs of `ranks`, whole numbers from 0 on, stand in falling order.

    Neighbouring stretches are sorted into one, twice as long each time: what stands before an
    element of the left one then, and comes from the right one, is smaller.
    """
    size = 2 ** max(1, (ranks.size - 1).bit_length())
    values = np.full(size, size)  # the end is filled with what is larger than all
    values[: ranks.size] = ranks
    total, width = 0, 1
    while width < size:
        values *= 2
        values.reshape(-1, 2, width)[:, 1] += 1  # equal values keep their order
        rows = values.reshape(-1, 2 * width)
        rows.sort(axis=1)
        is_left = (rows & 1) ^ 1
        places = int(np.sum(is_left * np.arange(2 * width)))
        total += places - rows.shape[0] * (width * (width - 1) // 2)
        values >>= 1
        width *= 2
    return total


def _pairs(counts: Labels) -> int:
    return int(np.sum(counts * (counts - 1) // 2))
