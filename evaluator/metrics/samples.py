"""The elements of a case that are scored, as rows: piece by piece, in a fixed order."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from evaluator.arrays.base import Region, regions
from evaluator.arrays.tiles import are_in_order
from evaluator.metrics.comparison import Comparison, check_finite
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.pairs import Labels, Values, as_labels

T = TypeVar("T")

PIECE_ELEMENTS = 512 * 1024  # of a prediction: the steps of a formula stay near the processor


def side_by_side(
    comparison: Comparison, work: Callable[[Region], T], width: int = 1
) -> Iterator[T]:
    """Yield what `work` returns for each piece of the truth; threads take pieces side by side.

    The pieces, and the order of the results, depend on the shape alone. `width` is how many values
    a prediction has for each element of the truth.
    """
    run = map if are_in_order((comparison.predicted, comparison.truth)) else comparison.work.map
    return run(work, pieces(comparison, width))


def pieces(comparison: Comparison, width: int = 1) -> Iterator[Region]:
    """Yield the pieces of the truth for which a prediction has PIECE_ELEMENTS values at most."""
    return regions(comparison.truth.shape, max(1, PIECE_ELEMENTS // max(1, width)))


def elements(comparison: Comparison, region: Region) -> tuple[Values, Values]:
    """Return prediction and truth of the scored elements of a piece, each as one row.

    Raises: ValuesUnfit for a prediction that is not finite there; TruthUnfit, ArrayInvalid.
    """
    true = comparison.truth.read(region)
    valid = comparison.valid(true, region)
    predicted = comparison.predicted.read(region)
    check_finite(predicted, valid)
    if valid is None:
        return predicted.reshape(-1), true.reshape(-1)
    return predicted[valid], true[valid]


def is_label(true: Values, label: int) -> Values:
    """Return where the truth has `label`. Raises: TruthUnfit for values that are no labels."""
    found: Values = _labels(true) == label
    return found


def true_classes(comparison: Comparison, region: Region) -> tuple[Labels, Values | None]:
    """Return the classes of the scored elements of a piece as one row, and which those are.

    Class k is the label k and the place k of the prediction's last axis.
    Raises: ValuesUnfit for a prediction with fewer classes than the truth has; TruthUnfit for
    labels that are no classes; ArrayInvalid.
    """
    true = comparison.truth.read(region)
    valid = comparison.valid(true, region)
    labels = _labels(true.reshape(-1) if valid is None else true[valid])
    if labels.size and labels.min() < 0:
        raise TruthUnfit("holds a label below 0; classes are numbered from 0 on")
    classes = comparison.predicted.shape[-1]
    if labels.size and labels.max() >= classes:
        raise ValuesUnfit(
            f"has values for {classes} classes, fewer than the ground truth has; "
            "give one for each class, in the order of the labels."
        )
    return labels, valid


def class_rows(
    comparison: Comparison, region: Region, columns: slice | None = None
) -> tuple[Values, Labels]:
    """Return values of each scored element for each class, (elements, classes), and true classes.

    `columns` is the part of the classes to return, None for all.
    Raises: ValuesUnfit, also for values that are not finite; TruthUnfit, ArrayInvalid.
    """
    labels, valid = true_classes(comparison, region)
    classes = columns or slice(0, comparison.predicted.shape[-1])
    rows = comparison.predicted.read((*region, classes))
    rows = rows.reshape(-1, rows.shape[-1]) if valid is None else rows[valid]
    check_finite(rows, None)
    return rows, labels


def _labels(true: Values) -> Labels:
    try:
        return as_labels(true)
    except ValuesUnfit as error:
        raise TruthUnfit("holds values that are no labels") from error
