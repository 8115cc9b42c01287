"""What one case counts, and the formulas that end the counts of several."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """Objects found, predicted too much and missed; the worth of distances, and their number."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    worths: float = 0.0
    distances: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.tp + other.tp,
            self.fp + other.fp,
            self.fn + other.fn,
            self.worths + other.worths,
            self.distances + other.distances,
        )

    @property
    def f1(self) -> float:
        """F1 of finding objects; 1 when there is nothing to find and nothing was predicted."""
        objects = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / objects if objects else 1.0

    @property
    def nearness(self) -> float:
        """Mean worth of the distances; 1 when there is none."""
        return self.worths / self.distances if self.distances else 1.0


@dataclass(frozen=True)
class CellTally:
    """The counts of objects, and which part of the score is asked for."""

    part: str
    counts: Counts

    def __add__(self, other: "CellTally") -> "CellTally":
        return CellTally(self.part, self.counts + other.counts)

    def score(self) -> float:
        """F1, mean worth of distances, or their geometric mean, in [0, 1]; higher is better."""
        match self.part:
            case "f1":
                return self.counts.f1
            case "hausdorff":
                return self.counts.nearness
            case _:
                return math.sqrt(self.counts.f1 * self.counts.nearness)


@dataclass(frozen=True)
class VoxelTally:
    """Elements of the foreground: found, predicted too much, missed."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other: "VoxelTally") -> "VoxelTally":
        return VoxelTally(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    def score(self) -> float:
        """Intersection over union in [0, 1]; 1 when there is no foreground at all."""
        union = self.tp + self.fp + self.fn
        return self.tp / union if union else 1.0
