"""Counting pairs of labels, element by element, in runs of equal pairs.

Both arrays come as words of 64 bits, several labels to a word (eight of uint8, one of uint64, in
the machine's little-endian order): a word that repeats the current pair throughout is counted at
once. Arrays of words are read-only ones, so that one compiled version serves them all.
"""

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Values

_TRUTH, _PREDICTION, _COUNT = 0, 1, 2  # columns of a slot; one without a count is free


@kernel
def count_dense(prediction: Values, truth: Values, bits: int, cells: Values) -> int:
    """Add to `cells[truth, prediction]`; return how many labels were counted.

    These are all of them, unless a label has no place in `cells`, which has two rows and two
    columns at least. Labels take `bits` bits each.
    """
    heights, widths = np.uint64(cells.shape[0]), np.uint64(cells.shape[1])
    lanes, mask, ones = 64 // bits, ~np.uint64(0) >> np.uint64(64 - bits), _ones(bits)
    # A pair that differs from the first one, so that the first word starts a run.
    true, predicted = (truth[0] & mask) ^ np.uint64(1), np.uint64(0)
    all_true, all_predicted = true * ones, predicted * ones
    run = 0
    top = np.uint64(64 - bits)  # the sum of all lanes arrives in the topmost one
    for word in range(truth.size):
        trues, predictions = truth[word], prediction[word]
        if trues == all_true and predictions == all_predicted:
            run += lanes
            continue
        if not (trues | predictions) & ~ones:  # masks, of 0 and 1: no need to look at each
            both = (((trues & predictions) * ones) >> top) if bits < 64 else trues & predictions
            trues = ((trues * ones) >> top) if bits < 64 else trues
            predictions = ((predictions * ones) >> top) if bits < 64 else predictions
            cells[1, 1] += both
            cells[1, 0] += trues - both
            cells[0, 1] += predictions - both
            cells[0, 0] += np.uint64(lanes) - trues - predictions + both
            continue
        for lane in range(lanes):
            this_true, this_predicted = trues & mask, predictions & mask
            if this_true != true or this_predicted != predicted:
                if run:
                    cells[true, predicted] += run
                run = 0
                true, predicted = this_true, this_predicted
                if true >= heights or predicted >= widths:
                    return word * lanes + lane
            run += 1
            trues >>= np.uint64(bits % 64)
            predictions >>= np.uint64(bits % 64)
        all_true, all_predicted = true * ones, predicted * ones
    cells[true, predicted] += run
    return truth.size * lanes


@kernel
def count_hashed(prediction: Values, truth: Values, bits: int, slots: Values, key: Values) -> int:
    """Add to the slot of each pair; return how many labels were counted.

    These are all of them, unless half of the slots are taken: `key` holds the number of the taken
    ones, and the seed of the hash. Labels take `bits` bits each.
    """
    lanes, mask, ones = 64 // bits, ~np.uint64(0) >> np.uint64(64 - bits), _ones(bits)
    true, predicted = (truth[0] & mask) ^ np.uint64(1), np.uint64(0)
    all_true, all_predicted = true * ones, predicted * ones
    run, slot, room = np.uint64(0), np.uint64(0), np.uint64(slots.shape[0] // 2)
    for word in range(truth.size):
        trues, predictions = truth[word], prediction[word]
        if trues == all_true and predictions == all_predicted:
            run += np.uint64(lanes)
            continue
        for lane in range(lanes):
            this_true, this_predicted = trues & mask, predictions & mask
            if this_true != true or this_predicted != predicted:
                slots[slot, _COUNT] += run
                run = np.uint64(0)
                true, predicted = this_true, this_predicted
                slot = _slot(true, predicted, slots, key[1])
                if slots[slot, _COUNT] == 0:
                    if key[0] == room:
                        return word * lanes + lane
                    key[0] += np.uint64(1)
                    slots[slot, _TRUTH], slots[slot, _PREDICTION] = true, predicted
            run += np.uint64(1)
            trues >>= np.uint64(bits % 64)
            predictions >>= np.uint64(bits % 64)
        all_true, all_predicted = true * ones, predicted * ones
    slots[slot, _COUNT] += run
    return truth.size * lanes


@kernel
def move(rows: Values, slots: Values, key: Values) -> None:
    """Put distinct pairs with their counts into slots that are free but for others like them.

    Rows without a count are passed over. At most half of the slots may be taken.
    """
    for row in range(rows.shape[0]):
        if rows[row, _COUNT]:
            slot = _slot(rows[row, _TRUTH], rows[row, _PREDICTION], slots, key[1])
            slots[slot, :] = rows[row, :]
            key[0] += np.uint64(1)


@kernel
def _ones(bits: int) -> np.uint64:
    """Return the word that repeats the label 1."""
    ones = np.uint64(0)
    for lane in range(64 // bits):
        ones |= np.uint64(1) << np.uint64(lane * bits)
    return ones


@kernel
def _slot(true: np.uint64, predicted: np.uint64, slots: Values, seed: np.uint64) -> np.uint64:
    """Return the slot of a pair, or the free one that it should take."""
    last = np.uint64(slots.shape[0] - 1)
    slot = _mixed(_mixed(true ^ seed) ^ predicted) & last
    while slots[slot, _COUNT] and (
        slots[slot, _TRUTH] != true or slots[slot, _PREDICTION] != predicted
    ):
        slot = (slot + np.uint64(1)) & last
    return slot


@kernel
def _mixed(value: np.uint64) -> np.uint64:
    """Return `value` with each bit spread over all.

    Source: Steele, Lea and Flood 2014, OOPSLA, 453 (SplitMix), finaliser of David Stafford.
    """
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def warm() -> None:
    """Compile everything for the types in use."""
    words = np.zeros(1, np.uint64)
    words.flags.writeable = False
    slots, key = np.zeros((4, 3), np.uint64), np.zeros(2, np.uint64)
    count_dense(words, words, 8, np.zeros((2, 2), np.int64))
    count_hashed(words, words, 8, slots, key)
    move(slots, np.zeros((4, 3), np.uint64), key)
