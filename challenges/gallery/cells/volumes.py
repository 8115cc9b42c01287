"""The synthetic volumes: where the cells lie, and what a microscope would make of them.

Everything is exact arithmetic (sums of whole numbers; single additions, products and square roots
of floats), so that each voxel is the same on every machine. Arrays are (z, y, x).
"""

from dataclasses import dataclass

import numpy as np
from filters import box_mean
from randomness import Dice, noise

SHAPE = (56, 140, 140)
VOXEL_UM = (1.0, 0.5, 0.5)
SMALLEST = 80  # voxels; less than that at the border of the volume is no cell
# How near two cells may come, as a share of the sum of their radii: below 1 they press together.
CLOSEST = 0.86
BACKGROUND = 18.0


@dataclass(frozen=True)
class Conditions:
    """How one volume differs from the others."""

    seed: int
    cells: int  # how many are tried to be placed
    noise: float  # grey values, in the dark
    shading: float  # how much darker the left border is than the right, 0 to 1


@dataclass(frozen=True)
class Cell:
    """One cell: an ellipsoid turned about z. Lengths in µm."""

    centre: tuple[float, float, float]
    radii: tuple[float, float, float]
    cosine: float
    sine: float
    brightness: float

    @property
    def reach(self) -> float:
        """The radius within which no other cell's middle may lie, in µm."""
        return sum(self.radii) / 3


@dataclass(frozen=True)
class Volume:
    """What is made: the image (uint8) and the number of the cell of each voxel (uint16), or 0."""

    image: np.ndarray
    instances: np.ndarray


def make_volume(conditions: Conditions) -> Volume:
    """Return the volume that belongs to the conditions."""
    cells = place(conditions)
    painted = paint(cells, conditions.seed)
    brightness = np.array([0.0, *(cell.brightness for cell in cells)])[painted]
    return Volume(image=expose(brightness, conditions), instances=renumber(painted))


def place(conditions: Conditions) -> list[Cell]:
    """Return cells at random places, none too near to another."""
    dice = Dice(conditions.seed)
    cells: list[Cell] = []
    # Rows (z, y, x, reach); one that is not used yet is infinitely far away.
    taken = np.tile([np.inf, np.inf, np.inf, 0.0], (conditions.cells, 1))
    for _ in range(60 * conditions.cells):
        cell = throw(dice)
        if is_free(cell, taken):
            taken[len(cells)] = (*cell.centre, cell.reach)
            cells.append(cell)
        if len(cells) == conditions.cells:
            break
    return cells


def throw(dice: Dice) -> Cell:
    """Return a cell anywhere in the volume."""
    # The half-angle formulas turn by a rational slope, without sine and cosine of the library.
    slope = dice.between(-1, 1)
    size = dice.between(2.9, 4.3)
    return Cell(
        centre=tuple(dice.between(0, n * um) for n, um in zip(SHAPE, VOXEL_UM, strict=True)),
        radii=(size * dice.between(0.9, 1.1), size * dice.between(1.0, 1.25), size / 1.1),
        cosine=(1 - slope**2) / (1 + slope**2),
        sine=2 * slope / (1 + slope**2),
        brightness=dice.between(70, 190),
    )


def is_free(cell: Cell, taken: np.ndarray) -> bool:
    """True when a cell keeps its distance from all others; `taken` has rows (z, y, x, reach)."""
    dz, dy, dx = (taken[:, axis] - cell.centre[axis] for axis in range(3))
    closest = CLOSEST * (taken[:, 3] + cell.reach)
    return not (dz * dz + dy * dy + dx * dx <= closest * closest).any()


def paint(cells: list[Cell], seed: int) -> np.ndarray:
    """Return for each voxel the position of its cell in the list, from 1; where two meet, the
    one in which the voxel lies deeper.
    """
    # Dents and bumps, the same for all cells, so that no border is a perfect ellipsoid.
    bumps = 1.4 * box_mean(box_mean(noise(seed + 1, SHAPE), (3, 5, 5)), (3, 5, 5))
    depth = np.ones(SHAPE)
    painted = np.zeros(SHAPE, np.uint16)
    for number, cell in enumerate(cells, start=1):
        box = bounds(cell)
        here = ellipsoid(cell, box) + bumps[box]
        inside = here < depth[box]
        depth[box][inside] = here[inside]
        painted[box][inside] = number
    return painted


def bounds(cell: Cell) -> tuple[slice, ...]:
    """Return the voxels that a cell can touch."""
    reach = 1.3 * max(cell.radii)
    return tuple(
        slice(max(0, int((middle - reach) / um)), min(n, int((middle + reach) / um) + 2))
        for middle, um, n in zip(cell.centre, VOXEL_UM, SHAPE, strict=True)
    )


def ellipsoid(cell: Cell, box: tuple[slice, ...]) -> np.ndarray:
    """Return the squared distance from the middle of a cell; 1 on its surface."""
    z, y, right = (
        (np.arange(part.start, part.stop) + 0.5) * um - middle
        for part, um, middle in zip(box, VOXEL_UM, cell.centre, strict=True)
    )
    down = y[:, None]
    along, across = cell.cosine * down + cell.sine * right, cell.cosine * right - cell.sine * down
    shares = (z[:, None, None] / cell.radii[0], along / cell.radii[1], across / cell.radii[2])
    return shares[0] * shares[0] + shares[1] * shares[1] + shares[2] * shares[2]


def renumber(painted: np.ndarray) -> np.ndarray:
    """Return the labels as 1, 2, … without those of fewer than SMALLEST voxels."""
    keep = np.bincount(painted.ravel()) >= SMALLEST
    keep[0] = False
    return np.where(keep, np.cumsum(keep), 0).astype(np.uint16)[painted]


def expose(brightness: np.ndarray, conditions: Conditions) -> np.ndarray:
    """Return the image, uint8, of cells that shine with `brightness`."""
    texture = 1 + 1.5 * box_mean(noise(conditions.seed + 2, SHAPE), (2, 4, 4))
    signal = box_mean(box_mean(brightness * texture, (3, 3, 3)), (3, 3, 3))
    haze = 0.30 * box_mean(signal, (19, 33, 33))
    across = (np.arange(SHAPE[2]) + 0.5) / SHAPE[2]
    light = 1 - conditions.shading * (1 - across)
    clean = BACKGROUND + light * (signal + haze)
    grain = noise(conditions.seed + 3, SHAPE) * (conditions.noise + 0.3 * np.sqrt(clean))
    return np.clip(np.floor(clean + grain + 0.5), 0, 255).astype(np.uint8)
