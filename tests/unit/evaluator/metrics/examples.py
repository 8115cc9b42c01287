"""One fitting example for each metric of the catalogue, and what may be done to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluator.plans import Value

Volume = NDArray[Any]
Random = np.random.Generator
SPACING = (2.0, 1.0, 1.5)


class Data(StrEnum):
    """What the arrays of an example hold."""

    CLASSES = "classes"
    REGIONS = "regions"
    OBJECTS = "objects"
    CHANCES = "chances"
    CLASS_CHANCES = "class chances"
    QUERIES = "queries"
    NUMBERS = "numbers"
    GREY = "grey"
    PYRAMID = "pyramid"
    WEATHER = "weather"
    MEMBERS = "members"


class Renaming(StrEnum):
    """Which labels may get other numbers without any effect on the score."""

    NONE = "none"
    TOGETHER = "together"  # the same ones in prediction and truth; 0 stays
    EACH = "each"  # any ones on either side; 0 stays


class Turning(StrEnum):
    """What becomes of the score when the axes of all arrays trade places, with their spacing."""

    MEANS_OTHERWISE = "means otherwise"
    ROUNDS_OTHERWISE = "rounds otherwise"  # sums of floats in another order
    SAME = "same"


@dataclass(frozen=True)
class Example:
    """A metric's arrays and parameters."""

    data: Data
    turning: Turning = Turning.SAME
    renaming: Renaming = Renaming.NONE
    parameters: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrays:
    """A case in memory; each auxiliary array is one of the truth."""

    prediction: Volume
    truth: Volume
    auxiliary: Mapping[str, Volume] = field(default_factory=dict)
    spacing: tuple[float, ...] = SPACING


@cache
def arrays_of(data: Data) -> Arrays:
    """Return the arrays of an example, the same ones each time."""
    return _MAKERS[data](np.random.default_rng(11))


def _classes(random: Random) -> Arrays:
    return Arrays(*random.integers(0, 4, (2, 9, 11, 13)).astype(np.int16))


def _chances(random: Random) -> Arrays:
    truth = random.integers(0, 2, (9, 11, 13)).astype(np.uint8)
    return Arrays(random.integers(0, 50, truth.shape) / 64, truth)


def _class_chances(random: Random) -> Arrays:
    rows = random.integers(1, 5, (9, 11, 13, 3))
    truth = random.integers(0, 3, rows.shape[:-1]).astype(np.int32)
    return Arrays(rows / rows.sum(axis=-1, keepdims=True), truth)


def _queries(random: Random) -> Arrays:
    scores, relevance = random.integers(0, 40, (2, 30, 40))
    groups = random.integers(0, 25, (30, 40))
    return Arrays(scores / 8, (relevance % 4).astype(np.uint8), {"groups": groups}, (1.0, 1.0))


def _numbers(random: Random) -> Arrays:
    truth = random.normal(3, 1, (9, 11, 13))
    return Arrays(truth + random.normal(0.1, 0.5, truth.shape), truth)


def _grey(random: Random) -> Arrays:
    return Arrays(*random.integers(0, 256, (2, 12, 14, 13)).astype(np.uint8))


def _pyramid(random: Random) -> Arrays:
    truth = random.integers(0, 200, (176, 192))  # five scales, each of even sides
    guess = truth + random.integers(0, 50, truth.shape)
    return Arrays(guess.astype(np.uint8), truth.astype(np.uint8), spacing=(1.0, 1.0))


def _objects(random: Random, count: int, largest: int) -> Arrays:
    """Return boxes at random places, each a little displaced in the prediction."""
    prediction, truth = np.zeros((2, 20, 22, 18), np.uint16)
    for number in range(1, count + 1):
        low, size = random.integers(0, 16, 3), random.integers(3, largest + 1, 3)
        for volume in (truth, prediction):
            volume[tuple(slice(a, a + b) for a, b in zip(low, size, strict=True))] = number
            low[random.integers(0, 3)] += 1
    return Arrays(prediction, truth)


def _weather(random: Random, members: int) -> Arrays:
    truth = random.random((7, 12, 17)).astype(np.float32)
    noise = random.normal(0, 0.1, (members, *truth.shape)).astype(np.float32)
    prediction = truth + noise
    return Arrays(
        prediction if members > 1 else prediction[0],
        truth,
        {"latitude": np.linspace(80, -80, 12), "climatology": random.random((12, 17))},
    )


