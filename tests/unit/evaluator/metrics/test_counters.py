from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluator.metrics import compiled_counters, counters, pairs
from evaluator.metrics.counters import WORTH_COMPILING, PairCounter, TableSum, merge
from evaluator.metrics.errors import TruthUnfit, ValuesUnfit
from evaluator.metrics.kernels import pairs as kernels
from evaluator.metrics.pairs import NOTHING, PairTable, as_labels

Block = NDArray[Any]

NUMPY, COMPILED = 0, WORTH_COMPILING
DTYPES = ["?", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", ">u2", ">i8", ">f4"]
VALUES = [0, 1, 2, 3, 5, 7, 100, 127, 255, 256, 300, 2**15 - 1, 2**16 - 1, 2**31 - 1, 2**40, 2**62]


@pytest.fixture(params=[NUMPY, COMPILED], ids=["numpy", "compiled"])
def elements(request: pytest.FixtureRequest) -> int:
    size: int = request.param
    return size


def rows_of(table: PairTable) -> list[tuple[int, int, int]]:
    columns = (table.truth.tolist(), table.prediction.tolist(), table.counts.tolist())
    return list(zip(*columns, strict=True))


def naive(prediction: Block, truth: Block) -> list[tuple[int, int, int]]:
    found = Counter(zip(truth.ravel().tolist(), prediction.ravel().tolist(), strict=True))
    return [(int(t), int(p), found[t, p]) for t, p in sorted(found)]


def labels_of(data: st.DataObject, dtype: str, size: int) -> Block:
    """Return runs of labels that fit into `dtype`, negative ones among them where they may be."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        fitting = [0, 1, 2, 300, -4, 2**20]
    else:
        top = 1 if dtype == "?" else int(np.iinfo(kind).max)
        fitting = [value for value in VALUES if value <= top]
        fitting += [-1, -7] if kind.kind == "i" and data.draw(st.booleans()) else []
    runs = st.lists(st.tuples(st.sampled_from(fitting), st.integers(1, 20)), min_size=size)
    drawn = data.draw(runs.filter(bool)) if size else []
    long = [value for value, length in drawn for _ in range(length)]
    return np.array(long[:size], kind)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_compiled_counts_are_those_of_numpy_for_every_type_and_cut(data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 70))
    prediction = labels_of(data, data.draw(st.sampled_from(DTYPES)), size)
    truth = labels_of(data, data.draw(st.sampled_from(DTYPES)), size)
    cuts = sorted(data.draw(st.lists(st.integers(0, size), max_size=4)))
    parts = data.draw(st.permutations(np.split(np.arange(size), cuts)))

    with pytest.MonkeyPatch.context() as patch:
        # So small that tables grow, turn into hash tables, and these grow too.
        patch.setattr(compiled_counters, "_FIRST_CELLS", data.draw(st.sampled_from([2, 4, 256])))
        patch.setattr(
            compiled_counters, "_SPARSE_CELLS", data.draw(st.sampled_from([1, 99, 10**6]))
        )
        patch.setattr(
            compiled_counters, "_DENSE_CELLS", data.draw(st.sampled_from([1, 999, 10**6]))
        )
        patch.setattr(compiled_counters, "_FIRST_SLOTS", data.draw(st.sampled_from([2, 4096])))
        tables = []
        for elements in (NUMPY, COMPILED):
            counter = PairCounter(elements)
            for part in parts:
                counter.add(prediction[part], truth[part])
            tables.append(rows_of(counter.table()))

    assert tables[0] == naive(prediction, truth)
    assert tables[1] == tables[0]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), highest=st.sampled_from([3, 60, 3000, 2**40]))
def test_noise_and_runs_are_counted_alike(seed: int, highest: int) -> None:
    random = np.random.default_rng(seed)
    noise = random.integers(0, highest, (2, 2000), dtype=np.uint64)
    prediction, truth = np.repeat(noise, random.integers(1, 9, 2000), axis=1)
    left, right = PairCounter(COMPILED), PairCounter(COMPILED)

    left.add(prediction[:4001], truth[:4001])
    right.add(prediction[4001:], truth[4001:])

    assert rows_of(merge([left, right])) == naive(prediction, truth)


RAGGED = {
    "runs": (np.repeat(np.arange(10**5), 6) * 10**9, False),
    "noise of few labels": (np.arange(6 * 10**5) % 7, False),
    "noise of many labels": (np.arange(6 * 10**5) * 7919 % 4999 * 10**9, True),
}


@pytest.mark.parametrize(("prediction", "is_ragged"), RAGGED.values(), ids=RAGGED.keys())
def test_few_elements_are_counted_in_compiled_code_where_numpy_would_sort_them_all(
    prediction: Block, is_ragged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    class Noted(compiled_counters.CompiledCounter):
        def __init__(self) -> None:
            made.append(self)
            super().__init__()

    monkeypatch.setattr(compiled_counters, "CompiledCounter", Noted)
    counter, truth = PairCounter(NUMPY), np.arange(prediction.size) // 1000
    calm = np.ones(5, np.int64)

    counter.add(calm, calm)
    counter.add(prediction, truth)
    counter.add(calm, calm)

    both = np.concatenate([calm, prediction, calm]), np.concatenate([calm, truth, calm])
    assert rows_of(counter.table()) == naive(*both)
    assert bool(made) == is_ragged


def test_a_hash_table_of_pairs_that_lie_close_becomes_a_plain_one_and_back() -> None:
    close = np.arange(700)
    truth, prediction = np.repeat(close, 40), np.resize(close[:600], 28_000)
    far = np.array([5 * 10**6, 2**50, 7])
    counter = PairCounter(COMPILED)

    counter.add(prediction, truth)
    counter.add(far, far)
    counter.add(prediction, truth)

    both = np.concatenate([prediction, far, prediction])
    assert rows_of(counter.table()) == naive(both, np.concatenate([truth, far, truth]))


@pytest.mark.parametrize("order", ["C", "F"])
def test_blocks_of_any_shape_and_layout_are_counted(order: Any, elements: int) -> None:
    random = np.random.default_rng(1)
    prediction, truth = random.integers(0, 9, (2, 5, 1, 7, 3)).astype(np.uint16)
    counter = PairCounter(elements)

    counter.add(np.array(prediction, order=order), truth)
    counter.add(prediction[::2, :, ::-1], truth[::2, :, ::-1])

    both = np.concatenate([prediction.ravel(), prediction[::2].ravel()])
    assert rows_of(counter.table()) == naive(
        both, np.concatenate([truth.ravel(), truth[::2].ravel()])
    )


def test_arrays_that_may_not_be_written_compile_nothing_new() -> None:
    kernels.warm()
    before = len(kernels.count_dense.signatures)  # type: ignore[attr-defined]  # a dispatcher
    frozen = np.frombuffer(bytes(range(64)) * 3, np.uint8)

    for dtype in ("u1", "u4", "i8"):
        counter = PairCounter(COMPILED)
        counter.add(frozen.view(dtype), frozen.view(dtype).copy())
        counter.add(frozen[1:-7].view(dtype), frozen[1:-7].view(dtype))  # not aligned

    assert len(kernels.count_dense.signatures) == before  # type: ignore[attr-defined]


def test_missed_elements_have_no_prediction(elements: int) -> None:
    counter = PairCounter(elements)

    counter.add_missed(np.array([[0, 4], [4, 2]], np.uint8))

    assert rows_of(counter.table()) == [(0, NOTHING, 1), (2, NOTHING, 1), (4, NOTHING, 2)]


def test_nothing_counted_is_an_empty_table(elements: int) -> None:
    counter = PairCounter(elements)
    counter.add(np.zeros((0, 3), np.uint8), np.zeros((0, 3), np.int64))

    assert rows_of(counter.table()) == []
    assert rows_of(merge([counter, PairCounter(elements)])) == []
    assert rows_of(merge([])) == []


@pytest.mark.parametrize("elements", [NUMPY, COMPILED], ids=["numpy", "compiled"])
@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, 1.5]),
        np.array([2.0**63, 0]),
        np.array([2**63, 0], np.uint64),
        np.array([-(2**63), 0], np.int64),
    ],
    ids=["a half", "2^63 as float", "2^63", "-2^63"],
)
def test_what_is_no_label_is_blamed_on_its_owner(values: Block, elements: int) -> None:
    fine = np.zeros(2, np.uint8)

    with pytest.raises(ValuesUnfit, match=r"^holds "):
        PairCounter(elements).add(values, fine)
    with pytest.raises(TruthUnfit, match=r"^holds "):
        PairCounter(elements).add(fine, values)
    with pytest.raises(TruthUnfit, match=r"^holds "):
        PairCounter(elements).add_missed(values)


@pytest.mark.parametrize("scale", [1, 10**12], ids=["small labels", "large labels"])
def test_too_many_pairs_end_the_counting(
    scale: int, elements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "MAX_PAIRS", 100)
    few, many = PairCounter(elements), PairCounter(elements)
    few.add(scale * np.arange(100), np.zeros(100, np.int64))
    many.add(scale * np.arange(100, 201), np.zeros(101, np.int64))

    assert few.table().counts.size == 100
    with pytest.raises(ValuesUnfit, match="over 100 pairs"):
        many.table()
    with pytest.raises(ValuesUnfit, match="over 100 pairs"):
        merge([few, many])


def test_endless_pairs_end_while_they_are_counted(
    elements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairs, "MAX_PAIRS", 3000)
    monkeypatch.setattr(counters, "_WAITING_PAIRS", 3000)
    blocks = np.arange(10**6).reshape(100, -1) * 10**9
    counter = PairCounter(elements)

    def count_all() -> int:
        for done, block in enumerate(blocks):
            try:
                counter.add(block, block)
            except ValuesUnfit:
                return done
        return len(blocks)

    assert count_all() < 5


def test_large_tables_are_added_up_without_keeping_all_blocks() -> None:
    total = TableSum()

    for start in range(0, 600_000, 100_000):
        block = np.arange(start, start + 100_000)
        total.add(PairTable.of_block(as_labels(block), np.zeros(100_000, np.int64)))

    assert total.table().counts.sum() == 600_000
