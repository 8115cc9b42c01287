"""Made-up volumes of cells with a prediction of each, the same ones on every machine.

Cells are bumpy ellipsoids. A predicted cell is shifted and swollen or shrunk; some are missing,
cut in two or merged with another one, and some objects are there in the prediction alone.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Volume = np.ndarray[Any, np.dtype[np.uint32]]
Vector = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Recipe:
    """A cube of `edge` elements with `cells` in it; radii are parts of the room for one cell."""

    edge: int
    cells: int
    slots: int  # places for cells along each axis
    radii: tuple[float, float] = (0.35, 0.6)


RECIPES = {
    "xs": Recipe(64, 9, 3),
    "small": Recipe(128, 40, 4),
    "medium": Recipe(256, 300, 7),
    "large": Recipe(512, 2000, 13),
    "giant": Recipe(256, 5, 2, (0.5, 0.9)),
}


@dataclass(frozen=True)
class _Cell:
    centre: Vector
    radii: Vector
    phase: Vector  # of the bumps

    def moved(self, by: Vector, scale: float) -> "_Cell":
        return _Cell(self.centre + by, self.radii * scale, self.phase)

    def paint(self, volume: Volume, label: int, cut: Vector | None = None) -> None:
        """Write `label` where the volume is still empty; with `cut`, on one side of a plane."""
        low = np.maximum(np.floor(self.centre - 1.2 * self.radii), 0).astype(int)
        high = np.minimum(np.ceil(self.centre + 1.2 * self.radii) + 1, volume.shape).astype(int)
        if (low >= high).any():
            return
        box = tuple(slice(*pair) for pair in zip(low.tolist(), high.tolist(), strict=True))
        z, y, x = (
            ((np.arange(part.start, part.stop) - self.centre[axis]) / self.radii[axis])
            .astype(np.float32)
            .reshape([-1 if axis == other else 1 for other in range(3)])
            for axis, part in enumerate(box)
        )
        bumps = [
            np.sin(4 * place + shift) for place, shift in zip((z, y, x), self.phase, strict=True)
        ]
        inside = z * z + y * y + x * x < 1 + 0.1 * (bumps[0] + bumps[1] + bumps[2])
        if cut is not None:
            inside &= z * cut[0] + y * cut[1] + x * cut[2] > 0
        part_of_volume = volume[box]
        part_of_volume[inside & (part_of_volume == 0)] = label


def make_volume(name: str) -> tuple[Volume, Volume]:
    """Return truth and prediction of a recipe, axes (z, y, x)."""
    recipe = RECIPES[name]
    rng = np.random.default_rng(recipe.edge * 10_000 + recipe.cells)
    cells = _cells(recipe, rng)
    truth, prediction = (np.zeros((recipe.edge,) * 3, np.uint32) for _ in range(2))
    for label, cell in zip(rng.permutation(len(cells)) + 1, cells, strict=True):
        cell.paint(truth, int(label))
    _predict(prediction, cells, rng)
    return truth, prediction


def _cells(recipe: Recipe, rng: np.random.Generator) -> list[_Cell]:
    room = recipe.edge / recipe.slots
    slots = rng.choice(recipe.slots**3, recipe.cells, replace=False)
    corners = np.stack(np.unravel_index(slots, (recipe.slots,) * 3), axis=1)
    return [
        _Cell(
            (corner + 0.5 + rng.uniform(-0.2, 0.2, 3)) * room,
            rng.uniform(*recipe.radii, 3) * room,
            rng.uniform(0, 2 * np.pi, 3),
        )
        for corner in corners
    ]


def _predict(prediction: Volume, cells: list[_Cell], rng: np.random.Generator) -> None:
    labels = iter((rng.permutation(3 * len(cells)) + 1).tolist())
    last = next(labels)
    for cell in cells:
        kind = rng.choice(["found", "missing", "split", "merged"], p=[0.78, 0.07, 0.08, 0.07])
        guess = cell.moved(rng.integers(-3, 4, 3).astype(float), rng.uniform(0.9, 1.1))
        if kind == "missing":
            continue
        label = last if kind == "merged" else next(labels)
        if kind == "split":
            normal = rng.normal(size=3)
            guess.paint(prediction, next(labels), -normal)
            guess.paint(prediction, label, normal)
        else:
            guess.paint(prediction, label)
        last = label
    for _ in range(max(1, len(cells) // 16)):
        centre = rng.uniform(0, prediction.shape[0], 3)
        radii = rng.uniform(2, 6, 3)
        _Cell(centre, radii, rng.uniform(0, 2 * np.pi, 3)).paint(prediction, next(labels))