_MAKERS: Mapping[Data, Callable[[Random], Arrays]] = {
    Data.CLASSES: _classes,
    Data.REGIONS: lambda random: _objects(random, 4, largest=8),
    Data.OBJECTS: lambda random: _objects(random, 40, largest=6),
    Data.CHANCES: _chances,
    Data.CLASS_CHANCES: _class_chances,
    Data.QUERIES: _queries,
    Data.NUMBERS: _numbers,
    Data.GREY: _grey,
    Data.PYRAMID: _pyramid,
    Data.WEATHER: lambda random: _weather(random, 1),
    Data.MEMBERS: lambda random: _weather(random, 5),
}

_CLASSES = Example(Data.CLASSES, renaming=Renaming.TOGETHER)
_REGIONS = Example(Data.REGIONS, renaming=Renaming.TOGETHER)
_OBJECTS = Example(Data.OBJECTS, renaming=Renaming.EACH)
_CHANCES = Example(Data.CHANCES, Turning.ROUNDS_OTHERWISE)
_SORTED_CHANCES = Example(Data.CHANCES)
_CLASS_CHANCES = Example(Data.CLASS_CHANCES, Turning.MEANS_OTHERWISE)
_QUERIES = Example(Data.QUERIES, Turning.MEANS_OTHERWISE, parameters={"absent": "skip"})
_NUMBERS = Example(Data.NUMBERS, Turning.ROUNDS_OTHERWISE)
_SORTED_NUMBERS = Example(Data.NUMBERS)
_WEATHER = Example(Data.WEATHER, Turning.MEANS_OTHERWISE)
_MEMBERS = Example(Data.MEMBERS, Turning.MEANS_OTHERWISE)

EXAMPLES: Mapping[str, Example] = {
    "accuracy": _CLASSES,
    "balanced_accuracy": _CLASSES,
    "precision": _CLASSES,
    "recall": _CLASSES,
    "f1": _CLASSES,
    "fbeta": _CLASSES,
    "cohen_kappa": _CLASSES,
    "mcc": _CLASSES,
    "confusion": Example(Data.CLASSES),
    "roc_auc": _SORTED_CHANCES,
    "roc_auc_ovr": _CLASS_CHANCES,
    "roc_auc_ovo": _CLASS_CHANCES,
    "average_precision": _SORTED_CHANCES,
    "pr_auc": _SORTED_CHANCES,
    "log_loss": _CHANCES,
    "log_loss_multi": _CLASS_CHANCES,
    "brier": _CHANCES,
    "brier_multi": _CLASS_CHANCES,
    "ndcg": _QUERIES,
    "mean_average_precision": _QUERIES,
    "mrr": _QUERIES,
    "mae": _NUMBERS,
    "rmse": _NUMBERS,
    "mse": _NUMBERS,
    "absolute_bias": _NUMBERS,
    "max_error": _SORTED_NUMBERS,
    "medae": _SORTED_NUMBERS,
    "mape": _NUMBERS,
    "r2": _NUMBERS,
    "explained_variance": _NUMBERS,
    "pearson": _NUMBERS,
    "spearman": _NUMBERS,
    "kendall": _SORTED_NUMBERS,
    "dice": _REGIONS,
    "iou": _REGIONS,
    "hausdorff": _REGIONS,
    "hausdorff_percentile": _REGIONS,
    "assd": _REGIONS,
    "masd": _REGIONS,
    "nsd": _REGIONS,
    "hausdorff_percentile_surfels": _REGIONS,
    "assd_surfels": _REGIONS,
    "nsd_surfels": _REGIONS,
    "object_f1": _OBJECTS,
    "object_precision": _OBJECTS,
    "object_recall": _OBJECTS,
    "ap": _OBJECTS,
    "mean_ap": _OBJECTS,
    "panoptic_quality": _OBJECTS,
    "segmentation_quality": _OBJECTS,
    "recognition_quality": _OBJECTS,
    "variation_of_information": _OBJECTS,
    "voi_split": _OBJECTS,
    "voi_merge": _OBJECTS,
    "adapted_rand_error": _OBJECTS,
    "arand_precision": _OBJECTS,
    "arand_recall": _OBJECTS,
    "cellmap_instance": _OBJECTS,
    "cellmap_semantic": _OBJECTS,
    "psnr": Example(Data.GREY, Turning.ROUNDS_OTHERWISE),
    "ssim": Example(Data.GREY, Turning.ROUNDS_OTHERWISE),
    "ms_ssim": Example(Data.PYRAMID, Turning.ROUNDS_OTHERWISE),
    "weighted_bias": _WEATHER,
    "weighted_mae": _WEATHER,
    "weighted_rmse": _WEATHER,
    "acc": _WEATHER,
    "crps_ensemble": _MEMBERS,
    "spread_skill_ratio": _MEMBERS,
    "spread_skill_error": _MEMBERS,
    "spectral_error": _WEATHER,
}
