"""How well scores tell classes apart: areas under curves, from scores in order.

Ties count exactly, and the order of elements changes no digit.
"""

import math
from collections.abc import Iterator
from typing import Literal

import numpy as np

from evaluator.metrics.averages import mean_of
from evaluator.metrics.comparison import Comparison, Mapper
from evaluator.metrics.errors import ScoreUndefined
from evaluator.metrics.pairs import Labels, Values
from evaluator.metrics.samples import class_rows, elements, is_label, pieces, true_classes
from evaluator.metrics.tallies import Settings, Single

Sides = tuple[Literal["left", "right"], ...]
_SLICE = 1024**2  # positives looked up at once: 16 MiB of places


def roc_auc(comparison: Comparison, settings: Settings) -> Single:
    """Return how often a positive has the higher score than a negative, in [0, 1]; ties half.

    Raises: ScoreUndefined without positives or negatives; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Hanley and McNeil 1982, Radiology 143:29.
    """
    value = _auc(*_two_sides(comparison, settings), comparison.work.map)
    if value is None:
        raise _one_sided()
    return Single(value)


def roc_auc_ovr(comparison: Comparison, settings: Settings) -> Single:
    """Return the mean of ROC-AUC over classes, each against all others, in [0, 1].

    Raises: ScoreUndefined for a class that the truth lacks, unless it is declared what it counts
    as; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Provost and Domingos 2003, Mach. Learn. 52:199, without weights.
    """
    values = []
    for class_, groups in _columns(comparison):
        positives = groups.pop(class_)
        others = np.concatenate([*groups, positives[:0]])  # also where there is no other class
        others.sort()
        values.append(_auc(positives, others))
    return _mean(values, settings)


def roc_auc_ovo(comparison: Comparison, settings: Settings) -> Single:
    """Return the mean of ROC-AUC over pairs of classes, by the scores of either one, in [0, 1].

    Raises: ScoreUndefined for a class that the truth lacks, unless it is declared what it counts
    as; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Hand and Till 2001, Mach. Learn. 45:171, equation 7.
    """
    values = [
        _auc(groups[class_], group)
        for class_, groups in _columns(comparison)
        for k, group in enumerate(groups)
        if k != class_
    ]
    return _mean(values, settings)


def average_precision(comparison: Comparison, settings: Settings) -> Single:
    """Return the mean, over positives, of the precision at the score of each, in (0, 1].

    Raises: ScoreUndefined without positives; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Zhu 2004, Recall, precision and average precision, University of Waterloo.
    """
    positives, negatives = _two_sides(comparison, settings)
    return Single(_mean_precision(positives, negatives, ("left",)))


def pr_auc(comparison: Comparison, settings: Settings) -> Single:
    """Return the area below straight lines between the points of precision and recall, in [0, 1].

    There is one point for each different score, and (recall 0, precision 1).
    Raises: ScoreUndefined without positives; ValuesUnfit, TruthUnfit, ArrayInvalid.
    Source: Davis and Goadrich 2006, ICML, 233; its section 4 warns that such lines flatter.
    """
    positives, negatives = _two_sides(comparison, settings)
    return Single(_mean_precision(positives, negatives, ("left", "right")))


def _two_sides(comparison: Comparison, settings: Settings) -> tuple[Values, Values]:
    """Return the scores of positives and of negatives, each in rising order."""
    label = 1 if settings.label is None else settings.label.number
    dtype = comparison.predicted.dtype.newbyteorder("=")
    scores = np.empty(math.prod(comparison.truth.shape), dtype)
    front, back = 0, scores.size
    for region in pieces(comparison):
        predicted, true = elements(comparison, region)
        is_positive = is_label(true, label)
        positives, negatives = predicted[is_positive], predicted[~is_positive]
        scores[front : front + positives.size] = positives
        scores[back - negatives.size : back] = negatives
        front, back = front + positives.size, back - negatives.size
    sides = scores[:front], scores[back:]
    for _ in comparison.work.map(Values.sort, sides):
        pass
    return sides


def _columns(comparison: Comparison) -> Iterator[tuple[int, list[Values]]]:
    """Yield each class, and its scores of the elements of each true class, in rising order.

    As many classes are read at once as memory allows.
    """
    classes = comparison.predicted.shape[-1]
    counts = np.zeros(classes, np.int64)
    for region in pieces(comparison):
        counts += np.bincount(true_classes(comparison, region)[0], minlength=classes)
    dtype = comparison.predicted.dtype.newbyteorder("=")
    column_bytes = max(1, int(counts.sum()) * dtype.itemsize)
    at_once = max(1, min(classes, comparison.work.memory_bytes // 4 // column_bytes))
    for first in range(0, classes, at_once):
        columns = slice(first, min(first + at_once, classes))
        table = _by_class(comparison, columns, counts, dtype)
        for class_, column in enumerate(table, start=first):
            groups = np.split(column, np.cumsum(counts)[:-1])
            for group in groups:
                group.sort()
            yield class_, groups


def _by_class(
    comparison: Comparison, columns: slice, counts: Labels, dtype: "np.dtype[np.generic]"
) -> Values:
    """Return the scores of some classes, (classes, elements), the elements by their true class."""
    width = columns.stop - columns.start
    table = np.empty((width, int(counts.sum())), dtype)
    filled = np.cumsum(counts) - counts
    narrow = np.min_scalar_type(counts.size)  # 16 bits and less sort in one pass
    for region in pieces(comparison, width):
        rows, labels = class_rows(comparison, region, columns)
        order = np.argsort(labels.astype(narrow), kind="stable")
        rows = rows[order]
        here = np.bincount(labels, minlength=counts.size)
        ends = np.cumsum(here)
        for class_ in np.flatnonzero(here):
            place, part = filled[class_], slice(ends[class_] - here[class_], ends[class_])
            table[:, place : place + here[class_]] = rows[part].T
        filled = filled + here
    return table


def _auc(positives: Values, negatives: Values, run: Mapper = map) -> float | None:
    """Return the share of pairs that are in order; None when there is no pair."""
    if not positives.size or not negatives.size:
        return None

    def halves(part: Values) -> int:
        """Count 2 for each pair of `part` that is in order, 1 for a tie."""
        lower = np.sum(np.searchsorted(negatives, part, "left"))
        return int(lower + np.sum(np.searchsorted(negatives, part, "right")))

    return sum(run(halves, _slices(positives))) / (2 * positives.size * negatives.size)


def _mean_precision(positives: Values, negatives: Values, sides: Sides) -> float:
    """Return the mean, over positives and over `sides`, of precision at the score of each.

    `left` counts elements with that score or a higher one, `right` those with a higher one.
    """
    if not positives.size:
        raise ScoreUndefined("The ground truth has no positive, so there is no precision.")
    total = 0.0
    for part in _slices(positives):
        for side in sides:
            right = positives.size - np.searchsorted(positives, part, side)
            wrong = negatives.size - np.searchsorted(negatives, part, side)
            chosen = right + wrong
            precision = np.divide(right, chosen, out=np.ones(part.size), where=chosen > 0)
            total += float(np.sum(precision))
    return total / (len(sides) * positives.size)


def _slices(values: Values) -> Iterator[Values]:
    for start in range(0, values.size, _SLICE):
        yield values[start : start + _SLICE]


def _mean(values: list[float | None], settings: Settings) -> Single:
    absent = str(settings.parameters["absent"])
    return Single(mean_of(values, absent=absent, undefined=_one_sided()))


def _one_sided() -> ScoreUndefined:
    return ScoreUndefined(
        "The ground truth lacks one of the classes to be told apart, so ROC-AUC is 0/0."
    )
