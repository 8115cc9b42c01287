"""One pass over prediction and truth of a case: everything that the metrics need is counted."""

import math
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Array, Block, block_pairs, regions
from evaluator.arrays.errors import ArrayInvalid
from evaluator.codes import Code
from evaluator.inside.errors import TruthInvalid
from evaluator.metrics.errors import ValuesUnfit
from evaluator.metrics.fields import ErrorSums
from evaluator.metrics.pairs import Labels, PairCounter, PairTable, as_labels
from evaluator.metrics.registry import ERROR_METRICS, PAIR_METRICS
from evaluator.metrics.tallies import Settings, Tally


@dataclass(frozen=True)
class Counts:
    """What one case comes to; what no metric asked for is empty."""

    pairs: PairTable
    errors: ErrorSums

    def tally(self, metric: str, settings: Settings) -> Tally:
        """Return the counts of one metric of the catalogue."""
        if metric in PAIR_METRICS:
            return PAIR_METRICS[metric](self.pairs, settings)
        return ERROR_METRICS[metric](self.errors, settings)


@dataclass(frozen=True)
class Missed:
    """What a case without prediction comes to."""

    pairs: PairTable
    elements: int

    def tally(self, metric: str, settings: Settings, *, worst: float) -> Tally:
        """Return the counts of one metric: each element is missed, or wrong by `worst`."""
        return Counts(self.pairs, ErrorSums.missed(self.elements, worst)).tally(metric, settings)


def count(prediction: Array, truth: Array, metrics: Collection[str]) -> Counts:
    """Count over all blocks, in their fixed order.

    Raises: ArrayInvalid when the prediction cannot be decoded or holds values that it may not;
    TruthInvalid when that is true of the truth.
    """
    if prediction.shape != truth.shape:
        raise TruthInvalid(f"{truth.name} has another shape than the plan")
    needs_pairs = not PAIR_METRICS.keys().isdisjoint(metrics)
    needs_errors = not ERROR_METRICS.keys().isdisjoint(metrics)
    pairs, errors, bad = PairCounter(), ErrorSums(), 0
    for predicted, true in block_pairs(prediction, truth):
        bad += _not_finite(predicted)
        if _not_finite(true):
            raise TruthInvalid(f"{truth.name} holds values that are not finite")
        if bad:
            continue  # the rest is only searched for more of them
        if needs_pairs:
            true_labels = _true_labels(true, truth.name)
            with _at_fault(prediction.name):
                pairs.add(PairTable.of_block(as_labels(predicted), true_labels))
        if needs_errors:
            errors += ErrorSums.of_block(predicted, true)
    if bad:
        raise ArrayInvalid(
            Code.VALUE_NOT_FINITE,
            f"{prediction.name} holds NaN or infinity in {bad} of {math.prod(truth.shape)} places; "
            "replace them with numbers.",
        )
    with _at_fault(prediction.name):
        return Counts(pairs.table(), errors)


def count_missed(truth: Array, metrics: Collection[str]) -> Missed:
    """Count a case without prediction. Raises: TruthInvalid."""
    pairs = PairCounter()
    if not PAIR_METRICS.keys().isdisjoint(metrics):
        for region in regions(truth.shape):
            pairs.add(PairTable.missed(_true_labels(truth.read(region), truth.name)))
    return Missed(pairs.table(), math.prod(truth.shape))


def _not_finite(block: Block) -> int:
    return int(np.count_nonzero(~np.isfinite(block))) if block.dtype.kind == "f" else 0


def _true_labels(block: Block, name: str) -> Labels:
    try:
        return as_labels(block)
    except ValuesUnfit as error:
        raise TruthInvalid(f"{name} holds values that are no labels") from error


@contextmanager
def _at_fault(name: str) -> Iterator[None]:
    """Blame the prediction called `name` for values that no metric can take."""
    try:
        yield
    except ValuesUnfit as error:
        raise ArrayInvalid(Code.VALUE_OUT_OF_RANGE, f"{name} {error}") from error
