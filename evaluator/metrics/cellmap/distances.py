"""Hausdorff distances of matched objects, and what they are worth."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluator.metrics.cellmap.labels import PEER
from evaluator.metrics.cellmap.overlaps import Overlaps
from evaluator.metrics.cellmap.pieces import CutVolumes
from evaluator.metrics.comparison import Work
from evaluator.metrics.kernels.cells import Grid, squared_distances
from evaluator.metrics.kernels.overlaps import (
    Members,
    Objects,
    collect_members,
    count_members,
)
from evaluator.metrics.kernels.pieces import Numbers

_BASE = 1.01  # a voxel's diagonal costs about one part in a hundred
_BATCHES = 16  # for each thread
_ABOVE = 1 + 1e-12  # a square above the cap's by this much has a root that is not below the cap


@dataclass(frozen=True)
class World:
    """Spacing and shape of a volume along its own axes."""

    spacing: tuple[float, ...]
    shape: tuple[int, ...]

    @property
    def cap(self) -> float:
        """The distance that none exceeds: from the middle of the volume to its nearest side."""
        return min(size * length / 2 for size, length in zip(self.spacing, self.shape, strict=True))

    def grid(self) -> Grid:
        """Return the spacing along z, y and x, for axes that are not there 1."""
        z, y, x = map(float, (1.0,) * (3 - len(self.spacing)) + self.spacing)
        return Grid(z, y, x, self.cap * self.cap * _ABOVE)

    def sum_of_worths(self, distances: Numbers, profile: str) -> float:
        """Return the sum of 1.01^(-distance / diagonal of a voxel).

        The peer's is rounded as numpy adds; the other one does not depend on the order.
        """
        if profile == PEER:
            return float(np.sum(_BASE ** (-distances / np.linalg.norm(self.spacing))))
        diagonal = math.sqrt(math.fsum(size * size for size in self.spacing))
        return math.fsum(_BASE ** (-distances.astype(np.float64) / diagonal))


def distances(
    volumes: CutVolumes, overlaps: Overlaps, owners: Numbers, world: World, work: Work
) -> Numbers:
    """Return one distance for each true object, in the unit of the spacing, as float32.

    It is the Hausdorff distance between the elements of the object and those of the components
    that it owns, at most the cap, and the cap for an object that owns none. `owners` has the true
    object of each component.
    """
    size = overlaps.true.elements.size
    owned = np.bincount(owners, overlaps.predicted.elements, size).astype(np.int64)
    is_own = owners[overlaps.components] == overlaps.true_objects
    pairs = overlaps.true_objects[is_own], overlaps.elements[is_own]
    shared = np.bincount(*pairs, size).astype(np.int64)
    result = np.where(owned > 0, 0.0, world.cap)
    differs = (owned > 0) & ((owned > shared) | (overlaps.true.elements > shared))
    differs[0] = False
    asked = np.flatnonzero(differs)
    if asked.size:
        result[asked] = _measured(volumes, _objects(asked, size, owners), world, work)
    return result[1:].astype(np.float32)


def _objects(asked: Numbers, size: int, owners: Numbers) -> Objects:
    of_true = np.zeros(size, np.int32)
    of_true[asked] = np.arange(1, asked.size + 1)
    return Objects(of_true, np.where(owners > 0, of_true[owners], 0).astype(np.int32))


def _measured(volumes: CutVolumes, objects: Objects, world: World, work: Work) -> Numbers:
    true, predicted = _members(volumes, objects, work)
    tasks = _tasks(np.diff(true.starts) + np.diff(predicted.starts), work.threads)
    step = _BATCHES * work.threads
    batches = [np.ascontiguousarray(tasks[first::step]) for first in range(step)]
    known = np.zeros(true.starts.size)

    def measure(batch: Numbers) -> Numbers:
        found = np.zeros(batch.shape[0])
        squared_distances(true, predicted, world.grid(), batch, known, found)
        return found

    squares = np.zeros(true.starts.size)
    for batch, found in zip(batches, work.map(measure, batches), strict=True):
        np.maximum.at(squares, batch[:, 0], found)
    return np.minimum(np.sqrt(squares[1:]), world.cap)


def _tasks(pieces: Numbers, threads: int) -> Numbers:
    """Return (pair, part, parts) for each task, the large ones first.

    `pieces` is the size of each pair. A pair that is a large share of the whole is cut.
    """
    parts = 1 + pieces * 4 * threads // max(int(pieces.sum()), 1) * (threads > 1)
    order = np.argsort(-(pieces // parts), kind="stable")
    rows = [(pair + 1, part, parts[pair]) for pair in order for part in range(parts[pair])]
    return np.array(rows, np.int64)


def _members(volumes: CutVolumes, objects: Objects, work: Work) -> Sequence[Members]:
    """Return the pieces of the true objects and of what they own, bands of rows side by side."""
    pieces = volumes.pieces
    edges = np.linspace(0, pieces.starts.size - 1, work.threads + 1).astype(np.int64).tolist()
    bands = list(itertools.pairwise(edges))
    counts = np.zeros((len(bands), 2, int(objects.of_true.max()) + 1), np.int64)

    def count(number: int) -> None:
        first, behind = bands[number]
        band = (int(pieces.starts[first]), int(pieces.starts[behind]))
        count_members(pieces, objects, band, counts[number])

    list(work.map(count, range(len(bands))))
    counts[..., 0] = 0
    starts = np.cumsum(counts.sum(axis=0), axis=1)
    before = np.cumsum(counts, axis=0) - counts
    members = [_room(side) for side in starts]
    at = before + np.concatenate([np.zeros((2, 1), np.int64), starts[:, :-1]], axis=1)

    def collect(number: int) -> None:
        band = (*bands[number], volumes.shape[1])
        collect_members(pieces, objects, band, at[number], *members)

    list(work.map(collect, range(len(bands))))
    return members


def _room(starts: Numbers) -> Members:
    size = int(starts[-1])
    kinds = (*(np.uint16,) * 4, np.bool_)
    return Members(starts, *(np.empty(size, kind) for kind in kinds))
