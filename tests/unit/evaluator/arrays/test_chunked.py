import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest

from evaluator.arrays import cache
from evaluator.arrays.base import Block, Index, regions
from evaluator.arrays.chunked import ChunkReader

DATA = np.arange(20 * 30 * 10).reshape(20, 30, 10)


class Store:
    """Chunks of DATA, and how often each was loaded."""

    def __init__(self, chunk_shape: tuple[int, ...]) -> None:
        self.chunk_shape = chunk_shape
        self.loads: Counter[Index] = Counter()

    def load(self, index: Index) -> Block:
        self.loads[index] += 1
        pairs = zip(index, self.chunk_shape, strict=True)
        return DATA[
            tuple(slice(number * length, (number + 1) * length) for number, length in pairs)
        ]

    def read(self, limit: int) -> Block:
        reader = ChunkReader(
            DATA.shape, DATA.dtype, chunk_shape=self.chunk_shape, load=self.load, mapper=map
        )
        whole: Block = np.zeros_like(DATA)
        for region in regions(DATA.shape, limit):
            whole[region] = reader.read(region)
        return whole


CHUNK_SHAPES = [(1, 30, 10), (20, 30, 10), (7, 7, 7), (8, 16, 10), (1, 1, 10), (50, 50, 50)]


@pytest.mark.parametrize("chunk_shape", CHUNK_SHAPES)
@pytest.mark.parametrize("limit", [7, 300, 1000, 10**6])
def test_each_chunk_is_loaded_once_whatever_the_blocks(
    limit: int, chunk_shape: tuple[int, ...]
) -> None:
    store = Store(chunk_shape)

    whole = store.read(limit)

    assert np.array_equal(whole, DATA)
    counts = [-(-length // chunk) for length, chunk in zip(DATA.shape, chunk_shape, strict=True)]
    assert store.loads == dict.fromkeys(itertools.product(*map(range, counts)), 1)


def test_chunks_that_do_not_fit_into_the_cache_are_loaded_again(monkeypatch: Any) -> None:
    monkeypatch.setattr(cache.ChunkCache.__init__, "__defaults__", (3000,))
    store = Store((7, 7, 7))

    whole = store.read(300)

    assert np.array_equal(whole, DATA)
    assert max(store.loads.values()) > 1


def test_a_number_stands_for_a_chunk_that_holds_nothing_else() -> None:
    reader = ChunkReader(
        (4, 4), np.dtype("f4"), chunk_shape=(2, 2), load=lambda index: float(sum(index)), mapper=map
    )

    block = reader.read((slice(0, 4), slice(0, 4)))

    assert block.tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 2, 2], [1, 1, 2, 2]]
