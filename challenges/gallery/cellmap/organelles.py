"""What lies in the cells, and where: thrown at random, none into another."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from crops import Grid
from randomness import Dice
from shapes import Body, Capsule, Sheet, Stack
from tissue import Tissue

ROUNDS = 4  # of throws, two for each body that is wanted
NARROWEST = 24.0  # nm from the middle of a body to the membranes around it
DISTANCE = 5.0  # nm between two bodies
UNIT = 256.0**3  # nm³ that `Kind.count` speaks of
ENVELOPE = 28.0  # nm that the envelope of a nucleus is thick
TUBE_RADIUS = 14.0


@dataclass(frozen=True)
class Kind:
    """A sort of organelle: how many there are in a quarter of a micrometre cubed, and its form."""

    name: str
    count: float
    throw: Callable[[np.ndarray, Dice], Body]


@dataclass(frozen=True)
class Organelle:
    """One of them."""

    kind: str
    body: Body


def ball(low: float, high: float) -> Callable[[np.ndarray, Dice], Body]:
    """Return what throws balls with a radius between `low` and `high`."""
    return lambda middle, dice: Capsule(middle, dice.direction(), 0.0, dice.between(low, high))


def rod(low: float, high: float, longest: float) -> Callable[[np.ndarray, Dice], Body]:
    """Return what throws capsules, `longest` being half the length of their middle line."""
    return lambda middle, dice: Capsule(
        middle, dice.direction(), dice.between(longest / 2, longest), dice.between(low, high)
    )


def stack(middle: np.ndarray, dice: Dice) -> Body:
    """Return three sacs."""
    return Stack(middle, dice.direction(), dice.between(36, 44), 24.0, 30.0)


def tube_at(middle: np.ndarray, dice: Dice) -> Body:
    """Return a microtubule."""
    return Capsule(middle, dice.direction(), dice.between(60, 100), TUBE_RADIUS)


# The large ones first, while there is room.
KINDS = (
    Kind("golgi", 1.0, stack),
    Kind("mito", 3.0, rod(28, 34, 40)),
    Kind("lyso", 2.0, ball(26, 34)),
    Kind("ld", 2.0, ball(24, 38)),
    Kind("endo", 2.0, rod(22, 30, 14)),
    Kind("perox", 2.0, ball(22, 29)),
    Kind("eres", 2.0, rod(15, 17, 24)),
    Kind("ves", 8.0, ball(16, 21)),
)
TUBES = 5.0  # microtubules in the same volume


def furnish(tissue: Tissue, seed: int, grid: Grid) -> list[Organelle]:
    """Return everything that lies in the cells around a grid, in the order of painting."""
    dice = Dice(seed + 1)
    volume = float(np.prod(np.array(grid.shape) * np.array(grid.voxel_size))) / UNIT
    sheets = [
        Organelle("er", sheet)
        for nucleus in tissue.nuclei
        for sheet in (
            Sheet(nucleus.middle, dice.direction(), nucleus.radius + out, 24.0, reach)
            for out, reach in ((22, 30), (28, 50), (58, 40))
        )
    ]
    room = Room(tissue, grid)
    bodies = [
        Organelle(kind.name, body)
        for kind in KINDS
        for body in room.place(kind.throw, max(2, round(kind.count * volume)), dice)
    ]
    tubes = [Organelle("mt", tube) for tube in room.cross(max(3, round(TUBES * volume)), dice)]
    return sheets + bodies + tubes


class Room:
    """The cytoplasm around a grid, and what has been put into it."""

    def __init__(self, tissue: Tissue, grid: Grid) -> None:
        """Begin with nothing."""
        self._tissue = tissue
        self._low = np.array(grid.origin)
        self._lengths = np.array(grid.shape) * np.array(grid.voxel_size)
        self._taken = np.zeros((0, 4))  # rows (z, y, x, radius)

    def place(
        self, throw: Callable[[np.ndarray, Dice], Body], count: int, dice: Dice
    ) -> list[Body]:
        """Return up to `count` bodies, each free of the others."""
        bodies: list[Body] = []
        for _ in range(ROUNDS):
            for body in self._thrown(throw, 2 * count, dice):
                if len(bodies) < count and self._is_free(body):
                    rows = [(*middle, radius) for middle, radius in body.balls()]
                    self._taken = np.vstack([self._taken, rows])
                    bodies.append(body)
        return bodies

    def cross(self, count: int, dice: Dice) -> list[Body]:
        """Return up to `count` tubes, which may run through anything but nuclei."""
        return [tube for _ in range(ROUNDS) for tube in self._thrown(tube_at, count, dice)][:count]

    def _thrown(
        self, throw: Callable[[np.ndarray, Dice], Body], count: int, dice: Dice
    ) -> list[Body]:
        """Return those of `count` bodies that lie in one cell, outside its nucleus."""
        bodies = [throw(middle, dice) for middle in self._points(count, dice)]
        return [body for body, fits in zip(bodies, self._fit(bodies), strict=True) if fits]

    def _points(self, count: int, dice: Dice) -> np.ndarray:
        """Return points in the cytoplasm of the grid; none when chance has it so, (n, 3)."""
        shares = dice.many(12 * count, 0, 1).reshape(4 * count, 3)
        points = self._low + shares * self._lengths
        _, depth = self._tissue.owners(list(points.T))
        clear = self._tissue.from_nucleus(list(points.T)) - ENVELOPE / 2
        return points[np.minimum(depth, clear) > NARROWEST][:count]

    def _fit(self, bodies: list[Body]) -> np.ndarray:
        """Return which of the bodies lie in one cell, outside its nucleus."""
        if not bodies:
            return np.zeros(0, bool)
        rows = [(*m, r, n) for n, body in enumerate(bodies) for m, r in body.balls()]
        z, y, x, radius, number = np.array(rows).T
        _, depth = self._tissue.owners([z, y, x])
        clear = self._tissue.from_nucleus([z, y, x]) - ENVELOPE / 2
        is_bad = np.minimum(depth - 10, clear) < radius
        return np.bincount(number.astype(int), is_bad, len(bodies)) == 0

    def _is_free(self, body: Body) -> bool:
        """True when a body keeps its distance from all others."""
        for middle, radius in body.balls():
            z, y, x = (self._taken[:, axis] - middle[axis] for axis in range(3))
            closest = self._taken[:, 3] + radius + DISTANCE
            if (z * z + y * y + x * x < closest * closest).any():
                return False
        return True
