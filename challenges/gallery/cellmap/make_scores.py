"""Computes the scores declared for the baselines: `python make_scores.py FOLDER`.

FOLDER is what `make.py` has written. The result goes to `baselines/*/scores.yaml` beside this file
and is committed. The scores are computed here object by object, as the page 'Evaluation' says it,
not by the platform: they are what the platform must arrive at. Needs numpy, scipy, zarr and PyYAML.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
import zarr
from classes import CLASSES, INSTANCES
from crops import TEST, Grid
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from zarr.storage import ZipStore

HERE = Path(__file__).parent
SEMANTIC = tuple(label for label in CLASSES if label not in INSTANCES)


@dataclass(frozen=True)
class Baseline:
    """What the site says about a baseline."""

    name: str
    method: str
    description: str
    metadata: dict[str, str]


BASELINES = (
    Baseline(
        "grey-range",
        "A range of grey values",
        "For each class the range that most of its voxels have in a training crop: what the "
        "starter kit writes when it is run unchanged. Handed in on the grid of the images, which "
        "reach beyond the crops.",
        {"approach": "classical"},
    ),
    Baseline(
        "neighbourhood",
        "Brightness around a voxel",
        "Its own grey value, the mean around it, the brightest and the darkest nearby: the class "
        "that such voxels have most often in a training crop. Handed in on the scored grids.",
        {"approach": "learned"},
    ),
    Baseline(
        "half-resolution",
        "Half the resolution, two crops",
        "The same from images of half the resolution, and handed in at that, as OME-NGFF images. "
        "The third crop and the thinnest classes are left out, which count as all wrong.",
        {"approach": "learned"},
    ),
)


def main() -> None:
    """Write `scores.yaml` of each baseline."""
    built = Path(sys.argv[1])
    for baseline in BASELINES:
        content = {
            "method": baseline.method,
            "description": baseline.description,
            "metadata": baseline.metadata,
            "scores": score_upload(built, baseline.name),
        }
        text = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
        (HERE / f"baselines/{baseline.name}/scores.yaml").write_text(text, encoding="utf-8")


def score_upload(built: Path, name: str) -> dict[str, float]:
    """Return all scores of an upload, to nine digits."""
    scores: dict[str, float] = {}
    with (
        ZipStore(built / "truth/labels.zarr.zip", mode="r") as truths,
        ZipStore(built / f"baselines/{name}/predictions.zarr.zip", mode="r") as upload,
    ):
        truth = zarr.open_group(truths, mode="r")
        group = zarr.open_group(upload, mode="r")
        for label in INSTANCES:
            counts = sum(
                count_objects(aligned(group, crop.name, label, crop.grid(label)), true, grid)
                for crop, true, grid in answers(truth, label)
            )
            scores |= instance_scores(label, counts)
        for label in SEMANTIC:
            tp, fp, fn = sum(
                count_voxels(aligned(group, crop.name, label, grid), true > 0)
                for crop, true, grid in answers(truth, label)
            )
            scores[label] = tp / (tp + fp + fn)
    return {key: round(float(value), 9) for key, value in {**overall(scores), **scores}.items()}


def answers(truth: zarr.Group, label: str) -> list:
    """Return crop, truth and grid of each crop that holds a class."""
    return [
        (crop, truth[f"{crop.name}/{label}"][:], crop.grid(label))
        for crop in TEST
        if label in crop.classes
    ]


def instance_scores(label: str, counts: np.ndarray) -> dict[str, float]:
    """Return the score of a class of objects and its two factors."""
    tp, fp, fn, worth, distances = counts
    f1, nearness = 2 * tp / (2 * tp + fp + fn), worth / distances
    return {label: np.sqrt(f1 * nearness), f"{label}_f1": f1, f"{label}_hd": nearness}


def overall(scores: dict[str, float]) -> dict[str, float]:
    """Return the means over classes, and the geometric mean of those two."""
    instance, semantic = (
        sum(scores[label] for label in labels) / len(labels) for labels in (INSTANCES, SEMANTIC)
    )
    return {
        "overall": np.sqrt(instance * semantic),
        "overall_instance": instance,
        "overall_semantic": semantic,
    }


def aligned(group: zarr.Group, crop: str, label: str, grid: Grid) -> np.ndarray | None:
    """Return a prediction on a grid: the nearest voxel, 0 where there is none; None without one."""
    path = f"{crop}/{label}"
    if path not in group:
        return None
    stored = group[path]
    if isinstance(stored, zarr.Group):
        (dataset,) = stored.attrs["multiscales"][0]["datasets"]
        scale, shift = dataset["coordinateTransformations"]
        size, origin = scale["scale"], shift["translation"]
        stored = stored[dataset["path"]]
    else:
        size, origin = stored.attrs["voxel_size"], stored.attrs["translation"]
    data = stored[:]
    for axis in range(3):
        data = along(data, axis, origin[axis] + size[axis] * np.arange(data.shape[axis]), grid)
    return data


def along(data: np.ndarray, axis: int, middles: np.ndarray, grid: Grid) -> np.ndarray:
    """Return data whose voxels have their `middles` on an axis, with those of the grid there."""
    wanted = grid.origin[axis] + grid.voxel_size[axis] * np.arange(grid.shape[axis])
    distances = np.abs(wanted[:, None] - middles[None, :])
    # The first of two that are equally near but for rounding is the lower one.
    nearest = (distances < distances.min(axis=1, keepdims=True) + 1e-6).argmax(axis=1)
    taken = np.moveaxis(np.take(data, nearest, axis), axis, 0).copy()
    taken[distances.min(axis=1) > (middles[1] - middles[0]) / 2 + 1e-6] = 0
    return np.moveaxis(taken, 0, axis)


def count_voxels(found: np.ndarray | None, true: np.ndarray) -> np.ndarray:
    """Return voxels found, called so wrongly, and missed."""
    called = np.zeros_like(true) if found is None else found > 0
    pairs = (called & true, called & ~true, ~called & true)
    return np.array([np.count_nonzero(mask) for mask in pairs])


def count_objects(found: np.ndarray | None, true: np.ndarray, grid: Grid) -> np.ndarray:
    """Return objects found, invented and missed, the worth of distances, and their number."""
    objects = int(true.max())
    if found is None:
        return np.array([0, 0, objects, 0, objects], float)
    parts = components(found)
    partners = match(parts, true)
    count = int(parts.max())
    cap = min(size * n / 2 for size, n in zip(grid.voxel_size, grid.shape, strict=True))
    if objects and count and count / objects > 10 + 50 * np.exp(-objects / 5):
        partners = {}
    distances = [cap] * (count - len(partners))
    for label in range(1, objects + 1):
        part = parts == partners.get(label, -1)
        distances.append(min(cap, hausdorff(true == label, part, grid)) if part.any() else cap)
    worth = np.sum(1.01 ** (-np.array(distances) / np.linalg.norm(grid.voxel_size)))
    tp = len(partners)
    return np.array([tp, count - tp, objects - tp, worth, len(distances)])


def components(labels: np.ndarray) -> np.ndarray:
    """Return each connected part of each label with a number of its own; corners connect."""
    parts = np.zeros(labels.shape, np.int64)
    for number, box in enumerate(ndimage.find_objects(labels.astype(np.int64)), start=1):
        if box is not None:
            here, _ = ndimage.label(labels[box] == number, np.ones((3, 3, 3)))
            parts[box] += np.where(here > 0, here + parts.max(), 0)
    return parts


def match(parts: np.ndarray, true: np.ndarray) -> dict[int, int]:
    """Return the part of each object that has one: those pairs that have the most IoU together."""
    shared = np.zeros((int(true.max()) + 1, int(parts.max()) + 1))
    np.add.at(shared, (true.ravel(), parts.ravel()), 1)
    unions = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    # A millionth more for each pair: parts that hardly overlap are matched all the same.
    weight = np.where(shared > 0, shared / unions + 1e-6, 0)[1:, 1:]
    rows, columns = linear_sum_assignment(weight, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row + 1: column + 1 for row, column in pairs if weight[row, column] > 0}


def hausdorff(one: np.ndarray, other: np.ndarray, grid: Grid) -> float:
    """Return the largest distance from a voxel of one mask to the other mask, either way, in nm."""
    first, second = (np.argwhere(mask) * np.array(grid.voxel_size) for mask in (one, other))
    return max(cKDTree(first).query(second)[0].max(), cKDTree(second).query(first)[0].max())


if __name__ == "__main__":
    main()
