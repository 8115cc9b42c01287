"""What the tissue is built of: bodies that say how deep a point lies in them, in nm.

A depth is positive inside and grows inwards. Points are three arrays (z, y, x) that broadcast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Points = Sequence[np.ndarray]


class Body(Protocol):
    """Something with an inside."""

    def depth(self, points: Points) -> np.ndarray:
        """Return how deep each point lies."""

    def balls(self) -> list[tuple[np.ndarray, float]]:
        """Return middles and radii of balls that hold all of it."""


@dataclass(frozen=True)
class Capsule:
    """All that lies within `radius` of a segment; a ball when the segment is a point."""

    middle: np.ndarray
    direction: np.ndarray
    half_length: float
    radius: float

    def depth(self, points: Points) -> np.ndarray:
        """Return the depth below the surface."""
        offsets = away(points, self.middle)
        along = np.clip(dot(offsets, self.direction), -self.half_length, self.half_length)
        nearest = [along * share for share in self.direction]
        return self.radius - length([a - b for a, b in zip(offsets, nearest, strict=True)])

    def balls(self) -> list[tuple[np.ndarray, float]]:
        """Return balls along the segment, a little wider than the capsule."""
        count = 1 + int(self.half_length // self.radius)
        places = np.linspace(-self.half_length, self.half_length, 2 * count + 1)
        # Half way between two middles the surface lies this much further out.
        wider = self.radius + self.half_length / (4 * count)
        return [(self.middle + place * self.direction, wider) for place in places]


@dataclass(frozen=True)
class Stack:
    """Three round sacs, one above the other, bent like bowls."""

    middle: np.ndarray
    direction: np.ndarray
    radius: float
    thickness: float
    spacing: float

    def depth(self, points: Points) -> np.ndarray:
        """Return the depth in the sac that the point lies in, or nearest to."""
        offsets = away(points, self.middle)
        height = dot(offsets, self.direction)
        aside = np.sqrt(np.maximum(dot(offsets, offsets) - height * height, 0))
        height = height + aside * aside / (6 * self.radius)
        to_sac = np.minimum(np.abs(height), np.abs(np.abs(height) - self.spacing))
        return np.minimum(self.thickness / 2 - to_sac, self.radius - aside)

    def balls(self) -> list[tuple[np.ndarray, float]]:
        """Return one ball."""
        half = self.spacing + self.thickness / 2 + self.radius / 6
        return [(self.middle, float(np.sqrt(half**2 + self.radius**2)))]


@dataclass(frozen=True)
class Sheet:
    """A piece of a hollow ball: what lies about `radius` from the middle, towards `direction`."""

    middle: np.ndarray
    direction: np.ndarray
    radius: float
    thickness: float
    reach: float  # along the direction, nm: how far the piece goes back from its farthest point

    def depth(self, points: Points) -> np.ndarray:
        """Return the depth below the nearer surface, or the rim."""
        offsets = away(points, self.middle)
        height = dot(offsets, self.direction)
        inside = self.thickness / 2 - np.abs(length(offsets) - self.radius)
        return np.minimum(inside, height - (self.radius - self.reach))

    def balls(self) -> list[tuple[np.ndarray, float]]:
        """Return one ball around the whole piece."""
        back = self.radius - self.reach
        aside = np.sqrt(max((self.radius + self.thickness) ** 2 - back**2, 0))
        return [(self.middle + back * self.direction, float(max(aside, self.reach)) + 8)]


def away(points: Points, middle: np.ndarray) -> list[np.ndarray]:
    """Return the vectors from `middle` to the points."""
    return [line - start for line, start in zip(points, middle, strict=True)]


def dot(one: Points, other: Sequence) -> np.ndarray:
    """Return scalar products, added in one order: a library's own may depend on the machine."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def length(vectors: Points) -> np.ndarray:
    """Return the lengths of vectors."""
    return np.sqrt(dot(vectors, vectors))
