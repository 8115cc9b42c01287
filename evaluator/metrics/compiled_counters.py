"""Counting pairs of labels in compiled loops, on the numbers as they are stored."""

import os

import numpy as np

from evaluator.metrics.kernels import pairs as kernels
from evaluator.metrics.pairs import Labels, PairTable, Values, check_pairs

_FIRST_CELLS = 256  # a side of the first table: all pairs of one byte
_SPARSE_CELLS = 256 * 1024  # 2 MiB of counters: as many as stay near the processor
_DENSE_CELLS = 8 * 1024**2  # 64 MiB, when many of them count
_CELLS_PER_PAIR = 16  # above, a hash table of the pairs takes less room
_FIRST_SLOTS = 4096


class CompiledCounter:
    """Adds up the pairs of blocks, for one thread.

    They are counted in a table of truth x prediction while that is small, or well filled; else,
    and from the first negative label on, in a hash table. All labels stand as 64 bits without
    sign, negative ones as their complement.
    """

    def __init__(self) -> None:
        self._cells: Labels | None = np.zeros((_FIRST_CELLS, _FIRST_CELLS), np.int64)
        self._most_cells = _SPARSE_CELLS
        self._slots = np.zeros((0, 3), np.uint64)
        # A seed of our own: nobody can choose labels whose slots are all the same.
        seed = int.from_bytes(os.urandom(8), "little")
        self._key = np.array([0, seed], np.uint64)

    def add(self, prediction: Values, truth: Values) -> None:
        """Count one more block, of what `plain_labels` returns.

        Raises: ValuesUnfit when there are too many pairs.
        """
        width = max(prediction.itemsize, truth.itemsize)
        prediction = prediction.astype(f"u{width}", copy=False)
        truth = truth.astype(f"u{width}", copy=False)
        done = 0
        while done < truth.size:
            done += self._count(prediction[done:], truth[done:])

    def table(self) -> PairTable:
        """Return the sum. Raises: ValuesUnfit when there are too many pairs."""
        if self._cells is not None:
            return _table(_rows(self._cells))
        table = _table(self._slots[self._slots[:, 2] > 0])
        order = np.lexsort((table.prediction, table.truth))
        return PairTable(table.truth[order], table.prediction[order], table.counts[order])

    def _count(self, prediction: Values, truth: Values) -> int:
        """Count the start of what is left; return how much of it."""
        lanes = 8 // truth.itemsize
        whole = truth.size - truth.size % lanes
        if whole:
            bits = 8 * truth.itemsize
            done = self._count_words(_words(prediction[:whole]), _words(truth[:whole]), bits)
        else:
            wide = prediction.astype(np.uint64), truth.astype(np.uint64)
            done = self._count_words(_words(wide[0]), _words(wide[1]), 64)
        if done < (whole or truth.size):
            self._make_room(int(prediction[done:].max()), int(truth[done:].max()))
        return done

    def _count_words(self, prediction: Values, truth: Values, bits: int) -> int:
        if self._cells is not None:
            return int(kernels.count_dense(prediction, truth, bits, self._cells))
        return int(kernels.count_hashed(prediction, truth, bits, self._slots, self._key))

    def _make_room(self, predicted: int, true: int) -> None:
        """Enlarge the table for labels up to these, or the hash table for more pairs."""
        if self._cells is None:
            self._enlarge_slots()
            return
        height, width = self._cells.shape
        # A half more than before, so that labels that grow block by block cost few copies.
        taller = max(height, true + 1, 3 * height // 2 if true >= height else 0)
        wider = max(width, predicted + 1, 3 * width // 2 if predicted >= width else 0)
        if taller * wider > self._most_cells:
            taller, wider = max(height, true + 1), max(width, predicted + 1)
        if taller * wider <= self._most_cells:
            larger = np.zeros((taller, wider), np.int64)
            larger[:height, :width] = self._cells
            self._cells = larger
            return
        rows, self._cells = _rows(self._cells), None
        slots = _FIRST_SLOTS
        while slots < 4 * len(rows):
            slots *= 4
        self._fill_slots(rows, slots)

    def _enlarge_slots(self) -> None:
        pairs = int(self._key[0])
        check_pairs(pairs)
        taken = self._slots[self._slots[:, 2] > 0]
        height, width = int(taken[:, 0].max()) + 1, int(taken[:, 1].max()) + 1
        if height * width > min(_DENSE_CELLS, _CELLS_PER_PAIR * pairs):
            self._fill_slots(taken, 4 * len(self._slots))
            return
        # Each way back and forth takes twice the pairs of the one before.
        self._most_cells = min(_DENSE_CELLS, max(_SPARSE_CELLS, 4 * height * width))
        self._cells = np.zeros((height, width), np.int64)
        self._cells[taken[:, 0], taken[:, 1]] = taken[:, 2]
        self._slots = np.zeros((0, 3), np.uint64)

    def _fill_slots(self, rows: Values, slots: int) -> None:
        self._slots = np.zeros((slots, 3), np.uint64)
        self._key[0] = 0
        kernels.move(rows, self._slots, self._key)


def _rows(cells: Labels) -> Values:
    """Return truth, prediction and count of each cell that counts, in their order."""
    flat = cells.ravel()
    used = np.flatnonzero(flat)
    truth, prediction = np.divmod(used, cells.shape[1])
    return np.stack([truth, prediction, flat[used]], axis=1).astype(np.uint64)


def _table(rows: Values) -> PairTable:
    check_pairs(len(rows))
    return PairTable(*np.ascontiguousarray(rows.T).view(np.int64))


def _words(labels: Values) -> Values:
    """Return labels as words; read-only, as all of them must be to be of one compiled type."""
    words = np.require(labels.view(np.uint64), requirements=["C", "A"]).view()
    words.flags.writeable = False
    return words
