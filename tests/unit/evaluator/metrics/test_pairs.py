import numpy as np
import pytest

from evaluator.metrics.errors import ValuesUnfit
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import NOTHING, PairTable, as_labels, plain_labels


def test_whole_floats_are_labels() -> None:
    assert as_labels(np.array([0.0, -3.0, 2.0**40])).tolist() == [0, -3, 2**40]


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, 1.5]),
        np.array([2.0**63]),
        np.array([-1e300]),
        np.array([2**63], np.uint64),
        np.array([-(2**63)], np.int64),
    ],
    ids=["a half", "2^63 as float", "-1e300", "2^63", "-2^63"],
)
def test_what_is_no_label_is_refused(values: np.ndarray) -> None:
    with pytest.raises(ValuesUnfit, match=r"^holds "):
        as_labels(values)
    with pytest.raises(ValuesUnfit, match=r"^holds "):
        plain_labels(values)


@pytest.mark.parametrize(
    ("dtype", "plain"),
    [
        ("?", "u1"),
        ("u2", "u2"),
        ("i1", "u1"),
        ("i4", "u4"),
        (">i4", "u4"),
        ("f4", "u8"),
        ("u8", "u8"),
    ],
)
def test_labels_that_are_not_negative_keep_their_width(dtype: str, plain: str) -> None:
    labels = plain_labels(np.array([[0, 1], [1, 0]], dtype))

    assert labels.dtype == np.dtype(plain)
    assert labels.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("dtype", ["i1", "i4", "i8", "f8"])
def test_negative_labels_stand_as_their_complement_in_64_bits(dtype: str) -> None:
    labels = plain_labels(np.array([-3, 5], dtype))

    assert labels.tolist() == [2**64 - 3, 5]


def test_the_sum_of_no_tables_is_empty() -> None:
    table = PairTable.sum_of([PairTable.empty(), PairTable.empty()])

    assert table.counts.size == 0


def test_elements_without_prediction_are_missed_and_nothing_else() -> None:
    table = PairTable.missed(np.array([0, 1, 1]))

    overlaps = Overlaps.of(table)

    assert table.prediction.tolist() == [NOTHING, NOTHING]
    assert overlaps.true == {0: 1, 1: 2}
    assert overlaps.predicted == {}
    assert overlaps.common == {}
