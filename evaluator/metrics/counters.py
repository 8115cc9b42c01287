"""Counting the pairs of labels of a case, block by block."""

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np

from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.pairs import (
    NOTHING,
    PairTable,
    Values,
    as_labels,
    check_pairs,
    fits_plain_table,
    plain_labels,
)

# With fewer elements numpy has counted them before the compiler has been loaded, unless labels
# change from nearly every element to the next and are too many for a plain table.
WORTH_COMPILING = 48 * 1024**2
_RAGGED_BLOCK = 256 * 1024  # elements; in smaller ones nothing takes long
_RAGGED_RUN = 4  # elements
_WAITING_PAIRS = 250_000


class PairCounter:
    """Adds up the pairs of blocks, for one thread; with many elements, in compiled code."""

    def __init__(self, elements: int) -> None:
        """Count a part of what a run counts: `elements` elements in all its cases together."""
        self._sum = TableSum()
        self._compiled: _Compiled | None = None
        if elements >= WORTH_COMPILING:
            self._compile()

    def add(self, prediction: Values, truth: Values) -> None:
        """Count the pairs of two blocks of equal shape.

        Raises: TruthUnfit, ValuesUnfit for values that are no labels; ValuesUnfit when there are
        more than MAX_PAIRS pairs.
        """
        if self._compiled is None and _is_ragged(prediction, truth):
            self._compile()
        if self._compiled is None:
            true = _true_labels(truth, as_labels)
            self._sum.add(PairTable.of_block(as_labels(prediction), true))
        else:
            true = _true_labels(truth, plain_labels)
            self._compiled.add(plain_labels(prediction), true)

    def add_missed(self, truth: Values) -> None:
        """Count a block of truth for which there is no prediction at all. Raises: as `add`."""
        if self._compiled is None:
            self._sum.add(PairTable.missed(_true_labels(truth, as_labels)))
        else:
            nothing = np.full(truth.size, NOTHING).view(np.uint64)
            self._compiled.add(nothing, _true_labels(truth, plain_labels))

    def table(self) -> PairTable:
        """Return the sum. Raises: ValuesUnfit when there are more than MAX_PAIRS pairs."""
        if self._compiled is not None:
            self._sum.add(self._compiled.table())
            self._compiled = None
        return self._sum.table()

    def _compile(self) -> None:
        from evaluator.metrics import compiled_counters  # noqa: PLC0415  # takes 0.4 s

        self._compiled = compiled_counters.CompiledCounter()


class _Compiled(Protocol):
    """A counter whose loops are compiled."""

    def add(self, prediction: Values, truth: Values) -> None:
        """Count one more block."""

    def table(self) -> PairTable:
        """Return the sum."""


def _is_ragged(prediction: Values, truth: Values) -> bool:
    """True for a block that numpy would have to sort, and that has hardly any runs of a pair."""
    if truth.size < _RAGGED_BLOCK:
        return False
    sample = slice(truth.size // 2, truth.size // 2 + _RAGGED_BLOCK // 2)
    some = prediction.reshape(-1)[sample], truth.reshape(-1)[sample]
    changes = (some[0][1:] != some[0][:-1]) | (some[1][1:] != some[1][:-1])
    is_ragged = np.count_nonzero(changes) * _RAGGED_RUN > changes.size
    return is_ragged and not fits_plain_table(*some)


def merge(counters: Iterable[PairCounter]) -> PairTable:
    """Return the sum of the counters of several threads, which have come to their end.

    Raises: ValuesUnfit when there are more than MAX_PAIRS pairs.
    """
    total = TableSum()
    for counter in counters:
        total.add(counter.table())
    return total.table()


class TableSum:
    """Adds up the tables of blocks; sorts seldom, because each sorting goes over all pairs."""

    def __init__(self) -> None:
        self._tables: list[PairTable] = []
        self._waiting = 0

    def add(self, table: PairTable) -> None:
        """Count one more block. Raises: ValuesUnfit when there are more than MAX_PAIRS pairs."""
        self._tables.append(table)
        self._waiting += table.counts.size
        if self._waiting > max(_WAITING_PAIRS, self._tables[0].counts.size):
            self.table()

    def table(self) -> PairTable:
        """Return the sum. Raises: ValuesUnfit when there are more than MAX_PAIRS pairs."""
        total = PairTable.sum_of(self._tables)
        self._tables, self._waiting = [total], 0
        check_pairs(total.counts.size)
        return total


def _true_labels(block: Values, labels: Callable[[Values], Values]) -> Values:
    try:
        return labels(block)
    except ValuesUnfit as error:
        raise TruthUnfit(str(error)) from error
