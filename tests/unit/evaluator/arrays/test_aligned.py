"""Arrays seen in the grid of another."""

import itertools
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluator.arrays import aligned
from evaluator.arrays.aligned import AlignedArray, AxisMap, nearest
from evaluator.arrays.base import MemoryArray, regions
from evaluator.arrays.zarr.opening import open_zarr


def by_definition(
    count: int, source_count: int, step: Fraction, offset: Fraction
) -> list[int | None]:
    """Return the nearest element for each position, the lower one of two, in exact numbers."""
    found: list[int | None] = []
    for number in range(count):
        position = offset + number * step
        lower = position.numerator // position.denominator
        index = lower if position - lower <= Fraction(1, 2) else lower + 1
        found.append(index if 0 <= index < source_count else None)
    return found


def listed(axis: AxisMap, count: int) -> list[int | None]:
    inside: list[int | None] = axis.indices.tolist()
    return [None] * axis.start + inside + [None] * (count - axis.stop)


HAND: dict[str, tuple[float, float, list[int | None]]] = {
    "the same grid": (1, 0, [0, 1, 2, 3, 4, 5]),
    "two elements later": (1, -2, [None, None, 0, 1, 2, 3]),
    "three elements earlier": (1, 3, [3, 4, 5, None, None, None]),
    "0.4 off the grid": (1, 0.4, [0, 1, 2, 3, 4, 5]),
    "half an element off": (1, 0.5, [0, 1, 2, 3, 4, 5]),
    "0.6 off the grid": (1, 0.6, [1, 2, 3, 4, 5, None]),
    "every second, from the first": (2, 0, [0, 2, 4, None, None, None]),
    "half the resolution, centres of pairs": (2, 0.5, [0, 2, 4, None, None, None]),
    "twice the resolution": (0.5, 0, [0, 0, 1, 1, 2, 2]),
    "twice the resolution, centres within": (0.5, -0.25, [0, 0, 1, 1, 2, 2]),
    "beside it": (1, 6, [None] * 6),
    "before it": (1, -7, [None] * 6),
}


@pytest.mark.parametrize(("step", "offset", "expected"), HAND.values(), ids=HAND.keys())
def test_elements_come_from_the_nearest_as_worked_by_hand(
    step: float, offset: float, expected: list[int | None]
) -> None:
    assert listed(nearest(6, 6, step=step, offset=offset), 6) == expected


# Halves, quarters and tenths: where the positions that lie half way are.
PARTS = st.builds(Fraction, st.integers(-120, 120), st.sampled_from([1, 2, 4, 5, 8, 10, 40]))
STEPS = st.builds(Fraction, st.integers(1, 40), st.sampled_from([1, 2, 4, 5, 8, 10]))


@given(count=st.integers(0, 30), source=st.integers(0, 30), step=STEPS, offset=PARTS)
def test_elements_come_from_the_nearest_by_definition(
    count: int, source: int, step: Fraction, offset: Fraction
) -> None:
    found = nearest(count, source, step=float(step), offset=float(offset))

    assert listed(found, count) == by_definition(count, source, step, offset)


@given(
    size=st.sampled_from([0.008, 0.01, 0.1, 0.3, 3.24]),
    shift=st.integers(-40, 40),
    origin=st.sampled_from([0.1, 0.7, 1234.567, -98.7]),
)
def test_decimals_that_are_rounded_do_not_move_an_element(
    size: float, shift: int, origin: float
) -> None:
    found = nearest(30, 30, step=1.0, offset=(origin + shift * size - origin) / size)

    assert listed(found, 30) == by_definition(30, 30, Fraction(1), Fraction(shift))


