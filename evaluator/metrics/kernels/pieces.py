"""Loops that cut volumes into pieces.

A *piece* is a stretch along x where neither of two label arrays changes, and one is not 0. Volumes
of objects have far fewer pieces than elements, so all that follows looks at pieces alone.
"""

from typing import Any, NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel

Numbers = np.ndarray[Any, np.dtype[Any]]

LONGEST_AXIS = 2**16 - 1  # positions are kept in 16 bits


class Cuts(NamedTuple):
    """The pieces of one tile: parallel arrays, and how many pieces each of its rows has."""

    counts: Numbers  # int32, one number per row
    begin: Numbers  # uint16, x of the first element
    end: Numbers  # uint16, x behind the last element
    true: Numbers  # uint64 as cut, int32 once numbered
    predicted: Numbers


class Pieces(NamedTuple):
    """All pieces of a case in the order of the elements; row r has `starts[r]:starts[r + 1]`."""

    starts: Numbers  # int64, one number per row and one more
    begin: Numbers  # uint16
    end: Numbers  # uint16
    true: Numbers  # int32, 0 where there is no object
    predicted: Numbers  # int32, 0 where there is no object


@kernel
def cut(true: Numbers, predicted: Numbers, offset: int, state: Numbers, cuts: Cuts) -> None:
    """Cut rows of two label arrays (row, x) of one type into pieces, as far as there is room.

    `offset` is the x of the first column. `state` holds the row to start from and the pieces so
    far; both are brought up to date.
    """
    rows, length = true.shape
    row, used = state[0], state[1]
    words = np.zeros(length // 8 + 1, np.uint64)  # eight elements are looked at at once
    is_last = words.view(np.uint8)
    is_last[length - 1] = 1
    ends = np.empty(8 * words.size + 1, np.int64)
    while row < rows and used + length < cuts.begin.size:
        label, guess = true[row], predicted[row]
        next_label, next_guess = label[1:], guess[1:]
        for x in range(length - 1):
            is_last[x] = (next_label[x] != label[x]) | (next_guess[x] != guess[x])
        count = 0
        for word in range(words.size):
            if words[word] != 0:
                for x in range(8 * word, 8 * word + 8):
                    ends[count] = x + 1
                    count += is_last[x]
        first, start = used, 0
        for index in range(count):  # without a branch: background is written over
            cuts.begin[used], cuts.end[used] = offset + start, offset + ends[index]
            cuts.true[used], cuts.predicted[used] = label[start], guess[start]
            used += (label[start] | guess[start]) != 0
            start = ends[index]
        cuts.counts[row] = used - first
        row += 1
    state[0], state[1] = row, used


@kernel
def _slot_of(label: Any, keys: Numbers) -> Any:
    """Return where `label` stands in the table, or the empty place where it belongs."""
    mixed = label ^ (label >> np.uint64(33))
    mixed *= np.uint64(0xFF51AFD7ED558CCD)
    mixed ^= mixed >> np.uint64(33)
    mask = keys.size - 1
    slot = np.int64(mixed & np.uint64(mask))
    while keys[slot] != 0 and keys[slot] != label:
        slot = (slot + 1) & mask
    return slot


@kernel
def number(labels: Numbers, numbers: Numbers) -> Numbers:
    """Write the number of each label (uint64) into `numbers`; return the labels by number.

    Numbers count from 1 in the order of appearance; label 0 has number 0. The result starts with
    label 0.
    """
    keys, places = np.zeros(256, np.uint64), np.zeros(256, np.int32)
    known = np.zeros(128, np.uint64)
    count = 0
    last, its_number = np.uint64(0), 0
    for index in range(labels.size):
        label = labels[index]
        if label == 0:
            numbers[index] = 0
            continue
        if label != last:
            slot = _slot_of(label, keys)
            if keys[slot] == 0:
                count += 1
                if count == known.size:
                    known = np.append(known, np.zeros(count, np.uint64))
                    keys, places = np.zeros(4 * count, np.uint64), np.zeros(4 * count, np.int32)
                    for older in range(1, count):
                        place = _slot_of(known[older], keys)
                        keys[place], places[place] = known[older], older
                    slot = _slot_of(label, keys)
                keys[slot], places[slot], known[count] = label, count, label
            last, its_number = label, places[slot]
        numbers[index] = its_number
    return known[: count + 1]


@kernel
def place(cuts: Cuts, at: Numbers, true_of: Numbers, predicted_of: Numbers, pieces: Pieces) -> None:
    """Copy the pieces of a tile to where its rows begin (`at`), with labels from two tables."""
    read = 0
    for row in range(at.size):
        for write in range(at[row], at[row] + cuts.counts[row]):
            pieces.begin[write], pieces.end[write] = cuts.begin[read], cuts.end[read]
            pieces.true[write] = true_of[cuts.true[read]]
            pieces.predicted[write] = predicted_of[cuts.predicted[read]]
            read += 1


def warm() -> None:
    """Compile for all types that are used."""
    shape = (1, 2)
    cuts = _no_cuts(np.uint64)
    for dtype in (np.uint8, np.uint16, np.uint32, np.uint64):
        rows = np.ones(shape, dtype)
        rows.flags.writeable = False
        cut(rows, rows, 0, np.zeros(2, np.int64), cuts)
    labels, numbers = np.ones(1, np.uint64), np.ones(1, np.int32)
    number(labels, numbers)
    starts = np.array([0, 1])
    pieces = Pieces(starts, cuts.begin, cuts.end, numbers, numbers.copy())
    place(_no_cuts(np.int32), starts[:1], numbers, numbers, pieces)


def _no_cuts(dtype: type[np.generic]) -> Cuts:
    return Cuts(
        np.zeros(1, np.int32),
        np.zeros(2, np.uint16),
        np.zeros(2, np.uint16),
        np.zeros(2, dtype),
        np.zeros(2, dtype),
    )
