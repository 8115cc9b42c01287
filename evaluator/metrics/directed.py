"""Distances from each element of one boundary to the nearest element of the other."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from evaluator.metrics.pairs import Values

# Distances that differ by less are equal but for rounding: three voxels of 0.1 are within 0.3.
_SLACK = 1e-9


class Directed(Protocol):
    """What the distances of one direction come to."""

    def size(self) -> float:
        """Return how large the boundary is that is measured from."""

    def total(self) -> float:
        """Return the sum of its distances."""

    def within(self, tolerance: float) -> float:
        """Return how much of it is no farther than `tolerance`."""

    def percentile(self, percent: float) -> float:
        """Return the distance that `percent` of it does not exceed; 100: the largest."""


@dataclass(frozen=True)
class OfVoxels:
    """Distances of border voxels, ascending, at least one; each voxel counts the same."""

    distances: Values

    @classmethod
    def of(cls, distances: Values) -> "OfVoxels":
        """Return the distances in order: sums do not depend on where the voxels lie."""
        return cls(np.sort(distances))

    def size(self) -> float:
        """Return the number of voxels."""
        return float(self.distances.size)

    def total(self) -> float:
        """Return the sum of distances."""
        return float(np.sum(self.distances))

    def within(self, tolerance: float) -> float:
        """Return the number of voxels no farther than `tolerance`."""
        limit = tolerance * (1 + _SLACK)
        return float(np.searchsorted(self.distances, limit, side="right"))

    def percentile(self, percent: float) -> float:
        """Return a percentile, interpolated between the two distances next to it."""
        return float(np.percentile(self.distances, percent))


@dataclass(frozen=True)
class OfSurfels:
    """Distances of surface elements, ascending, at least one, and the area of each."""

    distances: Values
    areas: Values

    @classmethod
    def of(cls, distances: Values, areas: Values) -> "OfSurfels":
        """Return both by distance, then area: sums do not depend on where the elements lie."""
        order = np.lexsort((areas, distances))
        return cls(distances[order], areas[order])

    def size(self) -> float:
        """Return the whole area."""
        return float(np.sum(self.areas))

    def total(self) -> float:
        """Return the sum of distances, each times its area."""
        return float(np.sum(self.distances * self.areas))

    def within(self, tolerance: float) -> float:
        """Return the area no farther than `tolerance`."""
        limit = tolerance * (1 + _SLACK)
        return float(np.sum(self.areas[: np.searchsorted(self.distances, limit, side="right")]))

    def percentile(self, percent: float) -> float:
        """Return the first distance within which `percent` of the area lies."""
        wanted = percent / 100 * (1 - _SLACK) * self.size()
        place = int(np.searchsorted(np.cumsum(self.areas), wanted))
        return float(self.distances[min(place, self.distances.size - 1)])
