"""Metrics of rankings: how high the relevant items of each query stand. Ties are no luck."""

import math
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.averages import STAND_INS
from evaluator.metrics.comparison import Comparison
from evaluator.metrics.errors import ScoreUndefined, TruthUnfit
from evaluator.metrics.pairs import Values
from evaluator.metrics.queries import Items, Runs
from evaluator.metrics.tallies import Settings

_MAX_GRADE = 500.0  # two to its power, added up over as many items as there may be, is finite


@dataclass(frozen=True)
class Queries:
    """Values in [0, 1] added up over queries, and how many queries had none."""

    total: float
    valued: int
    empty: int  # without a relevant item
    absent: str  # what an empty query counts as

    def __add__(self, other: "Queries") -> "Queries":
        valued, empty = self.valued + other.valued, self.empty + other.empty
        return Queries(self.total + other.total, valued, empty, self.absent)

    def score(self) -> float:
        """Return the mean over queries, in [0, 1]; higher is better.

        Raises: ScoreUndefined without queries, and for an empty one when nothing is declared.
        """
        value = STAND_INS.get(self.absent)
        if self.empty and value is None and self.absent != "skip":
            raise ScoreUndefined(f"In {self.empty} queries nothing is relevant.")
        counted = self.valued if value is None else self.valued + self.empty
        if not counted:
            raise ScoreUndefined("There is no query where anything is relevant.")
        return (self.total + self.empty * (value or 0.0)) / counted


def ndcg(comparison: Comparison, settings: Settings) -> Queries:
    """Add up the discounted gain of each query, as a share of the largest one there can be.

    Items with one score share the discounts of their places.
    Raises: TruthUnfit for relevance below 0; ValuesUnfit, ArrayInvalid.
    Source: Järvelin and Kekäläinen 2002, ACM Trans. Inf. Syst. 20:422; exponential gains: Burges
    et al. 2005, ICML, 89; ties: McSherry and Najork 2008, ECIR, 414.
    """
    items = Items.of(comparison)
    gains = items.relevance.astype(np.float64)
    if settings.parameters["gains"] == "exponential":
        if gains.size and gains.max() > _MAX_GRADE:
            raise TruthUnfit(f"holds a relevance above {_MAX_GRADE:g}; take linear gains")
        gains = np.exp2(gains) - 1
    if items.score is None:
        return _missed(items, settings)
    places = float(str(settings.parameters.get("k", math.inf)))
    ideal = _gained(Runs.of(items.query, gains), gains, places)
    found = _gained(Runs.of(items.query, items.score), gains, places)
    return _queries(found, ideal, settings)


def mean_average_precision(comparison: Comparison, settings: Settings) -> Queries:
    """Add up, over queries, the mean of precision at the score of each relevant item.

    Raises: TruthUnfit for relevance below 0; ValuesUnfit, ArrayInvalid.
    Source: Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, section 8.4.
    """
    items = Items.of(comparison)
    if items.score is None:
        return _missed(items, settings)
    runs = Runs.of(items.query, items.score)
    relevant = runs.sums(items.relevance > 0)
    precision = runs.so_far(relevant) / (runs.before + runs.sizes)
    return _queries(runs.by_query(relevant * precision), runs.by_query(relevant), settings)


def mrr(comparison: Comparison, settings: Settings) -> Queries:
    """Add up, over queries, 1 / the place of the first relevant item, from 1 on.

    Other items with its score stand before it.
    Raises: TruthUnfit for relevance below 0; ValuesUnfit, ArrayInvalid.
    Source: Voorhees 1999, The TREC-8 question answering track report, section 3.
    """
    items = Items.of(comparison)
    if items.score is None:
        return _missed(items, settings)
    runs = Runs.of(items.query, items.score)
    relevant = runs.sums(items.relevance > 0)
    places = runs.before + runs.sizes - relevant + 1
    is_first = (relevant > 0) & (runs.so_far(relevant) == relevant)
    return _queries(
        runs.by_query(is_first / places), runs.by_query(is_first.astype(np.float64)), settings
    )


def _gained(runs: Runs, gains: Values, places: float) -> Values:
    """Return the gain of each query over its first `places`, each divided by log2(place + 1)."""
    place = runs.places()
    discounts = np.where(place < places, 1 / np.log2(place + 2.0), 0)
    mean_gains = runs.sums(gains) / runs.sizes
    return runs.by_query(mean_gains * np.add.reduceat(discounts, runs.starts))


def _queries(values: Values, wholes: Values, settings: Settings) -> Queries:
    """Return the shares of `wholes` added up; a query without a whole is empty."""
    has_value = wholes > 0
    shares = np.minimum(values[has_value] / wholes[has_value], 1)
    valued = shares.size
    return Queries(float(np.sum(shares)), valued, values.size - valued, _absent(settings))


def _missed(items: Items, settings: Settings) -> Queries:
    """Return the sum of a case without prediction: no query finds anything."""
    found = np.bincount(items.query, weights=items.relevance > 0)
    absent = _absent(settings)
    count = np.count_nonzero(found) if absent == "skip" else found.size
    return Queries(0.0, int(count), 0, absent)


def _absent(settings: Settings) -> str:
    return str(settings.parameters["absent"])
