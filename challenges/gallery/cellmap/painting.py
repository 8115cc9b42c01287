"""From bodies to voxels: which class, which cell and which thing each voxel belongs to."""

from dataclasses import dataclass

import numpy as np
from classes import CODES, PARTS
from crops import Crop, Grid
from organelles import ENVELOPE, Organelle, furnish
from randomness import wave
from shapes import Body, Capsule, Points, away, dot, length
from tissue import Nucleus, Tissue, grow

MEMBRANE = 8.0  # nm
PORE_RADIUS, CORE_RADIUS = 17.0, 7.0
SMALLEST = 4  # voxels; what a crop cuts to less is no object


@dataclass(frozen=True)
class Scene:
    """All that there is in and around a crop."""

    tissue: Tissue
    organelles: list[Organelle]


@dataclass(frozen=True)
class Painted:
    """A grid of voxels: the code of the class, the number of the cell, and that of the thing."""

    leaf: np.ndarray
    cell: np.ndarray
    thing: np.ndarray

    def mask(self, label: str) -> np.ndarray:
        """Return where a class is."""
        wanted = np.zeros(256, bool)
        wanted[[CODES[leaf] for leaf in PARTS[label]]] = True
        return wanted[self.leaf]

    def instances(self, label: str) -> np.ndarray:
        """Return the objects of a class as 1, 2, …, and 0 elsewhere, uint16."""
        numbers = self.cell if label in {"cell", "nuc"} else self.thing
        labels = np.where(self.mask(label), numbers, 0)
        keep = np.bincount(labels.ravel()) >= SMALLEST
        keep[0] = False
        return np.where(keep, np.cumsum(keep), 0).astype(np.uint16)[labels]


def build(crop: Crop) -> Scene:
    """Return the scene of a crop."""
    tissue = grow(crop.seed, crop.image, crop.cell)
    return Scene(tissue, furnish(tissue, crop.seed, crop.image))


def paint(scene: Scene, grid: Grid) -> Painted:
    """Return what the middle of each voxel of a grid lies in."""
    points = grid.lines()
    owner, depth = scene.tissue.owners(points)
    leaf = np.select(
        [depth < 0, depth < MEMBRANE], [CODES["ecs"], CODES["pm"]], CODES["cyto"]
    ).astype(np.uint8)
    painted = Painted(leaf, (owner + 1).astype(np.uint16), np.zeros(leaf.shape, np.uint16))
    brush = Brush(painted, grid)
    for nucleus in scene.tissue.nuclei:
        brush.nucleus(nucleus)
    for organelle in scene.organelles:
        brush.organelle(organelle)
    return painted


class Brush:
    """Paints one thing after the other, each with a number of its own."""

    def __init__(self, painted: Painted, grid: Grid) -> None:
        """Begin with the number 1."""
        self._painted = painted
        self._points = grid.lines()
        self._number = 0

    def nucleus(self, nucleus: Nucleus) -> None:
        """Paint envelope, pores and chromatin."""
        ball = Capsule(nucleus.middle, np.array([1.0, 0, 0]), 0.0, nucleus.radius + PORE_RADIUS)
        box = self._box(ball)
        if box is None:
            return
        points = self._within(box)
        offsets = away(points, nucleus.middle)
        depth = nucleus.radius - length(offsets)
        leaf = self._painted.leaf[box]
        inside = depth > ENVELOPE
        leaf[depth > 0] = CODES["ne_mem"]
        leaf[(depth > MEMBRANE) & (depth < ENVELOPE - MEMBRANE)] = CODES["ne_lum"]
        leaf[inside] = _chromatin(points, depth)[inside]
        for pore in nucleus.pores:
            height = dot(offsets, pore)
            aside = np.sqrt(np.maximum(dot(offsets, offsets) - height * height, 0))
            crosses = (depth > -3) & (depth < ENVELOPE + 3) & (height > 0)
            self._stamp(box, crosses & (aside < PORE_RADIUS), "np_out")
            leaf[crosses & (aside < CORE_RADIUS)] = CODES["np_in"]

    def organelle(self, organelle: Organelle) -> None:
        """Paint membrane and lumen of one organelle, on cytoplasm and, but for tubes, on sheets."""
        box = self._box(organelle.body)
        if box is None:
            return
        points = self._within(box)
        depth = organelle.body.depth(points)
        kind = organelle.kind
        below = {"er": ("cyto",), "mt": ("cyto",)}.get(kind, ("cyto", "er_mem", "er_lum"))
        free = np.isin(self._painted.leaf[box], [CODES[leaf] for leaf in below])
        inside = (depth > 0) & free
        outer, inner = ("mt_out", "mt_in") if kind == "mt" else (f"{kind}_mem", f"{kind}_lum")
        self._stamp(box, inside, outer)
        lumen = inside & (depth > MEMBRANE)
        leaf = self._painted.leaf[box]
        leaf[lumen] = CODES[inner]
        if kind == "mito":
            leaf[lumen & (depth > MEMBRANE + 2) & _are_dots(points)] = CODES["mito_ribo"]

    def _stamp(self, box: tuple[slice, ...], mask: np.ndarray, leaf: str) -> None:
        self._number += 1
        self._painted.leaf[box][mask] = CODES[leaf]
        self._painted.thing[box][mask] = self._number

    def _box(self, body: Body) -> tuple[slice, ...] | None:
        """Return the voxels that a body can reach, None when there is none."""
        low = np.min([middle - radius for middle, radius in body.balls()], axis=0)
        high = np.max([middle + radius for middle, radius in body.balls()], axis=0)
        box = tuple(
            slice(*np.searchsorted(line.ravel(), ends))
            for line, ends in zip(self._points, zip(low, high, strict=True), strict=True)
        )
        return None if any(part.start == part.stop for part in box) else box

    def _within(self, box: tuple[slice, ...]) -> Points:
        return np.ix_(*(line.ravel()[part] for line, part in zip(self._points, box, strict=True)))


def _chromatin(points: Points, depth: np.ndarray) -> np.ndarray:
    """Return the codes of what fills a nucleus: dense at its edge and in lumps, loose elsewhere."""
    z, y, x = points
    lumps = wave((z + y) / 61) * wave((y - x) / 53) + wave((x - z) / 71) * wave((z + x) / 47)
    dense = (lumps > 0.55) | ((depth < ENVELOPE + 10) & (lumps > -0.15))
    return np.select(
        [dense, lumps > -0.1], [CODES["hchrom"], CODES["echrom"]], CODES["nucpl"]
    ).astype(np.uint8)


def _are_dots(points: Points) -> np.ndarray:
    """Return where the grains in mitochondria are, some 12 nm wide."""
    z, y, x = points
    return wave(z / 34) * wave(y / 34) * wave(x / 34) > 0.35
