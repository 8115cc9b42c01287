"""The tissue around a crop: cells that fill space but for a gap, each with a nucleus."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from crops import Grid
from randomness import Dice, wave
from shapes import Points, away, dot, length

SPACING = 430.0  # nm from cell to cell, on average
JITTER = 60.0
REACH = 290.0  # nm; no part of a cell lies further from its middle
GAP = 26.0  # nm between two cells
BUMPS = 5.0


@dataclass(frozen=True)
class Nucleus:
    """A ball with pores, each in a direction from the middle."""

    middle: np.ndarray
    radius: float
    pores: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Tissue:
    """Middles of the cells (n, 3) and their nuclei; cell k has the number k + 1."""

    middles: np.ndarray
    nuclei: tuple[Nucleus, ...]

    def owners(self, points: Points) -> tuple[np.ndarray, np.ndarray]:
        """Return for each point the cell that it is nearest to (from 0), and its depth in it.

        The depth is in nm, below 0 in the space between cells.
        """
        squares = np.full(np.broadcast_shapes(*(line.shape for line in points)), np.inf)
        owner = np.zeros(squares.shape, np.int64)
        for number, middle in enumerate(self.middles):
            offsets = away(points, middle)
            here = dot(offsets, offsets)
            owner[here < squares] = number
            np.minimum(squares, here, out=squares)
        depth = REACH - np.sqrt(squares)
        for number, middle in enumerate(self.middles):
            apart = 2 * length(away(self.middles.T, middle))
            apart[number] = np.inf
            offsets = away(points, middle)
            # How far the plane is that lies half way between the two cells.
            to_plane = (dot(offsets, offsets) - squares) / apart[owner]
            to_plane[owner == number] = np.inf
            np.minimum(depth, to_plane - GAP / 2, out=depth)
        return owner, depth + BUMPS * bumps(points)

    def from_nucleus(self, points: Points) -> np.ndarray:
        """Return how far outside the nearest nucleus each point lies, nm."""
        return np.minimum.reduce(
            [length(away(points, nucleus.middle)) - nucleus.radius for nucleus in self.nuclei]
        )


def bumps(points: Points) -> np.ndarray:
    """Return a smooth unevenness between -1 and 1."""
    z, y, x = points
    return wave((z + y) / 131) * wave((y - x) / 149) * wave((x + z / 2) / 113)


def grow(seed: int, grid: Grid, cell: tuple[float, float, float]) -> Tissue:
    """Return the cells in and around a grid; one lies near `cell`, nm from the grid's corner."""
    dice = Dice(seed)
    lengths = [count * size for count, size in zip(grid.shape, grid.voxel_size, strict=True)]
    reach = SPACING / 2 + JITTER
    counts = [
        range(-1 - int((at + reach) // SPACING), 1 + int((extent - at + reach) // SPACING))
        for at, extent in zip(cell, lengths, strict=True)
    ]
    corner = np.array(grid.origin) + np.array(cell)
    middles = np.array(
        [
            corner + SPACING * staggered(place) + dice.many(3, -JITTER, JITTER) * any(place)
            for place in product(*counts)
        ]
    )
    return Tissue(middles, tuple(nucleus(middle, dice) for middle in middles))


def staggered(place: tuple[int, int, int]) -> np.ndarray:
    """Return a place of the lattice; every other layer is shifted, so that cells lie in hollows."""
    shift = 0.5 * (place[0] % 2)
    return np.array([0.85 * place[0], place[1] + shift, place[2] + shift])


def nucleus(cell: np.ndarray, dice: Dice) -> Nucleus:
    """Return the nucleus of a cell."""
    pores: list[np.ndarray] = []
    for _ in range(60):
        pore = dice.direction()
        # 0.8 is the cosine of 37 degrees, some 55 nm on the envelope.
        if all(float(dot(pore, other)) < 0.8 for other in pores):
            pores.append(pore)
    return Nucleus(cell + dice.many(3, -15, 15), dice.between(78, 92), tuple(pores))
