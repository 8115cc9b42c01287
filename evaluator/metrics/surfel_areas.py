"""How much surface lies between eight voxels, some of which are in a region and some are not."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from evaluator.metrics.pairs import Values

_STEPS = (4, 2, 1)  # from a voxel to its neighbour along z, y, x, as bits of its number
_CODES = 256


@cache
def surfel_areas(spacing: tuple[float, float, float]) -> Values:
    """Return the area for each code of eight voxels; bit 4 z + 2 y + x is the voxel (z, y, x).

    `spacing` is the size of a voxel along z, y, x. The surface is that of marching cubes, halfway
    between centres; voxels that share a face share one piece, and up to four are cut off, from
    the rest or by it. Source: Lorensen and Cline 1987, SIGGRAPH, 163; areas as weights: Nikolov
    et al. 2021, J. Med. Internet Res. 23:e26151.
    """
    cuts = _Cuts.of(*spacing)
    areas = np.zeros(_CODES)
    for code in range(_CODES // 2):
        enclosed = code if code.bit_count() <= 4 else _CODES - 1 - code
        areas[code] = sum(_area(group, cuts) for group in _groups(enclosed))
    areas[_CODES // 2 :] = areas[_CODES // 2 - 1 :: -1]  # inside and outside are alike
    areas.flags.writeable = False
    return areas


@dataclass(frozen=True)
class _Cuts:
    """Areas of plain cuts: across each axis, along each axis through the other two's diagonal."""

    across: tuple[float, float, float]
    along: tuple[float, float, float]
    corner: float  # one voxel of eight

    @classmethod
    def of(cls, z: float, y: float, x: float) -> "_Cuts":
        """Return those of a voxel of the size z, y, x."""
        faces = (y * x, z * x, z * y)
        squares = [face * face for face in faces]
        slopes = [math.sqrt(squares[axis - 2] + squares[axis - 1]) for axis in range(3)]
        return cls(faces, (slopes[0], slopes[1], slopes[2]), math.sqrt(math.fsum(squares)) / 8)


def _groups(code: int) -> Iterator[frozenset[int]]:
    """Yield the voxels of `code` in groups that hold together through faces."""
    left = {voxel for voxel in range(8) if code >> voxel & 1}
    while left:
        group, fresh = set[int](), {min(left)}
        while fresh:
            group |= fresh
            fresh = {voxel ^ step for voxel in fresh for step in _STEPS} & left - group
        left -= group
        yield frozenset(group)


@cache
def _shape(group: frozenset[int]) -> tuple[list[int], list[int], bool]:
    """Return the axes along which voxels are neighbours, those at an end, and if one has three."""
    axes = [axis for axis, step in enumerate(_STEPS) if any(v ^ step in group for v in group)]
    degrees = {voxel: sum(voxel ^ step in group for step in _STEPS) for voxel in group}
    ends = [
        axis
        for axis in axes
        if any(degrees[voxel] == 1 and voxel ^ _STEPS[axis] in group for voxel in group)
    ]
    return axes, ends, max(degrees.values()) == 3


def _area(group: frozenset[int], cuts: _Cuts) -> float:
    """Return the area of the piece that cuts one group of up to four voxels off."""
    axes, ends, is_star = _shape(group)
    match len(group), len(axes):
        case 1, _:
            return cuts.corner
        case 2, _:
            return cuts.along[axes[0]] / 2
        case 3, _:
            return 3 * cuts.corner + cuts.across[3 - sum(axes)] / 2
        case _, 2:
            return cuts.across[3 - sum(axes)]
    if is_star:
        return 6 * cuts.corner
    return 4 * cuts.corner + (cuts.along[ends[0]] + cuts.along[ends[1]]) / 4
