from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.metrics.contingency import Contingency, ObjectPairs
from evaluator.metrics.pairs import NOTHING, PairTable


def test_labels_are_numbered_in_their_order_and_added_up() -> None:
    table = PairTable.of_block(np.array([5, 5, 0, 7, 7, 7]), np.array([-2, 3, 3, 3, 9, 9]))

    pairs = Contingency.of(table)

    assert pairs.true_labels.tolist() == [-2, 3, 9]
    assert pairs.true.tolist() == [1, 3, 2]
    assert pairs.predicted_labels.tolist() == [0, 5, 7]
    assert pairs.predicted.tolist() == [1, 2, 3]
    assert pairs.truth.tolist() == [0, 1, 1, 1, 2]
    assert pairs.prediction.tolist() == [1, 0, 1, 2, 2]


def test_background_and_missing_predictions_are_no_objects() -> None:
    table = PairTable(
        np.array([0, 0, 1, 1, 1]), np.array([0, 4, NOTHING, 0, 4]), np.array([9, 2, 3, 5, 1])
    )

    objects = Contingency.of(table).objects()

    assert (objects.true, objects.predicted) == (1, 1)
    assert objects.common.tolist() == [1]
    assert objects.union.tolist() == [9 + 3 - 1]


def test_an_empty_table_has_no_objects() -> None:
    objects = Contingency.of(PairTable.empty()).objects()

    assert (objects.true, objects.predicted, objects.common.size) == (0, 0, 0)
    assert objects.above(Fraction(1, 2)).tolist() == []


@settings(max_examples=200, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(1, 2**50), st.integers(0, 2**50)), min_size=1),
    numerator=st.integers(1, 10**17),
)
def test_an_iou_is_compared_exactly(pairs: list[tuple[int, int]], numerator: int) -> None:
    threshold = Fraction(numerator, 10**17)
    common, rest = np.array(pairs, np.int64).T
    # And some that lie on the threshold, or as near to it as whole numbers can.
    near = np.array([threshold.numerator, threshold.numerator + 1], np.int64)
    common, union = np.append(common, near), np.append(common + rest, [threshold.denominator] * 2)
    none = np.zeros(common.size, np.int64)

    above = ObjectPairs(9, 9, none, none, common, union).above(threshold)

    expected = [
        Fraction(part, whole) > threshold
        for part, whole in zip(common.tolist(), union.tolist(), strict=True)
    ]
    assert above.tolist() == expected


@pytest.mark.parametrize("threshold", ["0.05", "0.3", "0.55", "0.7", "0.999"])
def test_decimal_thresholds_are_what_is_written(threshold: str) -> None:
    common = np.arange(1, 1001)
    none = np.zeros(common.size, np.int64)

    above = ObjectPairs(9, 9, none, none, common, np.full(1000, 1000)).above(Fraction(threshold))

    assert np.count_nonzero(above) == 1000 - int(Fraction(threshold) * 1000)
