"""One-to-one assignment of true and predicted objects with the greatest sum of weights."""

from dataclasses import dataclass

import numpy as np

from evaluator.metrics.kernels import assignment as kernels
from evaluator.metrics.pairs import Labels, Values

_ROOM = 2**60  # sums of weights stay below, with a margin to what 64 bits hold


def assign(truth_ids: Labels, pred_ids: Labels, weights: Labels) -> Labels:
    """Return the indices of the pairs that are assigned, ascending by truth id.

    The arguments are parallel: pair i joins a truth with a prediction at weight `weights[i]`, a
    whole number from 1 to 2^31; no pair comes twice. Each id is assigned at most once, and the
    sum of weights is the greatest there is.

    Of several assignments with that sum, which one comes out depends on the pairs and not on their
    order. In a piece of t truths and p predictions, ids ranked from 1 for the highest, it is one
    with the greatest sum of (rank of the truth) x (rank of the prediction): low ids before high
    ones, and in the same order on both sides. This holds while
    t p min(t, p) x (the sum of weights) is below 2^60, say for 800 x 800 objects with weights of
    a million; beyond, ties are broken in some fixed way. Pieces are what is left of the graph of
    pairs when those have been taken that every optimum has.

    Source: Kuhn 1955, Naval Res. Logist. Q. 2:83 (the problem).
    """
    order = np.lexsort((pred_ids, truth_ids))
    pairs = _Pairs(_numbered(truth_ids[order]), _numbered(pred_ids[order]), weights[order], order)
    taken, rest = _dominant(pairs)
    indices = np.concatenate([taken, _solved(rest)])
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


def _numbered(ids: Labels) -> Labels:
    """Return the rank of each id, from 0 on; equal ids share one."""
    ranks: Labels = np.unique(ids, return_inverse=True)[1].astype(np.int64)
    return ranks


def _closed_up(ranks: Labels) -> Labels:
    """Return ranks without gaps; `ranks` are as low as those of all pairs."""
    is_there = np.zeros(ranks.max() + 1, np.int64)
    is_there[ranks] = 1
    closed: Labels = np.cumsum(is_there)[ranks] - 1
    return closed


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
        gone = _shares(pairs.rows, wins) | _shares(pairs.columns, wins)
        pairs = pairs.where(~gone)
        if pairs.rows.size > 0.9 * before:  # long chains would take a round for each link
            break
    return np.concatenate(taken), pairs


def _shares(nodes: Labels, chosen: Values) -> Values:
    """Return which pairs have their node in common with one that is chosen."""
    is_taken = np.zeros(nodes.max() + 1, np.bool_)
    is_taken[nodes[chosen]] = True
    return is_taken[nodes]


def _rivals(nodes: Labels, weights: Labels) -> Labels:
    """Return for each pair the greatest weight of the other pairs at its node, 0 without one."""
    first, second = kernels.greatest_two(nodes, weights, int(nodes.max()) + 1)
    first, second = first[nodes], second[nodes]
    rivals: Labels = np.where(weights == first, second, first)
    return rivals


def _solved(pairs: _Pairs) -> Labels:
    """Return an optimum of what is left, by the index of its pairs."""
    if pairs.rows.size == 0:
        return pairs.index
    rows, columns = _closed_up(pairs.rows), _closed_up(pairs.columns)
    weights = _with_ties_broken(rows, columns, pairs.weights)
    highest = weights.max()
    starts = np.searchsorted(rows, np.arange(rows[-1] + 2))
    graph = kernels.Graph(starts, rows, columns, highest - weights, highest)
    links = kernels.solve(graph, columns.max() + 1)
    found: Labels = pairs.index[links[links >= 0]]
    return found


def _with_ties_broken(rows: Labels, columns: Labels, weights: Labels) -> Labels:
    """Return weights that rank sums as before, and equal sums by those of products of ranks."""
    tall, wide = _pieces(rows, columns)
    piece = tall.piece[rows]
    # More than any sum of products, so that no such sum makes up for one unit of weight.
    room = tall.sizes * wide.sizes * np.minimum(tall.sizes, wide.sizes).astype(np.float64) + 1
    is_exact = (room * np.bincount(piece, weights) < _ROOM)[piece]
    products = tall.rank_from_end[rows] * wide.rank_from_end[columns]
    broken = weights * np.where(is_exact, room[piece], 1).astype(np.int64) + products * is_exact
    result: Labels = broken
    return result


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
    # 0.15 s and 20 MiB, which cases without rivals save.
    from scipy.sparse import coo_array  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    graph = coo_array(
        (np.ones(rows.size, np.int8), (rows, columns + height)), shape=(height + width,) * 2
    )
    count, piece = connected_components(graph, directed=False)
    piece = piece.astype(np.int64)
    return _Side.of(piece[:height], count), _Side.of(piece[height:], count)
