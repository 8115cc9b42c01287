"""Distances of boundaries against scipy, scikit-image and surface-distance."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import surface_distance
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_erosion, distance_transform_edt
from skimage.metrics import hausdorff_distance

Score = Callable[..., float]
Volume = np.ndarray[Any, np.dtype[Any]]

# Off the grid of every spacing below: no distance equals it but for rounding.
TOLERANCE = 1.7320001
PERCENT = 87.654321

SHAPES = [(9,), (1, 1), (7, 11), (1, 8), (5, 6, 7), (1, 9, 4), (3, 12, 10)]
SIZES = [(1.0, 1.0, 1.0), (0.25, 0.25, 0.25), (4.0, 0.7, 0.7), (3.1, 0.7, 0.9), (0.5, 2.0, 0.5)]


@dataclass(frozen=True)
class Pair:
    """Two volumes of labels 0, 1 and 2, and the size of their voxels."""

    prediction: Volume
    truth: Volume
    spacing: tuple[float, ...]

    def masks(self, label: int) -> tuple[Volume, Volume]:
        return self.prediction == label, self.truth == label

    def common(self) -> list[int]:
        return [label for label in (1, 2) if all(mask.any() for mask in self.masks(label))]


@st.composite
def pairs(draw: st.DrawFn, axes: tuple[int, ...] = (1, 2, 3)) -> Pair:
    """Draw noise, blocks, or a truth whose copy has moved, with label 1 in both."""
    shape = draw(st.sampled_from([shape for shape in SHAPES if len(shape) in axes]))
    rng = np.random.default_rng(draw(st.integers(0, 99_999)))
    share = draw(st.sampled_from([0.02, 0.3, 0.7]))
    truth = np.where(rng.random(shape) < share, rng.integers(1, 3, shape), 0)
    prediction = np.where(rng.random(shape) < share, rng.integers(1, 3, shape), 0)
    for volume in (truth, prediction):
        if draw(st.booleans()):
            begin = [draw(st.integers(0, length - 1)) for length in shape]
            end = [draw(st.integers(one + 1, n)) for one, n in zip(begin, shape, strict=True)]
            volume[tuple(map(slice, begin, end))] = draw(st.integers(1, 2))
    if draw(st.booleans()):
        prediction = np.roll(truth, draw(st.integers(0, 2)), draw(st.integers(0, len(shape) - 1)))
    for volume in (truth, prediction):
        volume[tuple(draw(st.integers(0, length - 1)) for length in shape)] = 1
    return Pair(prediction, truth, draw(st.sampled_from(SIZES))[3 - len(shape) :])


def border_distances(pair: Pair, label: int) -> tuple[Volume, Volume]:
    """Return the distances both ways as the definition says, over the whole array."""
    predicted, true = (mask & ~binary_erosion(mask) for mask in pair.masks(label))
    there = distance_transform_edt(~true, sampling=pair.spacing)[predicted]
    back = distance_transform_edt(~predicted, sampling=pair.spacing)[true]
    return there, back


BY_DEFINITION: dict[str, Callable[[Volume, Volume], float]] = {
    "hausdorff": lambda there, back: max(there.max(), back.max()),
    "hausdorff_percentile": lambda there, back: max(
        np.percentile(there, PERCENT), np.percentile(back, PERCENT)
    ),
    "assd": lambda there, back: np.concatenate([there, back]).mean(),
    "masd": lambda there, back: (there.mean() + back.mean()) / 2,
    "nsd": lambda there, back: (np.concatenate([there, back]) <= TOLERANCE).mean(),
}
MORE = {"hausdorff_percentile": {"percentile": PERCENT}, "nsd": {"tolerance": TOLERANCE}}


@settings(max_examples=150, deadline=None)
@given(pair=pairs())
def test_border_voxels_are_as_far_apart_as_scipy_finds(score: Score, pair: Pair) -> None:
    for label in pair.common():
        for metric, formula in BY_DEFINITION.items():
            found = score(
                metric,
                pair.prediction,
                pair.truth,
                spacing=pair.spacing,
                label=label,
                **MORE.get(metric, {}),
            )
            expected = float(formula(*border_distances(pair, label)))
            assert found == pytest.approx(expected, rel=1e-12, abs=0), metric


@settings(max_examples=60, deadline=None)
@given(pair=pairs())
def test_without_a_label_labels_are_averaged(score: Score, pair: Pair) -> None:
    side = zip(pair.truth.shape, pair.spacing, strict=True)
    diagonal = math.sqrt(sum((count * size) ** 2 for count, size in side))
    expected = [
        BY_DEFINITION["assd"](*border_distances(pair, label))
        if label in pair.common()
        else diagonal
        for label in (1, 2)
        if (pair.truth == label).any()
    ]

    found = score("assd", pair.prediction, pair.truth, spacing=pair.spacing)

    assert found == pytest.approx(np.mean(expected), rel=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@settings(max_examples=150, deadline=None)
@given(pair=pairs(axes=(2, 3)))
def test_surfaces_by_area_are_as_surface_distance_finds(score: Score, pair: Pair) -> None:
    predicted, true = pair.masks(1)
    found = surface_distance.compute_surface_distances(true, predicted, pair.spacing)
    areas = [found["surfel_areas_gt"].sum(), found["surfel_areas_pred"].sum()]
    means = surface_distance.compute_average_surface_distance(found)
    expected = {
        "hausdorff_percentile_surfels": surface_distance.compute_robust_hausdorff(found, PERCENT),
        "assd_surfels": np.average(means, weights=areas),
        "nsd_surfels": surface_distance.compute_surface_dice_at_tolerance(found, TOLERANCE),
    }
    more = {
        "hausdorff_percentile_surfels": {"percentile": PERCENT},
        "nsd_surfels": {"tolerance": TOLERANCE},
    }

    for metric, value in expected.items():
        ours = score(
            metric,
            pair.prediction,
            pair.truth,
            spacing=pair.spacing,
            label=1,
            **more.get(metric, {}),
        )
        assert ours == pytest.approx(value, rel=1e-9, abs=0), metric


@settings(max_examples=60, deadline=None)
@given(pair=pairs(axes=(2, 3)))
def test_hausdorff_of_unit_voxels_is_that_of_scikit_image(score: Score, pair: Pair) -> None:
    predicted, true = (mask & ~binary_erosion(mask) for mask in pair.masks(1))

    found = score("hausdorff", pair.prediction, pair.truth, label=1)

    expected = hausdorff_distance(predicted, true)  # type: ignore[no-untyped-call]  # as shipped
    assert found == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("moved", [1, 9])
def test_large_volumes_agree_however_far_apart(score: Score, moved: int) -> None:
    place = np.indices((50, 44, 60)).transpose(1, 2, 3, 0) - [25, 22, 30]
    truth = ((place / [14, 12, 17]) ** 2).sum(-1) <= 1
    prediction = np.roll(((place / [12, 12, 18]) ** 2).sum(-1) <= 1, moved, axis=2)
    pair = Pair(prediction.astype(np.uint8), truth.astype(np.uint8), (2.0, 0.5, 0.7))
    surfels = surface_distance.compute_surface_distances(truth, prediction, pair.spacing)

    means = {
        metric: score(metric, pair.prediction, pair.truth, spacing=pair.spacing)
        for metric in ("assd", "nsd_surfels")
    }

    expected = np.concatenate(border_distances(pair, 1)).mean()
    assert means["assd"] == pytest.approx(expected, rel=1e-12)
    near = surface_distance.compute_surface_dice_at_tolerance(surfels, 1)
    assert means["nsd_surfels"] == pytest.approx(near, rel=1e-9)
