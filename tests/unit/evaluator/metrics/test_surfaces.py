"""Metrics of boundaries: worked by hand, and what they do not depend on."""

import itertools
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from evaluator.arrays.base import Block, MemoryArray, Region
from evaluator.arrays.layout import Layout
from evaluator.metrics.catalogue import CATALOGUE
from evaluator.metrics.catalogue.surfaces import SURFACES
from evaluator.metrics.comparison import Comparison, Work
from evaluator.metrics.errors import LabelAbsent, TruthUnfit, ValuesUnfit
from evaluator.metrics.registry import code_of, score_of
from evaluator.metrics.tallies import Settings

Score = Callable[..., float]
Volume = np.ndarray[Any, np.dtype[Any]]

NAMES = [info.name for info in SURFACES]
DISTANCES = [info.name for info in SURFACES if info.upper is None]
OVERLAPS = [info.name for info in SURFACES if info.upper == 1]


def three_labels(seed: int) -> tuple[Volume, Volume]:
    """Return a truth with blobs of three labels, and a ragged prediction of it."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((17, 14, 19), np.uint8)
    truth[2:9, 3:10, 0:8] = 1
    truth[8:17, 5:14, 9:18] = 2
    truth[0:4, 0:3, 12:19] = 3
    prediction = np.roll(truth, (1, -2), (0, 2))
    noise = rng.random(truth.shape) < 0.05
    prediction[noise] = rng.integers(0, 4, np.count_nonzero(noise))
    return prediction, truth


# By hand.


def test_two_voxels_are_as_far_apart_as_their_centres(score: Score) -> None:
    truth, prediction = np.zeros((2, 4, 5), int), np.zeros((2, 4, 5), int)
    truth[0, 0, 0] = prediction[1, 2, 3] = 1
    expected = math.sqrt(4**2 + (2 * 0.5) ** 2 + (3 * 2) ** 2)

    for metric in DISTANCES:
        if not metric.endswith("surfels"):
            assert score(metric, prediction, truth, spacing=(4, 0.5, 2)) == pytest.approx(expected)


def test_a_line_that_is_longer_by_two_counts_its_ends(score: Score) -> None:
    # Along one axis the border of 0111110 is its two ends.
    truth = np.array([0, 1, 1, 1, 1, 1, 0, 0, 0])
    prediction = np.array([0, 1, 1, 1, 1, 1, 1, 1, 0])

    assert score("hausdorff", prediction, truth, spacing=(0.5,)) == 1.0
    assert score("assd", prediction, truth, spacing=(0.5,)) == 0.5
    assert score("masd", prediction, truth, spacing=(0.5,)) == 0.5
    assert score("hausdorff_percentile", prediction, truth, spacing=(0.5,), percentile=50) == 0.5
    assert score("nsd", prediction, truth, spacing=(0.5,), tolerance=0.9) == 0.5
    assert score("nsd", prediction, truth, spacing=(0.5,), tolerance=1) == 1.0


def test_sides_of_unlike_size_weigh_by_voxel_or_by_direction(score: Score) -> None:
    truth, prediction = np.zeros((5, 5), int), np.zeros((5, 5), int)
    truth[2, 2] = 1
    prediction[1:4, 1:4] = 1  # eight border voxels around the middle, four of them at corners
    near, far = 4 * 1 + 4 * math.sqrt(2), 1.0

    assert score("assd", prediction, truth) == pytest.approx((near + far) / 9)
    assert score("masd", prediction, truth) == pytest.approx((near / 8 + far) / 2)
    assert score("nsd", prediction, truth, tolerance=1) == pytest.approx(5 / 9)


def test_the_wall_of_a_cavity_is_border_too(score: Score) -> None:
    truth, prediction = np.zeros((11, 11, 11), int), np.zeros((11, 11, 11), int)
    truth[1:10, 1:10, 1:10] = prediction[1:10, 1:10, 1:10] = 1
    prediction[5, 5, 5] = 0

    # The voxels around the hole are three from the border of the whole cube.
    assert score("hausdorff", prediction, truth) == 3
    assert score("assd", prediction, truth) == pytest.approx(6 * 3 / (2 * (9**3 - 7**3) + 6))


def test_pixels_count_by_the_length_of_their_outline(score: Score) -> None:
    truth, prediction = np.zeros((6, 8), int), np.zeros((6, 8), int)
    truth[1:4, 1:4] = 1
    prediction[1:4, 1:5] = 1
    # Twelve corners each way round a square of three pixels: four are cut, with half a diagonal.
    cut, spacing = math.hypot(3, 2) / 2, (3.0, 2.0)
    whole = 4 * cut + 4 * 2 + 4 * 3, 4 * cut + 6 * 2 + 4 * 3
    # One side of the truth is one pixel (2) away, and back; its ends are cut corners.
    moved = 2 * cut + 2 * 3

    near = score("nsd_surfels", prediction, truth, spacing=spacing, tolerance=1.9)
    mean = score("assd_surfels", prediction, truth, spacing=spacing)

    # Of the truth, the two cut corners lie on the prediction's sides; two plain ends do back.
    assert near == pytest.approx((sum(whole) - 2 * 3 - moved) / sum(whole))
    assert mean == pytest.approx(2 * (2 * 3 + moved) / sum(whole))


def test_a_tolerance_holds_for_whole_voxels_in_spite_of_rounding(score: Score) -> None:
    truth, prediction = np.zeros((2, 9), int)
    truth[1] = prediction[4] = 1

    # 3 * 0.1 is larger than 0.3 as a computer counts.
    assert score("nsd", prediction, truth, spacing=(0.1,), tolerance=0.3) == 1
    assert score("nsd", prediction, truth, spacing=(0.1,), tolerance=0.29) == 0


@pytest.mark.parametrize("metric", NAMES)
def test_equal_volumes_are_perfect(score: Score, metric: str) -> None:
    _, truth = three_labels(1)

    assert score(metric, truth, truth, spacing=(3, 2, 1)) == CATALOGUE[metric].best_score


# What it is when a side lacks the label.


@pytest.mark.parametrize("metric", DISTANCES)
def test_a_label_of_one_side_is_a_diagonal_away_or_as_declared(score: Score, metric: str) -> None:
    truth, prediction = np.zeros((3, 4, 12), int), np.zeros((3, 4, 12), int)
    truth[1, 1, 1] = 1

    assert score(metric, prediction, truth) == 13
    assert score(metric, truth, prediction) == 13
    assert score(metric, prediction, truth, label=1, one_sided=50) == 50


@pytest.mark.parametrize("metric", OVERLAPS)
def test_a_label_of_one_side_is_within_no_tolerance(score: Score, metric: str) -> None:
    truth, prediction = np.zeros((3, 4, 12), int), np.zeros((3, 4, 12), int)
    truth[1, 1, 1] = 1

    assert score(metric, prediction, truth, tolerance=100) == 0
    assert score(metric, truth, prediction, tolerance=100) == 0


@pytest.mark.parametrize("metric", NAMES)
def test_a_label_of_neither_side_has_no_score_unless_it_is_declared(
    score: Score, metric: str
) -> None:
    truth = np.zeros((3, 4), int)
    truth[0, 0] = 2

    with pytest.raises(LabelAbsent, match="label 1"):
        score(metric, truth, truth, label=1)
    with pytest.raises(LabelAbsent, match="any label but background"):
        score(metric, truth * 0, truth * 0)
    assert score(metric, truth * 0, truth * 0, absent="best") == CATALOGUE[metric].best_score


def test_labels_that_only_the_prediction_has_do_not_count(score: Score) -> None:
    truth, prediction = np.zeros((4, 4), int), np.zeros((4, 4), int)
    truth[1, 1] = prediction[1, 2] = 1
    prediction[3, 3] = 7

    assert score("hausdorff", prediction, truth) == 1


def test_the_background_has_a_boundary_when_it_is_asked_for(score: Score) -> None:
    truth, prediction = np.ones((1, 9), int), np.ones((1, 9), int)
    truth[0, 1] = prediction[0, 4] = 0

    assert score("hausdorff", prediction, truth, label=0) == 3
    assert score("hausdorff", prediction, truth) == 3 - 2


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2, 2)])
def test_an_array_without_elements_has_no_score(score: Score, shape: tuple[int, ...]) -> None:
    with pytest.raises(LabelAbsent):
        score("assd", np.zeros(shape, int), np.zeros(shape, int))


# What it may not depend on.


@pytest.mark.parametrize("metric", NAMES)
@pytest.mark.parametrize(
    "spacing", [(1.0, 1.0, 1.0), (0.1, 0.1, 0.1), (0.3, 0.1, 0.1), (4, 0.7, 2)]
)
def test_transposing_axes_with_their_sizes_changes_no_digit(
    score: Score, metric: str, spacing: tuple[float, ...]
) -> None:
    prediction, truth = three_labels(2)
    expected = score(metric, prediction, truth, spacing=spacing)

    for order in itertools.permutations(range(3)):
        turned = [np.ascontiguousarray(volume.transpose(order)) for volume in (prediction, truth)]
        sizes = tuple(spacing[axis] for axis in order)
        assert score(metric, *turned, spacing=sizes) == expected


@pytest.mark.parametrize("metric", NAMES)
def test_a_plane_may_be_transposed_too(score: Score, metric: str) -> None:
    prediction, truth = (volume[8] for volume in three_labels(3))
    expected = score(metric, prediction, truth, spacing=(0.7, 0.3))

    assert score(metric, prediction.T, truth.T, spacing=(0.3, 0.7)) == expected


@pytest.mark.parametrize("metric", NAMES)
def test_renumbered_labels_score_the_same(score: Score, metric: str) -> None:
    prediction, truth = three_labels(4)
    names = np.array([0, 40_000, -7, 2**40])

    assert score(metric, names[prediction], names[truth]) == score(metric, prediction, truth)


@pytest.mark.parametrize("dtype", ["<i4", ">i4", "u1", "<f4", ">f8", "i8"])
def test_how_labels_are_stored_does_not_matter(score: Score, dtype: str) -> None:
    prediction, truth = three_labels(5)
    stored = np.asfortranarray(prediction.astype(dtype)), truth.astype(dtype)

    assert score("assd", *stored) == score("assd", prediction, truth)


@pytest.mark.parametrize("metric", NAMES)
def test_a_label_at_the_edge_scores_as_one_inside(score: Score, metric: str) -> None:
    prediction, truth = three_labels(6)
    inside = [np.pad(volume, 3) for volume in (prediction, truth)]

    expected = score(metric, *inside, label=3)

    assert score(metric, prediction, truth, label=3) == expected


class Chunked(MemoryArray):
    """An array that says that it is stored in small chunks, and is read in their boxes."""

    def __init__(
        self, name: str, values: Volume, chunks: tuple[int, ...], log: list[Region]
    ) -> None:
        super().__init__(name, values)
        self.layout = Layout(chunks)
        self._log = log

    def read(self, region: Region) -> Block:
        self._log.append(region)
        return super().read(region)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


@pytest.mark.parametrize("metric", NAMES)
def test_chunks_and_threads_do_not_matter(
    score: Score, metric: str, pool: ThreadPoolExecutor
) -> None:
    prediction, truth = (np.tile(volume, (4, 6, 3)) for volume in three_labels(7))
    info, log = CATALOGUE[metric], list[Region]()
    case = Comparison(
        Chunked("p", prediction, (32, 32, 32), log),
        Chunked("t", truth, (64, 16, 32), log),
        (2.0, 1.0, 1.0),
        work=Work(2, pool.map),
    )
    chosen = Settings(info.settled({}))

    found = score_of(code_of(info)(case, chosen), info, chosen)

    assert found == score(metric, prediction, truth, spacing=(2, 1, 1))


def test_all_metrics_of_a_case_read_it_once() -> None:
    prediction, truth = three_labels(8)
    log = list[Region]()
    case = Comparison(
        Chunked("p", prediction, (8, 8, 8), log), Chunked("t", truth, (8, 8, 8), log), (1, 1, 1)
    )

    for info in SURFACES:
        code_of(info)(case, Settings(info.settled({})))

    read = [math.prod(part.stop - part.start for part in region) for region in log]
    assert sum(read) == 2 * truth.size


def test_masked_voxels_count_as_background_in_both(score: Score) -> None:
    prediction, truth = three_labels(9)
    mask = np.random.default_rng(0).integers(0, 5, truth.shape, np.uint8)
    expected = score("assd", prediction * (mask > 0), truth * (mask > 0))

    assert score("assd", prediction, truth, auxiliary={"mask": mask}) == expected


def test_nan_in_the_truth_is_background_where_it_masks(score: Score) -> None:
    truth = np.zeros((3, 6))
    truth[1, 1], truth[2, 5] = 1, np.nan
    prediction = np.zeros((3, 6))
    prediction[1, 2], prediction[2, 5] = 1, 1

    assert score("hausdorff", prediction, truth, masks_nan=True) == 1
    with pytest.raises(TruthUnfit, match="not finite"):
        score("hausdorff", prediction, truth)


# What is refused.


def test_more_than_three_axes_are_refused(score: Score) -> None:
    volume = np.ones((2, 2, 2, 2), int)

    with pytest.raises(TruthUnfit, match="has 4 axes"):
        score("hausdorff", volume, volume)


def test_values_that_are_no_labels_are_refused_on_their_side(score: Score) -> None:
    whole, odd = np.ones((2, 2)), np.array([[1, 0.5], [0, 0]])

    with pytest.raises(ValuesUnfit, match=r"0\.5, which is no label"):
        score("nsd", odd, whole)
    with pytest.raises(TruthUnfit, match="no labels"):
        score("nsd", whole, odd)
    with pytest.raises(ValuesUnfit, match="NaN"):
        score("nsd", odd * np.nan, whole)


def test_more_labels_than_numbers_are_refused(score: Score) -> None:
    many, few = np.arange(66_000), np.ones(66_000, int)

    with pytest.raises(ValuesUnfit, match="number classes, not objects"):
        score("hausdorff", many, few)
    with pytest.raises(TruthUnfit, match="too many"):
        score("hausdorff", few, many)


def test_noise_that_does_not_fit_into_memory_is_refused(score: Score) -> None:
    noise = np.random.default_rng(1).integers(0, 9, (40, 40, 40))
    plain = np.ones((40, 40, 40), int)
    little = Work(memory_bytes=302 * 1024**2)

    with pytest.raises(ValuesUnfit, match="too ragged"):
        score("nsd", noise, plain, work=little)
    with pytest.raises(TruthUnfit, match="more boundary than fits"):
        score("nsd", plain, noise, work=little)
    assert score("nsd", plain, plain, work=little) == 1


def test_a_prediction_of_which_too_much_is_boundary_is_refused(score: Score) -> None:
    z, y, x = np.indices((130, 130, 130))
    dots = ((z % 2 == 0) & (y % 2 == 0) & (x % 2 == 0)).astype(np.uint8)
    ball = ((z - 64) ** 2 + (y - 64) ** 2 + (x - 64) ** 2 < 900).astype(np.uint8)
    noise = ((z + y + x) % 2).astype(np.uint8)

    assert 0 < score("nsd", dots, ball) < 1
    assert score("nsd", noise, noise) == 1
    with pytest.raises(ValuesUnfit, match="too ragged"):
        score("nsd", noise, ball)


@pytest.mark.parametrize("step", [1, 10**9], ids=["small labels", "large labels"])
def test_labels_of_any_size_are_told_apart(step: int, score: Score) -> None:
    truth = np.repeat([0, 3, 7, 5], 5)
    guess = np.repeat([0, 3, 5, 7], 5)

    assert score("hausdorff", truth * step, truth * step) == 0
    assert score("hausdorff", guess * step, truth * step) == 10 / 3


def test_a_size_that_cannot_be_squared_is_refused(score: Score) -> None:
    volume = np.ones((2, 2), int)

    with pytest.raises(TruthUnfit, match="more common unit"):
        score("hausdorff", volume, volume, spacing=(1e-200, 1e-200))


def test_a_speck_far_away_is_measured_with_the_same_digits_in_little_memory(score: Score) -> None:
    truth = np.zeros((30, 60, 90), np.uint8)
    truth[2:9, 3:11, 4:13] = 1
    prediction = np.roll(truth, 1, axis=1)
    prediction[29, 59, 89] = 1
    # Room for the elements of both, and for no box of all voxels.
    volume, elements = 4 * truth.size, 40 * 2 * 400
    little = Work(memory_bytes=300 * 1024**2 + volume + 3 * elements)
    sizes = (0.5, 0.5, 0.5)

    for metric in ("assd", "hausdorff_percentile_surfels"):
        near = score(metric, prediction, truth, spacing=sizes, work=little)
        assert near == score(metric, prediction, truth, spacing=sizes)
    found = score("hausdorff", prediction, truth, spacing=sizes, work=little)
    assert found == pytest.approx(0.5 * math.sqrt(21**2 + 49**2 + 77**2), rel=1e-12)
