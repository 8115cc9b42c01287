import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from evaluator.arrays import chunked
from evaluator.arrays.base import Block, Index, Region, regions
from evaluator.arrays.cache import USUAL_BYTES, ChunkRoom
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

    def reader(self, room_bytes: int = USUAL_BYTES) -> tuple[ChunkReader, ChunkRoom]:
        room = ChunkRoom(room_bytes)
        reader = ChunkReader(
            DATA.shape, DATA.dtype, chunk_shape=self.chunk_shape, load=self.load, room=room
        )
        return reader, room

    def read(self, limit: int, room_bytes: int = USUAL_BYTES) -> Block:
        reader, _ = self.reader(room_bytes)
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


def test_chunks_that_there_is_no_room_for_are_loaded_again() -> None:
    store = Store((7, 7, 7))

    whole = store.read(300, room_bytes=3000)

    assert np.array_equal(whole, DATA)
    assert max(store.loads.values()) > 1


def test_chunks_that_have_served_make_room_for_those_of_the_next_pieces() -> None:
    # One row of chunks along axis 2 takes 20 x 30 x 2 elements; there is room for two.
    store = Store((7, 7, 2))
    source, _ = store.reader(room_bytes=2 * 20 * 30 * 2 * 8)

    for x in range(DATA.shape[2]):
        source.read(box((0, 20), (0, 30), (x, x + 1)))

    assert set(store.loads.values()) == {1}


def test_a_large_chunk_is_decoded_once_for_all_threads(monkeypatch: Any) -> None:
    monkeypatch.setattr(chunked, "_LARGE_BYTES", 1000)
    store = Store((20, 30, 10))
    source, _ = store.reader()

    with ThreadPoolExecutor(4) as pool:
        blocks = list(pool.map(source.read, regions(DATA.shape, 300)))

    assert np.array_equal(np.concatenate(blocks), DATA)
    assert store.loads == {(0, 0, 0): 1}


def test_what_was_kept_for_regions_that_never_came_can_be_let_go() -> None:
    store = Store((7, 7, 7))
    source, room = store.reader()
    source.read(box((0, 1), (0, 1), (0, 1)))
    is_used = not room.take(USUAL_BYTES)

    source.release()

    assert is_used
    assert room.take(USUAL_BYTES)
    source.read(box((1, 2), (0, 1), (0, 1)))
    assert store.loads == {(0, 0, 0): 2}


def test_a_number_stands_for_a_chunk_that_holds_nothing_else() -> None:
    reader = ChunkReader(
        (4, 4), np.dtype("f4"), chunk_shape=(2, 2), load=lambda index: float(sum(index))
    )

    block = reader.read((slice(0, 4), slice(0, 4)))

    assert block.tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 2, 2], [1, 1, 2, 2]]


def fresh(index: Index) -> Block:
    """Return a chunk of 2 by 2 that nobody else has."""
    return np.full((2, 2), index[0] * 10 + index[1])


def reader(load: Any = fresh) -> ChunkReader:
    return ChunkReader((5, 4), np.dtype("i8"), chunk_shape=(2, 2), load=load)


def box(*ends: tuple[int, int]) -> Region:
    return tuple(slice(start, stop) for start, stop in ends)


def test_a_region_that_is_one_chunk_is_the_chunk_itself() -> None:
    chunk = fresh((1, 1))

    block = reader(lambda _: chunk).read(box((2, 4), (2, 4)))

    assert np.shares_memory(block, chunk)


def read_only(index: Index) -> Block:
    chunk = fresh(index)
    chunk.flags.writeable = False
    return chunk


REGIONS = {
    "one chunk": box((2, 4), (2, 4)),
    "a part of one chunk": box((2, 3), (2, 4)),
    "a chunk at the edge": box((4, 5), (0, 2)),
    "several chunks": box((1, 4), (1, 3)),
    "no element": box((2, 2), (0, 4)),
}


@pytest.mark.parametrize("load", [fresh, read_only, lambda _: 7], ids=["own", "locked", "number"])
@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS.keys())
def test_whoever_gets_a_block_may_write_to_it(region: Region, load: Any) -> None:
    source = reader(load)
    before = source.read(region).copy()

    block = source.read(region)
    block += 1

    assert np.array_equal(source.read(region), before)
    assert block.shape == tuple(part.stop - part.start for part in region)


def test_threads_may_read_side_by_side() -> None:
    with ThreadPoolExecutor(2) as pool:
        source = reader()
        whole = [box((0, 5), (0, 4))] * 8

        blocks = list(pool.map(source.read, whole, timeout=20))

    assert all(np.array_equal(block, blocks[0]) for block in blocks)
    assert blocks[0][:, 0].tolist() == [0, 0, 10, 10, 20]


def test_an_array_that_has_been_read_holds_no_memory() -> None:
    store = Store((7, 7, 7))
    source, room = store.reader()

    for region in regions(DATA.shape, 300):
        source.read(region)

    assert room.take(USUAL_BYTES)


def test_arrays_share_the_room_that_there_is() -> None:
    one, other = Store((7, 7, 7)), Store((7, 7, 7))
    room = ChunkRoom(7 * 7 * 7 * 8)
    readers = [
        ChunkReader(DATA.shape, DATA.dtype, chunk_shape=(7, 7, 7), load=store.load, room=room)
        for store in (one, other)
    ]

    for reader in readers * 2:
        reader.read(box((0, 1), (0, 1), (0, 1)))

    assert (one.loads[0, 0, 0], other.loads[0, 0, 0]) == (1, 2)
