import numpy as np
import pytest

from evaluator.metrics import pairs
from evaluator.metrics.errors import ValuesUnfit
from evaluator.metrics.overlaps import Overlaps
from evaluator.metrics.pairs import NOTHING, PairCounter, PairTable, as_labels


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


def test_the_sum_of_no_tables_is_empty() -> None:
    table = PairTable.sum_of([PairTable.empty(), PairTable.empty()])

    assert table.counts.size == 0
    assert PairCounter().table().counts.size == 0


def test_elements_without_prediction_are_missed_and_nothing_else() -> None:
    table = PairTable.missed(np.array([0, 1, 1]))

    overlaps = Overlaps.of(table)

    assert table.prediction.tolist() == [NOTHING, NOTHING]
    assert overlaps.true == {0: 1, 1: 2}
    assert overlaps.predicted == {}
    assert overlaps.common == {}


def test_too_many_labels_end_the_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "MAX_PAIRS", 100)
    counter = PairCounter()
    counter.add(PairTable.of_block(np.arange(101), np.zeros(101, np.int64)))

    with pytest.raises(ValuesUnfit, match="over 100 pairs"):
        counter.table()


def test_large_tables_are_added_up_without_keeping_all_blocks() -> None:
    counter = PairCounter()

    for start in range(0, 600_000, 100_000):
        counter.add(
            PairTable.of_block(np.arange(start, start + 100_000), np.zeros(100_000, np.int64))
        )

    assert counter.table().counts.sum() == 600_000
