"""Pieces and components against the volumes that they were cut from."""

from typing import Any

import cc3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.arrays import tiles
from evaluator.metrics.cellmap.pieces import CutVolumes, cut_volumes
from tests.unit.evaluator.metrics.cellmap.cases import THREE_THREADS, Chunked, case_of, volumes


def filled(volumes: CutVolumes, numbers: Any, table: Any) -> Any:
    """Return the volume that one column of the pieces describes."""
    pieces = volumes.pieces
    rows = np.zeros((volumes.shape[0] * volumes.shape[1], volumes.shape[2]), table.dtype)
    for row in range(len(rows)):
        for piece in range(pieces.starts[row], pieces.starts[row + 1]):
            rows[row, pieces.begin[piece] : pieces.end[piece]] = table[numbers[piece]]
    return rows.reshape(volumes.shape)


def assert_cut_rightly(cut: CutVolumes, prediction: Any, truth: Any) -> None:
    components = cc3d.connected_components(prediction)
    ids = np.append(np.uint64(0), cut.true_ids)
    assert np.array_equal(filled(cut, cut.pieces.true, ids), truth)
    assert np.array_equal(
        filled(cut, cut.pieces.predicted, np.arange(cut.components + 1)), components
    )
    assert cut.components == components.max()


@given(volumes())
@settings(max_examples=150, deadline=None)
def test_components_are_numbered_as_they_appear(pair: Any) -> None:
    prediction, truth = pair

    cut = cut_volumes(case_of(prediction, truth), "clean")

    assert_cut_rightly(cut, prediction, truth)


@given(volumes(), st.tuples(*(st.integers(1, 5),) * 3), st.booleans())
@settings(max_examples=100, deadline=None)
def test_neither_tiles_nor_threads_show(
    pair: Any, chunks: tuple[int, ...], is_threaded: Any
) -> None:
    prediction, truth = pair
    work = {"work": THREE_THREADS} if is_threaded else {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "_SMALL_TILE", 1)
        cut = cut_volumes(case_of(Chunked(prediction, chunks), truth, **work), "clean")

    assert_cut_rightly(cut, prediction, truth)


def test_more_pieces_than_there_was_room_for_are_all_there() -> None:
    rng = np.random.default_rng(0)
    prediction, truth = rng.integers(0, 300, (2, 3, 4, 500)).astype(np.uint16)

    assert_cut_rightly(cut_volumes(case_of(prediction, truth), "clean"), prediction, truth)


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (1, 1, 9), (9, 1, 1), (1, 9, 1), (3, 1, 8), (2, 2, 7)]
)
def test_thin_volumes_are_cut_like_thick_ones(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    prediction, truth = rng.integers(0, 3, (2, *shape)).astype(np.uint8)

    cut = cut_volumes(case_of(prediction, truth, work=THREE_THREADS), "clean")

    assert_cut_rightly(cut, prediction, truth)


def test_a_spiral_is_one_component() -> None:
    prediction = np.zeros((1, 9, 9), np.uint8)
    prediction[0, 0, :] = prediction[0, :, 8] = prediction[0, 8, :] = 1
    prediction[0, 2:, 0] = prediction[0, 2, :7] = prediction[0, 2:7, 6] = prediction[0, 6, 2:7] = 1

    assert cut_volumes(case_of(prediction, prediction), "clean").components == 1
