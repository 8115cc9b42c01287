import itertools
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from evaluator.metrics.assignment import assign
from evaluator.metrics.kernels import assignment as kernels

Matrix = NDArray[np.int64]

MATRICES = arrays.arrays(
    np.int64, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 4)
)


def edges(matrix: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Return truth, prediction and weight of each cell that is not 0; ids are far apart."""
    rows, columns = np.nonzero(matrix)
    return rows * 10 + 7, columns * 1000 + 2**40, matrix[rows, columns]


def assigned(matrix: Matrix) -> list[tuple[int, int]]:
    truth, prediction, weights = edges(matrix)
    chosen = assign(truth, prediction, weights)
    return [
        (int(row) // 10, (int(column) - 2**40) // 1000)
        for row, column in zip(truth[chosen], prediction[chosen], strict=True)
    ]


def greatest(matrix: Matrix) -> int:
    return int(matrix[linear_sum_assignment(matrix, maximize=True)].sum())


@settings(max_examples=400, deadline=None)
@given(matrix=MATRICES)
def test_the_sum_of_weights_is_the_greatest_and_ids_come_once(matrix: Matrix) -> None:
    pairs = assigned(matrix)

    assert sum(int(matrix[pair]) for pair in pairs) == greatest(matrix)
    assert all(matrix[pair] > 0 for pair in pairs)
    for ids in zip(*pairs, strict=True):
        assert len(set(ids)) == len(ids)
    assert pairs == sorted(pairs)


@settings(max_examples=200, deadline=None)
@given(matrix=MATRICES, seed=st.integers(0, 99))
def test_the_order_of_the_pairs_changes_nothing(matrix: Matrix, seed: int) -> None:
    truth, prediction, weights = edges(matrix)
    order = np.random.default_rng(seed).permutation(truth.size)

    before = assign(truth, prediction, weights)
    after = order[assign(truth[order], prediction[order], weights[order])]

    assert before.tolist() == after.tolist()


@settings(max_examples=200, deadline=None)
@given(matrix=arrays.arrays(np.int64, (4, 4), elements=st.integers(3, 5)))
def test_of_equal_sums_the_one_with_low_ids_in_order_is_taken(matrix: Matrix) -> None:
    def quality(columns: tuple[int, ...]) -> tuple[int, int]:
        weight = sum(int(matrix[row, column]) for row, column in enumerate(columns))
        return weight, sum((4 - row) * (4 - column) for row, column in enumerate(columns))

    best = max(quality(columns) for columns in itertools.permutations(range(4)))

    assert quality(tuple(column for _, column in assigned(matrix))) == best


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[5]], [(0, 0)]),
        ([[7, 7]], [(0, 0)]),
        ([[7], [7]], [(0, 0)]),
        ([[7, 7], [7, 7]], [(0, 0), (1, 1)]),
        # One pair of 5 is worth less than two of 3.
        ([[5, 3], [3, 0]], [(0, 1), (1, 0)]),
        ([[5, 2], [2, 0]], [(0, 0)]),
        # As much together as alone: the ranks 2 x 2 weigh as much as 2 x 1 and 1 x 2.
        ([[9, 0, 4], [0, 3, 0], [8, 0, 4]], [(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_a_small_assignment_is_what_it_is_by_hand(
    matrix: list[list[int]], expected: list[tuple[int, int]]
) -> None:
    assert assigned(np.array(matrix)) == expected


def test_no_pairs_give_no_assignment() -> None:
    none = np.zeros(0, np.int64)

    assert assign(none, none, none).tolist() == []


@pytest.mark.parametrize("shape", [(40, 60), (60, 40), (50, 50)])
@pytest.mark.parametrize("highest", [1, 3, 2**31])
@pytest.mark.parametrize("share", [0.04, 0.3, 1.0])
def test_large_pieces_are_solved_like_any(
    shape: tuple[int, int], highest: int, share: float
) -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        matrix = random.integers(1, highest + 1, shape) * (random.random(shape) < share)

        assert sum(int(matrix[pair]) for pair in assigned(matrix)) == greatest(matrix)


@pytest.mark.parametrize("alike", [True, False])
def test_a_piece_of_thousands_of_objects_is_matched_as_far_as_possible(alike: bool) -> None:
    random = np.random.default_rng(6)
    truth, prediction = np.divmod(np.unique(random.integers(0, 5000**2, 20_000)), 5000)
    # Weights that differ so little that the number of pairs is all that counts.
    weights = 10**9 + (0 if alike else random.integers(0, 1000, truth.size))

    chosen = assign(truth, prediction, np.broadcast_to(weights, truth.shape))

    graph = coo_array((np.ones(truth.size), (truth, prediction)), shape=(5000, 5000)).tocsr()
    partners = maximum_bipartite_matching(graph, perm_type="column")
    assert chosen.size == np.count_nonzero(partners >= 0)
    assert np.unique(truth[chosen]).size == np.unique(prediction[chosen]).size == chosen.size


def tied_squares() -> tuple[Any, Any, Any]:
    pairs = np.arange(200_000)
    return pairs // 2, pairs // 4 * 2 + pairs % 2, np.full(pairs.size, 7)


def chain() -> tuple[Any, Any, Any]:
    """Each pair weighs more than the one before, so that none can be decided for itself."""
    pairs = np.arange(200_000)
    return pairs // 2, (pairs + 1) // 2, pairs + 1


def noise() -> tuple[Any, Any, Any]:
    random = np.random.default_rng(2)
    truth, prediction = np.divmod(np.unique(random.integers(0, 50_000**2, 200_000)), 50_000)
    return truth, prediction, random.integers(1, 4, truth.size)


def neighbours() -> tuple[Any, Any, Any]:
    """Each truth meets its own prediction and three others nearby: one large piece."""
    truth, step = np.divmod(np.arange(200_000), 4)
    random = np.random.default_rng(1)
    weights = random.integers(1, 300_000, truth.size)
    return truth, truth + step, np.where(step == 0, 2 * weights + 400_000, weights)


@pytest.mark.parametrize("make", [tied_squares, chain, noise, neighbours])
def test_two_hundred_thousand_pairs_are_assigned_at_once(make: Any) -> None:
    kernels.warm()
    truth, prediction, weights = make()
    start = time.process_time()

    chosen = assign(truth, prediction, weights)

    assert time.process_time() - start < 2.0  # 0.3 s on a quiet machine
    assert chosen.size > 40_000
