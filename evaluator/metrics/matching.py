"""One-to-one matches where an object may have several to choose from."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from evaluator.metrics.pairs import Labels


def most_matches(truth: Labels, prediction: Labels) -> int:
    """Return how many objects can be matched at most, each with one other.

    Objects of either side are numbered from 0; `truth[i]` may be matched with `prediction[i]`.
    Source: Hopcroft and Karp 1973, SIAM J. Comput. 2:225.
    """
    if truth.size == 0:
        return 0
    shape = (int(truth.max()) + 1, int(prediction.max()) + 1)
    graph = coo_array((np.ones(truth.size, np.int8), (truth, prediction)), shape=shape)
    partners = maximum_bipartite_matching(graph.tocsr(), perm_type="column")
    return int(np.count_nonzero(partners >= 0))
