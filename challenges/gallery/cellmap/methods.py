"""The baselines of this challenge: images in, predictions for every class out; numpy only."""

import runpy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from classes import INSTANCES, LEAVES, PARTS
from crops import Crop, Grid
from filters import box_max, box_mean, halved

# Run, not imported: an import would leave a __pycache__ among the files offered for download.
STARTER = runpy.run_path(str(Path(__file__).parent / "public/starter_kit.py"))
# Of the features of a voxel: how wide a step is, and how many steps there are.
STEPS = ((8, 32), (16, 16), (24, 11), (32, 8))
SMALLEST = {"ves": 20, "np": 20, "mt": 20, "perox": 30, "eres": 20}
# What a method that sees half the resolution is asked for: not the thinnest things.
HALF_CLASSES = tuple(
    label for label in PARTS if label not in {"mt", "mt_in", "mt_out", "mito_ribo", "np_in"}
)


@dataclass(frozen=True)
class Known:
    """A training crop: its image with what each voxel is, and with the answers for each class."""

    crop: Crop
    image: np.ndarray
    leaf: np.ndarray  # code of each voxel of the image
    labels: dict[str, np.ndarray]  # each on the grid of its class


@dataclass(frozen=True)
class Found:
    """A prediction, and the grid that it lies on."""

    label: str
    data: np.ndarray
    grid: Grid


def grey_range(crop: Crop, image: np.ndarray, known: Known) -> Iterator[Found]:
    """Yield what the starter kit writes: everything on the grid of the image."""
    volume = STARTER["Volume"]
    example = volume(known.image, known.crop.image.voxel_size, known.crop.image.origin)
    for label in crop.classes:
        grid = known.crop.grid(label)
        answer = volume(known.labels[label], grid.voxel_size, grid.origin)
        learned = STARTER["learn"](example, answer)
        yield Found(label, STARTER["segment"](image, learned, label), crop.image)


def neighbourhood(crop: Crop, image: np.ndarray, known: Known) -> Iterator[Found]:
    """Yield the class that voxels with the same surroundings had most often, on the scored grid."""
    leaf = classify(image, known.image, known.leaf)
    for label in crop.classes:
        data = prediction(leaf, label)
        grid = crop.grid(label)
        placed = STARTER["Volume"](data, crop.image.voxel_size, crop.image.origin)
        wanted = STARTER["Volume"](np.empty(grid.shape), grid.voxel_size, grid.origin)
        yield Found(label, STARTER["at"](placed, wanted), grid)


def half_resolution(crop: Crop, image: np.ndarray, known: Known) -> Iterator[Found]:
    """Yield the same from images of half the resolution, without the thinnest classes."""
    leaf = classify(halved(image), halved(known.image), known.leaf[1::2, 1::2, 1::2])
    for label in crop.classes:
        if label in HALF_CLASSES:
            yield Found(label, prediction(leaf, label), crop.image.coarser())


def classify(image: np.ndarray, known: np.ndarray, leaf: np.ndarray) -> np.ndarray:
    """Return the code of the most frequent class of voxels with such features in a known image.

    Where those were never seen, fewer features decide.
    """
    rows, known_rows = features(image), features(known)
    rarity = np.bincount(leaf.ravel() - 1, minlength=len(LEAVES)) + 1
    codes = np.zeros(image.size, np.uint8)
    for count in (1, 2, 3, 4):
        size = int(np.prod([number for _, number in STEPS[:count]]))
        place = spread(known_rows, count) * len(LEAVES) + leaf.ravel() - 1
        counts = np.bincount(place, minlength=size * len(LEAVES)).reshape(size, -1)
        # Rare classes would hardly ever be the most frequent one.
        likely = (counts / np.sqrt(rarity)).argmax(axis=1) + 1
        best = np.where(counts.sum(axis=1) > 3, likely, 0).astype(np.uint8)
        told = best[spread(rows, count)]
        codes = np.where(told > 0, told, codes)
    return codes.reshape(image.shape)


def features(image: np.ndarray) -> list[np.ndarray]:
    """Return for each voxel the steps of its grey value, and of what lies around it."""
    narrow = box_mean(image, 3)
    values = (
        (2 * narrow + image) // 3,
        box_mean(image, 7),
        box_max(narrow, 5),
        255 - box_max(255 - narrow, 5),
    )
    return [
        np.minimum(value.ravel() // width, count - 1)
        for value, (width, count) in zip(values, STEPS, strict=True)
    ]


def spread(rows: list[np.ndarray], count: int) -> np.ndarray:
    """Return one number for the first `count` features together."""
    number = np.zeros(rows[0].size, np.int64)
    for row, (_, steps) in zip(rows[:count], STEPS, strict=False):
        number = number * steps + row
    return number


def prediction(leaf: np.ndarray, label: str) -> np.ndarray:
    """Return the mask of a class, or its connected parts."""
    wanted = np.zeros(len(LEAVES) + 1, bool)
    wanted[[LEAVES.index(part) + 1 for part in PARTS[label]]] = True
    mask = wanted[leaf]
    if label not in INSTANCES:
        return mask.astype(np.uint8)
    labels = STARTER["components"](mask)
    keep = np.bincount(labels.ravel()) >= SMALLEST.get(label, 40)
    keep[0] = False
    return np.where(keep, np.cumsum(keep), 0).astype(np.uint16)[labels]
