"""The items of each query in falling order of a value, tied ones together."""

from dataclasses import dataclass

import numpy as np

from evaluator.metrics.comparison import Comparison, check_finite, read_whole
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.pairs import Labels, Values, as_labels


@dataclass(frozen=True)
class Items:
    """Parallel rows: the query of each item, numbered from 0 on, its relevance and its score."""

    query: Labels
    relevance: Values
    score: Values | None  # None for a case without prediction

    @classmethod
    def of(cls, comparison: Comparison) -> "Items":
        """Return the items of a case that are scored.

        A query is one row along the last axis of the truth, or, with the auxiliary array `groups`,
        all items that have one number there.
        Raises: TruthUnfit for relevance below 0 or groups of another shape; ValuesUnfit,
        ArrayInvalid.
        """
        true = read_whole(comparison.truth, comparison.work)
        valid = comparison.valid(true, tuple(slice(0, length) for length in true.shape))
        chosen = slice(None) if valid is None else valid.reshape(-1)
        relevance = true.reshape(-1)[chosen]
        if relevance.size and relevance.min() < 0:
            raise TruthUnfit("holds a relevance below 0")
        query = _groups(comparison).reshape(-1)[chosen]
        score = None
        if comparison.prediction is not None:
            score = read_whole(comparison.prediction, comparison.work).reshape(-1)[chosen]
            check_finite(score, None)
        return cls(np.unique(query, return_inverse=True)[1].reshape(-1), relevance, score)


@dataclass(frozen=True)
class Runs:
    """Items by query, and by falling value within it; a run is what one query has of one value."""

    order: Labels  # of the items
    starts: Labels  # of the runs, among the items in order
    sizes: Labels
    first_runs: Labels  # of the queries, among the runs
    before: Labels  # items of the query before each run

    @classmethod
    def of(cls, query: Labels, value: Values) -> "Runs":
        """Return the runs of items."""
        order = np.argsort(value)
        narrow = np.min_scalar_type(query.max(initial=0))  # 16 bits and less sort in one pass
        order = order[np.argsort(query[order].astype(narrow), kind="stable")][::-1]
        query, value = query[order], value[order]
        is_new = np.ones(query.size, np.bool_)
        is_new[1:] = query[1:] != query[:-1]
        first_items = np.flatnonzero(is_new)
        is_new[1:] |= value[1:] != value[:-1]
        starts = np.flatnonzero(is_new)
        first_runs = np.searchsorted(starts, first_items)
        sizes = np.diff(starts, append=query.size)
        of_query = np.repeat(first_items, np.diff(first_runs, append=starts.size))
        return cls(order, starts, sizes, first_runs, starts - of_query)

    def sums(self, values: Values) -> Values:
        """Return `values` of items added up over each run."""
        return np.add.reduceat(values[self.order], self.starts, dtype=np.float64)

    def by_query(self, values: Values) -> Values:
        """Return `values` of runs added up over each query."""
        sums: Values = np.add.reduceat(values, self.first_runs)
        return sums

    def so_far(self, values: Values) -> Values:
        """Return `values` of runs added up over the runs of the query down to each of them."""
        sums: Values = np.cumsum(values)
        earlier = sums[self.first_runs] - values[self.first_runs]
        sums -= np.repeat(earlier, np.diff(self.first_runs, append=self.starts.size))
        return sums

    def places(self) -> Labels:
        """Return the place of each item in order within its query, from 0 on."""
        return np.arange(self.order.size) - np.repeat(self.starts - self.before, self.sizes)


def _groups(comparison: Comparison) -> Labels:
    """Return a number for each element of the truth, one for each query."""
    shape = comparison.truth.shape
    if "groups" not in comparison.auxiliary:
        rows = np.arange(int(np.prod(shape[:-1], dtype=np.int64)))
        return np.repeat(rows, shape[-1])
    groups = comparison.auxiliary["groups"]
    if groups.shape != shape:
        raise TruthUnfit("has another shape than its groups")
    try:
        return as_labels(read_whole(groups, comparison.work))
    except ValuesUnfit as error:
        raise TruthUnfit("has groups that are no whole numbers") from error
