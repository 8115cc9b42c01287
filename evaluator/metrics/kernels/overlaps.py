"""Loops over pieces: the elements that pairs of objects share, and the pieces of each object."""

from typing import Any, NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.kernels.pieces import Numbers, Pieces


class Objects(NamedTuple):
    """Which pairs of objects are compared: for each number the pair it belongs to, 0 for none."""

    of_true: Numbers  # int32
    of_predicted: Numbers  # int32


class Members(NamedTuple):
    """The pieces of one side of each pair, pair by pair and in the order of the elements.

    Pair k has those from `starts[k - 1]` to `starts[k]`.
    """

    starts: Numbers  # int64
    z: Numbers  # uint16
    y: Numbers  # uint16
    begin: Numbers  # uint16
    end: Numbers  # uint16
    is_shared: Numbers  # bool: lies in the other side of the pair, too


@kernel
def _grown(table: Numbers) -> Numbers:
    """Return a table with twice the places, the same rows in places of their own."""
    larger = np.zeros((2 * table.shape[0], table.shape[1]), np.int64)
    for row in range(table.shape[0]):
        if table[row, 1] > 0:
            place = _place_of(table[row, 0], larger)
            for column in range(table.shape[1]):
                larger[place, column] = table[row, column]
    return larger


@kernel
def _place_of(key: Any, table: Numbers) -> Any:
    """Return the row of `key`, or the empty one where it belongs."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    mask = table.shape[0] - 1
    place = np.int64(mixed >> np.uint64(32)) & mask
    while table[place, 1] > 0 and table[place, 0] != key:
        place = (place + 1) & mask
    return place


@kernel
def count_pairs(pieces: Pieces, rows_per_plane: int, first_row: int, behind: int) -> Numbers:
    """Return a row for each pair of objects that meets in some rows of the volume (int64).

    Columns: true number x 2^32 + predicted number; elements; the sum of z + y + x over them; the
    first piece. In no order.
    """
    table = np.zeros((64, 4), np.int64)
    count = 0
    for row in range(first_row, behind):
        plane_sum = row // rows_per_plane + row % rows_per_plane
        for piece in range(pieces.starts[row], pieces.starts[row + 1]):
            key = np.int64(pieces.true[piece]) << 32 | np.int64(pieces.predicted[piece])
            place = _place_of(key, table)
            if table[place, 1] == 0:
                count += 1
                if 2 * count > table.shape[0]:
                    table = _grown(table)
                    place = _place_of(key, table)
                table[place, 0], table[place, 3] = key, piece
            begin, end = np.int64(pieces.begin[piece]), np.int64(pieces.end[piece])
            table[place, 1] += end - begin
            table[place, 2] += (end - begin) * plane_sum + (begin + end - 1) * (end - begin) // 2
    return table[table[:, 1] > 0]


@kernel
def count_members(pieces: Pieces, objects: Objects, band: Any, counts: Numbers) -> None:
    """Add to `counts` (2, objects + 1) the pieces that each object has in a band of pieces.

    `band` is (first, behind the last).
    """
    for piece in range(band[0], band[1]):
        counts[0, objects.of_true[pieces.true[piece]]] += 1
        counts[1, objects.of_predicted[pieces.predicted[piece]]] += 1


@kernel
def collect_members(
    pieces: Pieces, objects: Objects, band: Any, at: Numbers, true: Members, predicted: Members
) -> None:
    """Copy the pieces of a band of rows to their objects.

    `band` is (first row, behind the last, rows per plane). `at` (2, objects + 1) holds where the
    next piece of each object goes, and is brought up to date.
    """
    for row in range(band[0], band[1]):
        place = (row // band[2], row % band[2])
        for piece in range(pieces.starts[row], pieces.starts[row + 1]):
            one = objects.of_true[pieces.true[piece]]
            other = objects.of_predicted[pieces.predicted[piece]]
            if one > 0:
                _copy(pieces, piece, true, at[0, one], place)
                true.is_shared[at[0, one]] = one == other
                at[0, one] += 1
            if other > 0:
                _copy(pieces, piece, predicted, at[1, other], place)
                predicted.is_shared[at[1, other]] = one == other
                at[1, other] += 1


@kernel
def _copy(pieces: Pieces, piece: int, members: Members, at: int, place: Any) -> None:
    members.z[at], members.y[at] = place
    members.begin[at], members.end[at] = pieces.begin[piece], pieces.end[piece]


def warm() -> None:
    """Compile for all types that are used."""
    starts, numbers = np.array([0, 1]), np.ones(1, np.int32)
    place = np.ones(1, np.uint16)
    pieces = Pieces(starts, place, place, numbers, numbers)
    count_pairs(pieces, 1, 0, 1)
    table = np.array([0, 1], np.int32)
    objects, at = Objects(table, table), np.zeros((2, 2), np.int64)
    count_members(pieces, objects, (0, 1), at)
    members = Members(starts, place, place, place, place, np.zeros(1, np.bool_))
    collect_members(pieces, objects, (0, 1, 1), np.zeros((2, 2), np.int64), members, members)
