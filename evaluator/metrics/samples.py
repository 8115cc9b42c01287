"""The elements of a case that are scored, as rows: piece by piece, in a fixed order."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from evaluator.arrays.base import BLOCK_ELEMENTS, Region, regions
from evaluator.arrays.tiles import are_in_order
from evaluator.metrics.comparison import Comparison, check_finite
from evaluator.metrics.pairs import Values

T = TypeVar("T")


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
    """Yield the pieces of the truth that hold at most one block of values of a prediction."""
    return regions(comparison.truth.shape, max(1, BLOCK_ELEMENTS // max(1, width)))


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
