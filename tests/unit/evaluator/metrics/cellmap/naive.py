"""The clean profile done over without any short cut, for volumes of a few hundred elements."""

import math
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import cc3d
import numpy as np
from scipy.spatial.distance import cdist

Pairs = dict[int, int]  # the true label of each component


def naive_counts(
    prediction: Any, truth: Any, spacing: Sequence[float], minimum_iou: float = 0.0
) -> list[tuple[int, int, int, float, int]]:
    """Return the counts of every best matching: there may be several."""
    components, spare = cc3d.connected_components(prediction, return_N=True)
    labels = [int(label) for label in np.unique(truth) if label != 0]
    cap = min(size * length / 2 for size, length in zip(spacing, truth.shape, strict=True))
    if labels and spare and spare / len(labels) > 10 + 50 * math.exp(-len(labels) / 5):
        return [_counts({}, [cap] * (len(labels) + spare), labels, spare, spacing)]
    results = []
    for pairs in _best(_weights(components, truth, minimum_iou)):
        distances = [cap] * (spare - len(pairs) + len(labels) - len(pairs))
        for component, label in pairs.items():
            distances.append(min(_distance(components == component, truth == label, spacing), cap))
        results.append(_counts(pairs, distances, labels, spare, spacing))
    return results


def _counts(
    pairs: Pairs, distances: list[float], labels: list[int], spare: int, spacing: Sequence[float]
) -> tuple[int, int, int, float, int]:
    diagonal = math.sqrt(sum(size * size for size in spacing))
    worths = sum(1.01 ** (-float(np.float32(distance)) / diagonal) for distance in distances)
    found = len(pairs)
    return found, spare - found, len(labels) - found, worths, len(distances)


def _weights(components: Any, truth: Any, minimum_iou: float) -> dict[tuple[int, int], int]:
    weights = {}
    for component in range(1, int(components.max()) + 1):
        for label in np.unique(truth[components == component]):
            one, other = components == component, truth == label
            iou = int((one & other).sum()) / int((one | other).sum())
            if label != 0 and iou >= minimum_iou:
                cost = int((1.0 - float(np.float32(iou))) * 1_000_000)
                weights[component, int(label)] = 1_000_001 - cost
    return weights


def _best(weights: dict[tuple[int, int], int]) -> list[Pairs]:
    """Return every matching with the greatest sum of weights, found by trying all of them."""
    found: dict[frozenset[tuple[int, int]], int] = {}
    for order in permutations(weights):
        chosen: Pairs = {}
        for component, label in order:
            if component not in chosen and label not in chosen.values():
                chosen[component] = label
        key = frozenset(chosen.items())
        found[key] = sum(weights[pair] for pair in key)
    best = max(found.values())
    return [dict(pairs) for pairs, total in found.items() if total == best]


def _distance(one: Any, other: Any, spacing: Sequence[float]) -> float:
    places = [np.argwhere(mask) * np.asarray(spacing) for mask in (one, other)]
    between = cdist(*places)
    return float(max(between.min(axis=0).max(), between.min(axis=1).max()))