def picked(data: NDArray[Any], maps: Sequence[AxisMap], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return what the maps make of `data`, element by element, with 9 where there is nothing."""
    lists = [listed(axis, count) for axis, count in zip(maps, shape, strict=True)]
    result = np.full(shape, 9, data.dtype)
    for place in itertools.product(*map(range, shape)):
        source = [axis[number] for axis, number in zip(lists, place, strict=True)]
        if None not in source:
            result[place] = data[tuple(source)]
    return result


AXES = st.tuples(st.integers(1, 9), st.integers(1, 9), STEPS, PARTS)


@settings(deadline=None, max_examples=200)
@given(axes=st.lists(AXES, min_size=1, max_size=3), limit=st.integers(1, 60))
def test_any_region_is_what_each_element_should_be(
    axes: list[tuple[int, int, Fraction, Fraction]], limit: int
) -> None:
    shape = tuple(axis[0] for axis in axes)
    data = np.arange(1, 1 + np.prod([axis[1] for axis in axes])).reshape([a[1] for a in axes])
    maps = [nearest(a[0], a[1], step=float(a[2]), offset=float(a[3]) / 20) for a in axes]

    array = AlignedArray(MemoryArray("a", data), maps, shape, fill=9)

    expected = picked(data, maps, shape)
    for region in regions(shape, limit):
        block = array.read(region)
        assert np.array_equal(block, expected[region])
        assert block.flags.c_contiguous
        assert block.dtype == data.dtype


def test_boxes_that_would_take_too_much_memory_are_read_in_parts(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(aligned, "BLOCK_ELEMENTS", 64**3)
    data = np.random.default_rng(0).integers(0, 200, (256, 256, 256), np.uint8)
    stored = zarr.create_array(str(tmp_path / "a"), shape=data.shape, dtype="u1", chunks=(32,) * 3)
    stored[...] = data
    maps = [nearest(64, 256, step=4, offset=1.5)] * 3
    array = AlignedArray(open_zarr(tmp_path / "a", "a"), maps, (64, 64, 64), fill=0)

    tracemalloc.start()
    block = array.read((slice(0, 64),) * 3)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert np.array_equal(block, data[1::4, 1::4, 1::4])
    assert peak_bytes < 8 * 1024**2  # of 16 MiB


def test_a_region_of_the_same_grid_is_not_copied() -> None:
    data = np.arange(24).reshape(2, 3, 4)
    maps = [nearest(n, n, step=1, offset=0) for n in data.shape]

    block = AlignedArray(MemoryArray("a", data), maps, data.shape, fill=0).read(
        (slice(0, 2), slice(0, 3), slice(0, 4))
    )

    assert np.shares_memory(block, data)


def test_threads_read_the_same(tmp_path: Path) -> None:
    data = np.random.default_rng(0).integers(0, 200, (40, 40, 40), np.uint8)
    stored = zarr.create_array(str(tmp_path / "a"), shape=data.shape, dtype="u1", chunks=(16,) * 3)
    stored[...] = data
    maps = [nearest(50, 40, step=1, offset=-7)] * 3
    array = AlignedArray(open_zarr(tmp_path / "a", "a"), maps, (50,) * 3, fill=0)
    expected = np.pad(data, ((7, 3),) * 3)

    with ThreadPoolExecutor(4) as pool:
        parts = list(regions((50,) * 3, 500)) * 2
        blocks = list(pool.map(array.read, parts))

    assert all(
        np.array_equal(block, expected[part]) for block, part in zip(blocks, parts, strict=True)
    )


CHUNKS = {
    "the same place": ((1, 0), (4, 4)),
    "a chunk later": ((1, -4), (4, 4)),
    "a chunk earlier": ((1, 8), (4, 4)),
    "between two": ((1, 2), None),
    "resampled": ((2, 0), None),
}


@pytest.mark.parametrize(("how", "chunks"), CHUNKS.values(), ids=CHUNKS.keys())
def test_chunks_are_told_where_they_begin_as_those_of_an_array_do(
    how: tuple[float, float], chunks: Any, tmp_path: Path
) -> None:
    zarr.create_array(str(tmp_path / "a"), shape=(16, 16), dtype="u1", chunks=(4, 4))
    axis = nearest(16, 16, step=how[0], offset=how[1])

    array = AlignedArray(open_zarr(tmp_path / "a", "a"), [axis, axis], (16, 16), fill=0)

    assert array.layout.chunks == chunks


FILLS = [
    ("u1", 0, "u1"),
    ("u1", 255, "u1"),
    ("u1", -1, "i2"),
    ("u1", 256, "u2"),
    ("u1", 0.5, "f2"),
    ("i8", -1, "i8"),
    ("u8", -1, "f8"),
    ("?", 0, "?"),
    ("?", 3, "u1"),
    ("f4", -1, "f4"),
    ("f4", 0.1, "f4"),
    (">u4", 0, "u4"),
    (">f8", 0, "f8"),
]


@pytest.mark.parametrize(("dtype", "fill", "expected"), FILLS)
def test_the_type_of_elements_can_hold_the_fill_value(
    dtype: str, fill: float, expected: str
) -> None:
    data = np.array([1, 0, 1], dtype)
    axis = nearest(4, 3, step=1, offset=0)

    array = AlignedArray(MemoryArray("a", data), [axis], (4,), fill=fill)

    block = array.read((slice(0, 4),))
    assert array.dtype == block.dtype == np.dtype(expected)
    assert block.tolist() == [1, 0, 1, np.array(fill, expected).item()]
    assert array.read((slice(0, 2),)).dtype == np.dtype(expected)


def test_what_was_remarked_follows_the_notes_of_the_array() -> None:
    axis = nearest(3, 3, step=1, offset=0)

    array = AlignedArray(
        MemoryArray("a", np.arange(3)), [axis], (3,), fill=0, remarks=("It is odd.",)
    )

    assert array.notes() == ("It is odd.",)
