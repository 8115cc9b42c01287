"""The crops: where each lies, how large its voxels are, which classes it holds."""

from dataclasses import dataclass

import numpy as np
from classes import CLASSES, COARSE, LARGE

Triple = tuple[float, float, float]
MARGIN = 4  # voxels of the image around a crop


@dataclass(frozen=True)
class Grid:
    """Voxels in the world, in nm along (z, y, x); `origin` is the middle of the first one."""

    shape: tuple[int, int, int]
    voxel_size: Triple
    origin: Triple

    def lines(self) -> list[np.ndarray]:
        """Return where the middles of the voxels lie along each axis, as an open mesh."""
        return np.ix_(
            *(
                start + size * np.arange(count)
                for start, size, count in zip(self.origin, self.voxel_size, self.shape, strict=True)
            )
        )

    def coarser(self) -> "Grid":
        """Return the same box in voxels of twice the size."""
        return Grid(
            tuple(count // 2 for count in self.shape),
            tuple(2 * size for size in self.voxel_size),
            tuple(
                start + size / 2 for start, size in zip(self.origin, self.voxel_size, strict=True)
            ),
        )

    def grown(self, voxels: int) -> "Grid":
        """Return the grid with more voxels on each side."""
        return Grid(
            tuple(count + 2 * voxels for count in self.shape),
            self.voxel_size,
            tuple(
                start - voxels * size
                for start, size in zip(self.origin, self.voxel_size, strict=True)
            ),
        )


@dataclass(frozen=True)
class Crop:
    """One crop of the tissue that belongs to `seed`; `cell` is where one of its cells lies, in nm
    from the corner of the crop.
    """

    name: str
    seed: int
    fine: Grid
    cell: Triple
    classes: tuple[str, ...] = CLASSES
    large: tuple[str, ...] = LARGE

    @property
    def image(self) -> Grid:
        """The grid of the image, which reaches beyond the crop."""
        return self.fine.grown(MARGIN)

    def grid(self, label: str) -> Grid:
        """Return the grid on which a class is scored."""
        return self.fine.coarser() if label in self.large else self.fine


def fine(name: str, seed: int, origin: Triple) -> Crop:
    """Return a crop of a quarter of a micrometre."""
    return Crop(name, seed, Grid((64, 64, 64), (4.0, 4.0, 4.0), origin), (128, 120, 10))


def medium(name: str, seed: int, origin: Triple) -> Crop:
    """Return a crop of half a micrometre, whose slices are thinner than its voxels are wide."""
    return Crop(name, seed, Grid((56, 60, 64), (6.96, 8.0, 8.0), origin), (190, 120, 140))


def coarse(name: str, seed: int, origin: Triple) -> Crop:
    """Return a crop of three quarters of a micrometre, which holds fewer classes."""
    grid = Grid((48, 48, 52), (16.0, 16.0, 16.0), origin)
    return Crop(name, seed, grid, (200, 200, 200), COARSE, ())


TRAINING = (
    fine("crop801", 9045, (1200.0, 2400.0, 3600.0)),
    medium("crop802", 9802, (5010.5, 4095.0, 20007.0)),
    coarse("crop803", 9803, (10246.0, 3206.0, 16006.0)),
)
TEST = (
    fine("crop901", 9054, (800.0, 1700.0, 10400.0)),
    medium("crop902", 9902, (26795.1, 3119.0, 43999.0)),
    coarse("crop903", 9903, (3206.0, 1926.0, 19206.0)),
)
