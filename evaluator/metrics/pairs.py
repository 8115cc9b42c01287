"""How often each label of the prediction meets each label of the truth: one exact table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import numpy as np

from evaluator.metrics.errors import ValuesUnfit

# numpy.typing would take 6 ms to load, in every sandbox. Any: of any shape, of any dtype.
Labels = np.ndarray[Any, np.dtype[np.int64]]
Values = np.ndarray[Any, np.dtype[Any]]

T = TypeVar("T")

# Stands for the prediction where there is none; no array holds it.
NOTHING = int(np.iinfo(np.int64).min)

MAX_PAIRS = 2_000_000  # 48 MB as a table; an honest volume of 4096^3 has fewer
_DENSE_CELLS = 1024**2  # 8 MiB of counters


def as_labels(block: Values) -> Labels:
    """Return the elements of `block` as labels.

    Raises: ValuesUnfit for numbers that are not whole, or do not fit into 63 bits.
    """
    if block.dtype.kind == "f":
        _check_whole(block)
    _check_range(block)
    return block.astype(np.int64, copy=False)


def plain_labels(block: Values) -> Values:
    """Return the labels of `block` in one row, in its own width where none is negative.

    Their type has no sign; negative ones stand as their complement in 64 bits.
    Raises: ValuesUnfit for numbers that are not whole, or do not fit into 63 bits.
    """
    block = block.astype(block.dtype.newbyteorder("="), copy=False).ravel()
    is_negative = block.dtype.kind == "i" and block.size > 0 and int(block.min()) < 0
    if block.dtype.kind == "f" or is_negative:
        return as_labels(block).view(np.uint64)
    _check_range(block)
    return block.view(f"u{block.itemsize}")


def _check_whole(block: Values) -> None:
    wide = block.astype(np.float64, copy=False)
    odd = (np.trunc(wide) != wide) | (np.abs(wide) >= 2.0**63)
    if odd.any():
        value = float(wide[odd][0])
        raise ValuesUnfit(f"holds {value:.6g}, which is no label: labels are whole numbers.")


def _check_range(block: Values) -> None:
    if block.dtype.itemsize < 8 or block.dtype.kind == "f" or block.size == 0:
        return
    low, high = _range(block)
    if low == NOTHING or high > np.iinfo(np.int64).max:
        raise ValuesUnfit("holds a label that takes 64 bits; number the labels from 1 on.")


@dataclass(frozen=True, eq=False)
class PairTable:
    """Parallel arrays, sorted by truth, then prediction: `counts[i]` elements have the pair i."""

    truth: Labels
    prediction: Labels
    counts: Labels
    _shared: dict[str, Any] = field(default_factory=dict, repr=False)  # Any: as metrics share

    def once(self, key: str, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once per table: what several metrics start from."""
        if key not in self._shared:
            self._shared[key] = make()
        made: T = self._shared[key]
        return made

    @classmethod
    def empty(cls) -> Self:
        """Return the table of no element."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none)

    @classmethod
    def of_block(cls, prediction: Labels, truth: Labels) -> Self:
        """Count the pairs of two blocks of equal shape."""
        prediction, truth = prediction.ravel(), truth.ravel()
        if truth.size == 0:
            return cls.empty()
        low, high = _range(prediction), _range(truth)
        width = low[1] - low[0] + 1
        if width * (high[1] - high[0] + 1) <= _DENSE_CELLS:
            keys = (truth - high[0]) * width + (prediction - low[0])
            cells = np.bincount(keys).astype(np.int64)
            used = np.flatnonzero(cells)
            return cls(used // width + high[0], used % width + low[0], cells[used])
        return cls._merged(*_runs(prediction, truth))

    @classmethod
    def missed(cls, truth: Labels) -> Self:
        """Count a block of truth for which there is no prediction at all."""
        return cls.of_block(np.full(truth.size, NOTHING), truth)

    @classmethod
    def sum_of(cls, tables: Sequence["PairTable"]) -> Self:
        """Return the counts of all tables together."""
        filled = [table for table in tables if table.counts.size]
        if not filled:
            return cls.empty()
        return cls._merged(
            np.concatenate([table.prediction for table in filled]),
            np.concatenate([table.truth for table in filled]),
            np.concatenate([table.counts for table in filled]),
        )

    @classmethod
    def _merged(cls, prediction: Labels, truth: Labels, counts: Labels) -> Self:
        order = np.lexsort((prediction, truth))
        prediction, truth, counts = prediction[order], truth[order], counts[order]
        starts = _starts(prediction, truth)
        return cls(truth[starts], prediction[starts], np.add.reduceat(counts, starts))


def fits_plain_table(prediction: Values, truth: Values) -> bool:
    """True when numpy can count the pairs of two blocks, not empty, without sorting them."""
    cells = 1
    for low, high in (_range(prediction), _range(truth)):
        cells *= high - low + 1
    return cells <= _DENSE_CELLS


def check_pairs(count: int) -> None:
    """Do nothing for up to MAX_PAIRS pairs. Raises: ValuesUnfit."""
    if count > MAX_PAIRS:
        raise ValuesUnfit(
            f"meets the truth in over {MAX_PAIRS} pairs of labels; give each object one label."
        )


def _range(labels: Values) -> tuple[int, int]:
    return int(labels.min()), int(labels.max())


def _starts(prediction: Labels, truth: Labels) -> Labels:
    """Return where runs of one pair begin."""
    changes = (prediction[1:] != prediction[:-1]) | (truth[1:] != truth[:-1])
    return np.concatenate([[0], np.flatnonzero(changes) + 1])


def _runs(prediction: Labels, truth: Labels) -> tuple[Labels, Labels, Labels]:
    """Return prediction, truth and length of each run: far fewer than there are elements."""
    starts = _starts(prediction, truth)
    lengths = np.diff(np.append(starts, truth.size))
    return prediction[starts], truth[starts], lengths
