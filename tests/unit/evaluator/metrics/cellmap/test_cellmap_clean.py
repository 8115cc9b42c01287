"""The clean profile against a plain re-implementation, and what must not change its counts."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from evaluator.metrics.cellmap.tallies import Counts
from tests.bench.volumes import make_volume
from tests.unit.evaluator.metrics.cellmap.cases import (
    PEER,
    SPACINGS,
    THREE_THREADS,
    Chunked,
    case_of,
    instance,
    instances,
    renumbered,
    volumes,
)
from tests.unit.evaluator.metrics.cellmap.naive import naive_counts


@st.composite
def few_objects(draw: st.DrawFn) -> tuple[Any, Any]:
    """Draw volumes with so few overlaps that all matchings can be tried."""
    shape = draw(st.tuples(*(st.integers(1, 8),) * 3))
    volume = st.lists(
        st.tuples(*(st.integers(0, 7),) * 3, *(st.integers(1, 6),) * 3, st.integers(1, 3)),
        max_size=3,
    )
    pair = []
    for boxes in (draw(volume), draw(volume)):
        values = np.zeros(shape, np.uint8)
        for z, y, x, depth, height, width, label in boxes:
            values[z : z + depth, y : y + height, x : x + width] = label
        pair.append(values)
    return pair[0], pair[1]


@given(few_objects(), st.sampled_from(SPACINGS), st.sampled_from([0.0, 0.2, 0.5]))
@settings(max_examples=150, deadline=None)
def test_the_counts_are_those_of_a_best_matching(
    pair: Any, spacing: tuple[float, ...], minimum_iou: float
) -> None:
    prediction, truth = pair
    met = np.unique(np.stack([truth, prediction])[:, (truth > 0) & (prediction > 0)], axis=1)
    assume(met.shape[1] < 6)

    counts = instances(prediction, truth, spacing=spacing, minimum_iou=minimum_iou)

    expected = naive_counts(prediction, truth, spacing, minimum_iou)
    ours = (counts.tp, counts.fp, counts.fn, counts.worths, counts.distances)
    assert any(ours == pytest.approx(one, rel=1e-12) for one in expected)


@given(st.integers(0, 2**32 - 1), st.sampled_from(SPACINGS))
@settings(max_examples=100, deadline=None)
def test_distances_are_those_of_a_distance_transform(seed: int, spacing: tuple[float, ...]) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(5, 25, 3).tolist())
    truth, prediction = (_one_object(rng, shape) for _ in range(2))
    truth[tuple(np.argwhere(prediction)[0])] = 1  # one element in common makes them a match

    counts = instances(prediction, truth, spacing=spacing, work=THREE_THREADS)

    to_truth = distance_transform_edt(truth == 0, sampling=spacing)
    to_prediction = distance_transform_edt(prediction == 0, sampling=spacing)
    cap = min(size * length / 2 for size, length in zip(spacing, shape, strict=True))
    distance = min(max(to_truth[prediction > 0].max(), to_prediction[truth > 0].max()), cap)
    worth = 1.01 ** (-float(np.float32(distance)) / np.linalg.norm(spacing))
    expected: Any = pytest.approx(worth, rel=1e-14)
    assert counts == Counts(1, 0, 0, expected, 1)


def _one_object(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Return a walk through the volume, thick in places."""
    values = np.zeros(shape, np.uint8)
    place = rng.integers(0, shape)
    for _ in range(rng.integers(1, 60)):
        place = np.clip(place + rng.integers(-1, 2, 3), 0, np.subtract(shape, 1))
        size = rng.choice([1, 1, 1, 4])
        values[tuple(slice(at, at + size) for at in place)] = 1
    return values


@given(volumes(), st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_other_labels_change_no_digit(pair: Any, seed: int) -> None:
    prediction, truth = pair
    rng = np.random.default_rng(seed)

    counts = instances(prediction, truth)

    other = instances(renumbered(prediction, rng), renumbered(truth, rng), work=THREE_THREADS)
    assert other == counts


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("axes", list(permutations(range(3))))
def test_other_axes_change_no_digit(axes: tuple[int, ...], spacing: tuple[float, ...]) -> None:
    truth, prediction = make_volume("xs")
    truth, prediction = truth[:50, :60], prediction[:50, :60]

    counts = instances(prediction, truth, spacing=spacing)

    turned = [np.ascontiguousarray(volume.transpose(axes)) for volume in (prediction, truth)]
    other = instances(*turned, spacing=tuple(spacing[axis] for axis in axes))
    assert other == counts


@given(volumes(), st.tuples(*(st.integers(1, 9),) * 3), st.sampled_from(["clean", PEER]))
@settings(max_examples=60, deadline=None)
def test_storage_changes_no_digit(pair: Any, chunks: tuple[int, ...], profile: str) -> None:
    prediction, truth = pair

    counts = instances(prediction, truth, profile=profile)

    swapped = prediction.astype(prediction.dtype.newbyteorder(">"))
    stored = Chunked(swapped, chunks), np.asfortranarray(truth.astype(np.int32))
    assert instances(*stored, profile=profile, work=THREE_THREADS) == counts


def test_the_parts_of_a_score_are_counted_once() -> None:
    class Watched(Chunked):
        reads = 0

        def read(self, region: Any) -> Any:
            Watched.reads += 1
            return super().read(region)

    truth, prediction = make_volume("xs")
    case = case_of(Watched(prediction), truth)

    tallies = [instance(case, part=part) for part in ("combined", "f1", "hausdorff")]

    assert Watched.reads == 1
    assert len({tally.counts.tp for tally in tallies}) == 1


def test_a_cell_that_is_shared_by_threads_is_as_far_as_without_them() -> None:
    rng = np.random.default_rng(5)
    truth, prediction = np.zeros((2, 40, 50, 60), np.uint8)
    truth[5:30, 5:40, 5:50] = 1
    prediction[8:33, 4:36, 9:58] = 1
    prediction[rng.random(truth.shape) < 0.2] = 0

    counts = [
        instances(prediction, truth, work=work, profile=PEER)
        for work in (case_of(truth, truth).work, THREE_THREADS)
    ]

    assert counts[0] == counts[1] != Counts()
