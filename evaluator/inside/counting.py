"""One pass over prediction and truth of a case: all that tables and sums are needed for."""

import math
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from evaluator.arrays.base import Block, Region, regions
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.tiles import are_in_order, tiles
from evaluator.codes import Code
from evaluator.inside.errors import TruthInvalid
from evaluator.metrics.catalogue.info import Input
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.counters import PairCounter, merge
from evaluator.metrics.errors import NotFinite, TruthUnfit, ValuesUnfit
from evaluator.metrics.numbers import ErrorSums
from evaluator.metrics.pairs import PairTable


@dataclass(frozen=True)
class Counts:
    """What one case comes to; what no metric asked for is empty."""

    pairs: PairTable
    errors: ErrorSums


@dataclass(frozen=True)
class Missed:
    """What a case without prediction comes to."""

    pairs: PairTable
    elements: int

    def counts(self, worst: float) -> Counts:
        """Return the counts when each element is missed, or wrong by `worst`."""
        return Counts(self.pairs, ErrorSums.missed(self.elements, worst))


def count(case: Comparison, inputs: Collection[Input]) -> Counts:
    """Count what `inputs` ask for, in pieces that threads take side by side.

    Raises: ArrayInvalid when the prediction cannot be decoded or holds values that it may not;
    TruthInvalid when that is true of the truth.
    """
    counting = _Counting(case, frozenset(inputs))
    arrays = (case.predicted, case.truth)
    run = map if are_in_order(arrays) else case.work.map
    errors, bad = ErrorSums(), 0
    for part in run(counting.part, _pieces(case, inputs)):
        bad += part.bad
        errors += part.errors
    with at_fault(case):
        if bad:
            raise NotFinite(bad, math.prod(case.truth.shape))
        return Counts(counting.table(), errors)


def count_missed(case: Comparison, inputs: Collection[Input]) -> Missed:
    """Count a case without prediction. Raises: TruthInvalid."""
    pairs, elements = PairCounter(_elements(case)), 0
    for region in regions(case.truth.shape):
        true = case.truth.read(region)
        with at_fault(case):
            _, true = _scored(true, true, case.valid(true, region))
            elements += true.size
            if Input.PAIRS in inputs:
                pairs.add_missed(true)
    with at_fault(case):
        return Missed(pairs.table(), elements)


@contextmanager
def at_fault(case: Comparison) -> Iterator[None]:
    """Blame the prediction, or the truth, for values that no metric can take."""
    try:
        yield
    except ValuesUnfit as error:
        name = case.truth.name if case.prediction is None else case.prediction.name
        raise ArrayInvalid(Code(error.code), f"{name} {error}") from error
    except TruthUnfit as error:
        raise TruthInvalid(f"{case.truth.name} {error}") from error


@dataclass(frozen=True)
class _Part:
    """What one piece comes to, beside its pairs."""

    errors: ErrorSums
    bad: int  # elements that are not finite


@dataclass
class _Counting:
    """Counts pieces of one case; each thread has a table of its own."""

    case: Comparison
    inputs: frozenset[Input]
    _local: threading.local = field(default_factory=threading.local)
    _counters: list[PairCounter] = field(default_factory=list)

    def part(self, region: Region) -> _Part:
        """Count one piece."""
        case = self.case
        predicted, true = case.predicted.read(region), case.truth.read(region)
        with at_fault(case):
            predicted, true = _scored(predicted, true, case.valid(true, region))
        bad = _not_finite(predicted)
        if bad:
            return _Part(ErrorSums(), bad)  # the whole is only searched for more of them
        if Input.PAIRS in self.inputs:
            with at_fault(case):
                self._counter().add(predicted, true)
        errors = ErrorSums()
        if Input.ERRORS in self.inputs:
            errors = ErrorSums.of_block(predicted, true)
        return _Part(errors, 0)

    def table(self) -> PairTable:
        """Return the pairs of all pieces. Raises: ValuesUnfit when there are too many."""
        return merge(self._counters)

    def _counter(self) -> PairCounter:
        if not hasattr(self._local, "counter"):
            self._local.counter = PairCounter(_elements(self.case))
            self._counters.append(self._local.counter)
        counter: PairCounter = self._local.counter
        return counter


def _pieces(case: Comparison, inputs: Collection[Input]) -> Iterable[Region]:
    """Return the pieces of a pass: counts add up in any order, sums of floats only in one."""
    if Input.ERRORS in inputs:
        return regions(case.truth.shape)
    return tiles((case.predicted, case.truth))


def _scored(predicted: Block, true: Block, valid: Block | None) -> tuple[Block, Block]:
    return (predicted, true) if valid is None else (predicted[valid], true[valid])


def _not_finite(block: Block) -> int:
    return int(np.count_nonzero(~np.isfinite(block))) if block.dtype.kind == "f" else 0


def _elements(case: Comparison) -> int:
    return max(math.prod(case.truth.shape), case.work.elements)
