"""One-to-one assignment of true and predicted objects with the greatest sum of weights."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from evaluator.metrics.pairs import Labels, Values

_PART_ROWS = 128  # small pieces are solved together in squares of about this many rows
_PART_CELLS = 4 * _PART_ROWS**2
_CELLS_PER_PAIR = 32  # a matrix emptier than that is solved as a sparse one
_EXACT = 2**53  # whole numbers up to here are exact as the solver's floats


def assign(truth_ids: Labels, pred_ids: Labels, weights: Labels) -> Labels:
    """Return the indices of the pairs that are assigned, ascending by truth id.

    The arguments are parallel: pair i joins a truth with a prediction at weight `weights[i]`, a
    whole number from 1 to 2^31; no pair comes twice. Each id is assigned at most once, and the
    sum of weights is the greatest there is (exactly, while the weights of a connected piece of
    pairs add up to less than 2^53).

    Of several assignments with that sum, which one comes out depends on the pairs and not on their
    order. In a piece of t truths and p predictions, ids ranked from 1 for the highest, it is one
    with the greatest sum of (rank of the truth) x (rank of the prediction): low ids before high
    ones, and in the same order on both sides. This holds while
    t p min(t, p) x (the sum of weights) is below 2^53, say for 100 x 100 objects with weights of
    a million; beyond, ties are broken in some fixed way.

    Source: Kuhn 1955, Naval Res. Logist. Q. 2:83 (the problem); Crouse 2016, IEEE Trans. Aerosp.
    Electron. Syst. 52:1679 (the solver).
    """
    order = np.lexsort((pred_ids, truth_ids))
    pairs = _Pairs(_ranks(truth_ids[order]), _ranks(pred_ids[order]), weights[order], order)
    taken, rest = _dominant(pairs)
    found = [taken, *(_solved(part) for part in _parts(rest))]
    indices = np.concatenate(found)
    result: Labels = indices[np.argsort(truth_ids[indices], kind="stable")]
    return result


@dataclass(frozen=True)
class _Pairs:
    """Pairs sorted by row, then column; `index` is where the caller knows them."""

    rows: Labels
    columns: Labels
    weights: Labels
    index: Labels

    def where(self, chosen: Values) -> "_Pairs":
        return _Pairs(
            self.rows[chosen], self.columns[chosen], self.weights[chosen], self.index[chosen]
        )


def _ranks(ids: Labels) -> Labels:
    ranks: Labels = np.unique(ids, return_inverse=True)[1].astype(np.int64)
    return ranks


def _dominant(pairs: _Pairs) -> tuple[Labels, _Pairs]:
    """Return pairs that every optimum has, by their index, and the pairs that are left to solve.

    A pair heavier than the heaviest rival at its truth and the heaviest one at its prediction
    together is in every optimum: it could take the place of at most one of each.
    """
    taken: list[Labels] = [np.zeros(0, np.int64)]
    while pairs.rows.size:
        rivals = _rivals(pairs.rows, pairs.weights) + _rivals(pairs.columns, pairs.weights)
        wins = pairs.weights > rivals
        taken.append(pairs.index[wins])
        before = pairs.rows.size
        gone = np.isin(pairs.rows, pairs.rows[wins]) | np.isin(pairs.columns, pairs.columns[wins])
        pairs = pairs.where(~gone)
        if pairs.rows.size > 0.9 * before:  # long chains would take a round for each link
            break
    return np.concatenate(taken), pairs


def _rivals(nodes: Labels, weights: Labels) -> Labels:
    """Return for each pair the greatest weight of the other pairs at its node, 0 without one."""
    order = np.lexsort((-weights, nodes))
    nodes, weights = nodes[order], weights[order]
    is_first = np.append(True, nodes[1:] != nodes[:-1])
    starts = np.flatnonzero(is_first)
    has_second = np.append(~is_first[1:], False)[starts]
    second = np.where(has_second, np.append(weights, 0)[starts + 1], 0)
    group = np.cumsum(is_first) - 1
    result = np.empty_like(weights)
    result[order] = np.where(is_first, second[group], weights[starts][group])
    return result


def _parts(pairs: _Pairs) -> Iterator[_Pairs]:
    """Yield the connected pieces, small ones several at a time, with ties broken."""
    if pairs.rows.size == 0:
        return
    rows, columns = _ranks(pairs.rows), _ranks(pairs.columns)
    tall, wide = _pieces(rows, columns)
    piece = tall.piece[rows]
    products = tall.rank_from_end[rows] * wide.rank_from_end[columns]
    # More than any sum of products, so that no such sum makes up for one unit of weight.
    room = tall.sizes * wide.sizes * np.minimum(tall.sizes, wide.sizes).astype(np.float64) + 1
    is_exact = (room * np.bincount(piece, pairs.weights) < _EXACT)[piece]
    weights = pairs.weights.copy()
    weights[is_exact] *= room[piece[is_exact]].astype(np.int64)
    weights[is_exact] += products[is_exact]
    part = ((np.cumsum(np.maximum(tall.sizes, wide.sizes)) - 1) // _PART_ROWS)[piece]
    order = np.argsort(part, kind="stable")
    pairs = _Pairs(rows, columns, weights, pairs.index).where(order)
    for chosen in np.split(np.arange(part.size), np.flatnonzero(np.diff(part[order])) + 1):
        yield pairs.where(chosen)


@dataclass(frozen=True)
class _Side:
    """The nodes of one side: the piece and the rank of each, and how many each piece has."""

    piece: Labels
    rank_from_end: Labels
    sizes: Labels

    @classmethod
    def of(cls, piece: Labels, count: int) -> "_Side":
        sizes = np.bincount(piece, minlength=count)
        order = np.argsort(piece, kind="stable")
        place = np.empty_like(piece)
        place[order] = np.arange(piece.size)
        return cls(piece, np.cumsum(sizes)[piece] - place, sizes)


def _pieces(rows: Labels, columns: Labels) -> tuple[_Side, _Side]:
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    graph = coo_array(
        (np.ones(rows.size, np.int8), (rows, columns + height)), shape=(height + width,) * 2
    )
    count, piece = connected_components(graph, directed=False)
    piece = piece.astype(np.int64)
    return _Side.of(piece[:height], count), _Side.of(piece[height:], count)


def _solved(pairs: _Pairs) -> Labels:
    """Return the indices of the pairs of an optimum, the weights being what they are."""
    rows, columns = _ranks(pairs.rows), _ranks(pairs.columns)
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    if height * width <= max(_PART_CELLS, _CELLS_PER_PAIR * rows.size):
        matrix = np.zeros((height, width))
        matrix[rows, columns] = pairs.weights
        chosen = linear_sum_assignment(matrix, maximize=True)
    else:
        chosen = _solved_sparsely(rows, columns, pairs.weights)
    is_chosen = np.isin(rows * width + columns, chosen[0] * width + chosen[1])
    return pairs.index[is_chosen]


def _solved_sparsely(rows: Labels, columns: Labels, weights: Labels) -> tuple[Labels, Labels]:
    """Return rows and columns of an optimum."""
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    if height > width:
        return _solved_sparsely(columns, rows, weights)[::-1]
    # Each row also has a column of its own, which stands for leaving it unassigned.
    own = np.arange(height)
    highest = float(weights.max()) + 1
    costs = np.concatenate([highest - weights, np.full(height, highest)])
    places = (np.concatenate([rows, own]), np.concatenate([columns, width + own]))
    graph = coo_array((costs, places), shape=(height, width + height)).tocsr()
    chosen_rows, chosen_columns = min_weight_full_bipartite_matching(graph)
    is_real = chosen_columns < width
    return chosen_rows[is_real], chosen_columns[is_real]
