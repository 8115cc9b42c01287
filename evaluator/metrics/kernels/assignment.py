"""Assignment of rows to columns of a sparse table, one row after the other, in whole numbers.

Each row is assigned by the cheapest way there is: to a free column, or to one whose row moves on
to another column, and so forth, until one takes a free column or goes without. Prices of rows and
columns keep all costs from being negative on that way, so that it is found as a shortest path.

Source: Jonker and Volgenant 1987, Computing 38:325 (successive shortest paths).
"""

from typing import NamedTuple

import numpy as np

from evaluator.metrics.kernels.compiler import kernel
from evaluator.metrics.pairs import Labels

_NONE = -1
_FAR = 2**62


class Graph(NamedTuple):
    """Row r may take the columns `columns[i]` at `costs[i]`, i from `starts[r]` to `starts[r+1]`.

    These are the links; `rows[i]` is r. Going without costs `alone`, and no link costs more.
    """

    starts: Labels
    rows: Labels
    columns: Labels
    costs: Labels
    alone: int


class Assigned(NamedTuple):
    """The link of each row and the row of each column, if any, and the prices of both."""

    link_of_row: Labels
    row_of_column: Labels
    row_prices: Labels
    column_prices: Labels


class Search(NamedTuple):
    """What is known of ways from the row that is being assigned, whose number marks what is known.

    `distances` and `links` (the last one of the way) of columns, valid where `reached`; final
    where `settled`. `rows` were visited, at `row_distances`. `keys` and `waiting` are the heap of
    distances and columns.
    """

    distances: Labels
    links: Labels
    reached: Labels
    settled: Labels
    rows: Labels
    row_distances: Labels
    keys: Labels
    waiting: Labels


@kernel
def greatest_two(nodes: Labels, weights: Labels, count: int) -> tuple[Labels, Labels]:
    """Return the greatest and the second greatest weight at each of `count` nodes, 0 for none."""
    first, second = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for index in range(nodes.size):
        node, weight = nodes[index], weights[index]
        if weight > first[node]:
            first[node], second[node] = weight, first[node]
        elif weight > second[node]:
            second[node] = weight
    return first, second


@kernel
def solve(graph: Graph, width: int) -> Labels:
    """Return the link that each row takes, -1 for none, so that costs add up to the least.

    There are `width` columns.
    """
    height, links = graph.starts.size - 1, graph.columns.size
    assigned = Assigned(
        np.full(height, _NONE),
        np.full(width, _NONE),
        np.zeros(height, np.int64),
        np.zeros(width, np.int64),
    )
    search = Search(
        np.zeros(width, np.int64),
        np.zeros(width, np.int64),
        np.full(width, _NONE),
        np.full(width, _NONE),
        np.zeros(height, np.int64),
        np.zeros(height, np.int64),
        np.zeros(links + 1, np.int64),
        np.zeros(links + 1, np.int64),
    )
    for row in range(height):
        column, loser, visited, distance = _cheapest(row, graph, assigned, search)
        _reprice(visited, distance, graph, assigned, search)
        if column == _NONE and loser != row:
            column = graph.columns[assigned.link_of_row[loser]]
            assigned.link_of_row[loser] = _NONE
        while column != _NONE:
            link = search.links[column]
            mover = graph.rows[link]
            before = assigned.link_of_row[mover]
            assigned.link_of_row[mover], assigned.row_of_column[column] = link, mover
            column = _NONE if mover == row else graph.columns[before]
    return assigned.link_of_row


@kernel
def _cheapest(
    start: int, graph: Graph, assigned: Assigned, search: Search
) -> tuple[int, int, int, int]:
    """Search from `start`; return the free column or the row that goes without, and the distance.

    The third number is that of the rows visited; there is no column where a row goes without.
    """
    # Taken out of their tuples once: each time costs as much as a step of the search.
    starts, columns, costs = graph.starts, graph.columns, graph.costs
    distances, reached, settled = search.distances, search.reached, search.settled
    row_of_column, prices = assigned.row_of_column, assigned.column_prices
    keys, waiting, links = search.keys, search.waiting, search.links
    size, visited, row, distance = 0, 0, start, 0
    least, loser = _FAR, start
    while True:
        search.rows[visited], search.row_distances[visited] = row, distance
        visited += 1
        base = distance - assigned.row_prices[row]
        if base + graph.alone < least:
            least, loser = base + graph.alone, row
        for link in range(starts[row], starts[row + 1]):
            column = columns[link]
            length = base + costs[link] - prices[column]
            is_known = reached[column] == start and distances[column] <= length
            if is_known or length >= least:
                continue
            reached[column], distances[column], links[column] = start, length, link
            if length == distance and row_of_column[column] == _NONE:
                return column, _NONE, visited, distance  # none can be nearer
            _push(keys, waiting, size, length, column)
            size += 1
        column = _NONE
        while size > 0 and column == _NONE and keys[0] < least:
            distance, column = keys[0], waiting[0]
            size -= 1
            _pop(keys, waiting, size)
            column = _NONE if settled[column] == start else column
        if column == _NONE:
            return _NONE, loser, visited, least
        if row_of_column[column] == _NONE:
            return column, _NONE, visited, distance
        settled[column] = start
        row = row_of_column[column]


@kernel
def _reprice(visited: int, distance: int, graph: Graph, assigned: Assigned, search: Search) -> None:
    """Set prices so that no link costs less than nothing, and those of the way cost nothing."""
    for index in range(visited):
        row = search.rows[index]
        gain = distance - search.row_distances[index]
        assigned.row_prices[row] += gain
        if index > 0:
            assigned.column_prices[graph.columns[assigned.link_of_row[row]]] -= gain


@kernel
def _push(keys: Labels, waiting: Labels, size: int, key: int, column: int) -> None:
    """Put a column into a heap of `size` columns."""
    place = size
    while place > 0:
        above = (place - 1) // 2
        if keys[above] <= key:
            break
        keys[place], waiting[place] = keys[above], waiting[above]
        place = above
    keys[place], waiting[place] = key, column


@kernel
def _pop(keys: Labels, waiting: Labels, size: int) -> None:
    """Take the first column out of a heap, which leaves `size` columns."""
    key, column = keys[size], waiting[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[place], waiting[place] = keys[below], waiting[below]
        place = below
    keys[place], waiting[place] = key, column


def warm() -> None:
    """Compile everything for the types in use."""
    one = np.zeros(1, np.int64)
    greatest_two(one, one, 1)
    solve(Graph(np.array([0, 1]), one, one, one, 1), 1)
