"""A prediction in the axes and the grid of its truth, decided from metadata alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from evaluator.arrays.arranged import arranged
from evaluator.arrays.axes import Target, axis_order
from evaluator.arrays.base import Array
from evaluator.arrays.errors import ArrayInvalid, invalid
from evaluator.arrays.frames import are_same
from evaluator.arrays.layout import Frame
from evaluator.codes import Code
from evaluator.inside.placement import ON_GRID, Place, numbers, placed

T = TypeVar("T")


@dataclass(frozen=True)
class World:
    """Where the elements of the truth lie, and what a prediction may be that lies elsewhere.

    `voxel_size` and `origin` (the centre of the first element) have one number per axis of the
    truth.
    """

    voxel_size: tuple[float, ...]
    origin: tuple[float, ...]
    fill: float
    max_scale: float


@dataclass(frozen=True)
class Grid:
    """What a prediction has to fit: the shape of the truth, with the axis that the truth lacks.

    `extra` is the number of that axis; its length in `shape` is None where any will do. `frame`
    is what the truth's metadata tell, without that axis. Without a `world` nothing is moved.
    """

    shape: tuple[int | None, ...]
    frame: Frame = field(default_factory=Frame)
    world: World | None = None
    extra: int | None = None
    free_scale: float | None = None  # any shape of so many elements per element of the truth

    @property
    def names(self) -> tuple[str | None, ...] | None:
        """Names of the axes, None for the one that only predictions have."""
        return None if self.frame.axes is None else self.with_extra(self.frame.axes, None)

    def with_extra(self, values: tuple[T, ...], value: T | None) -> tuple[T | None, ...]:
        """Return `values`, which speak of the truth's axes, with `value` for the extra one."""
        if self.extra is None:
            return values
        return (*values[: self.extra], value, *values[self.extra :])


def fitted(array: Array, grid: Grid) -> Array:
    """Return `array` with the axes and the shape of `grid`; no element is decoded.

    Raises: ArrayInvalid when it cannot be brought there.
    """
    if grid.free_scale is not None:
        return _free(array, grid, grid.free_scale)
    order = axis_order(array.shape, array.layout.frame.axes, Target(grid.names, grid.shape))
    if order is None:
        raise _wrong_shape(array, grid)
    turned = arranged(array, order)
    frame = turned.layout.frame
    if grid.world is None:
        _check_shape(turned, array, grid)
        return turned
    if frame.fault:
        raise invalid(frame.fault)
    if frame.voxel_size is None or frame.origin is None:
        remedy = (
            "bring it to that shape, or tell where it lies by the attributes voxel_size and "
            "translation or by OME-NGFF metadata"
        )
        _check_shape(turned, array, grid, remedy)
        _check_partly_told(turned, grid, grid.world)
        return turned
    _check_units(turned, grid)
    source, target = _places(turned, grid, grid.world)
    _check_size(turned, source, target, grid.world.max_scale)
    return placed(turned, source, target, fill=grid.world.fill)


def _free(array: Array, grid: Grid, scale: float) -> Array:
    """Return the array as it is, for metrics that bring it to the truth themselves."""
    if len(array.shape) != len(grid.shape):
        raise _wrong_shape(array, grid, "save one array with these axes")
    elements = math.prod(length for length in grid.shape if length is not None)
    if math.prod(array.shape) > scale * elements:
        raise _wrong_shape(array, grid, f"hand in at most {scale:g} times as many elements")
    return array


def _check_shape(
    turned: Array, array: Array, grid: Grid, remedy: str = "bring it to that shape"
) -> None:
    if not all(
        wanted in {found, None} for found, wanted in zip(turned.shape, grid.shape, strict=True)
    ):
        raise _wrong_shape(array, grid, remedy)


def _wrong_shape(array: Array, grid: Grid, remedy: str = "bring it to that shape") -> ArrayInvalid:
    return ArrayInvalid(
        Code.SHAPE_MISMATCH,
        f"{array.name} has shape {_text(array.shape)}, expected {_text(grid.shape)}; {remedy}.",
    )


def _text(shape: Sequence[int | None]) -> str:
    axes = ", ".join("any" if length is None else str(length) for length in shape[:20])
    return f"({axes}{', …' if len(shape) > 20 else ''}), {len(shape)} axes"


def _check_partly_told(array: Array, grid: Grid, world: World) -> None:
    """Do nothing when what an array of the right shape tells is what the truth's grid has."""
    size, origin = (
        _told(array.layout.frame.voxel_size, grid),
        _told(array.layout.frame.origin, grid),
    )
    if size is not None and not are_same(size, world.voxel_size):
        raise ArrayInvalid(
            Code.SHAPE_MISMATCH,
            f"{array.name} has voxels of {numbers(size)}, expected {numbers(world.voxel_size)}, "
            "and no origin by which it could be resampled; add the attribute translation.",
        )
    if origin is not None and not _are_near(origin, world):
        raise ArrayInvalid(
            Code.SHAPE_MISMATCH,
            f"{array.name} has its origin at {numbers(origin)}, expected {numbers(world.origin)}, "
            "and no voxel size by which it could be moved; add the attribute voxel_size.",
        )


def _told(values: tuple[float, ...] | None, grid: Grid) -> tuple[float, ...] | None:
    """Return `values` without that of the extra axis."""
    if values is None or grid.extra is None:
        return values
    return (*values[: grid.extra], *values[grid.extra + 1 :])


def _are_near(origin: Sequence[float], world: World) -> bool:
    return all(
        abs(found - wanted) <= ON_GRID * size
        for found, wanted, size in zip(origin, world.origin, world.voxel_size, strict=True)
    )


def _check_units(array: Array, grid: Grid) -> None:
    """Do nothing unless prediction and truth both tell a unit, and not the same."""
    found = array.layout.frame.units or ()
    wanted = grid.with_extra(grid.frame.units or (), None)
    for one, other in zip(found, wanted, strict=False):
        if one and other and one != other:
            raise invalid(
                f"{array.name} gives its place in {one[:40]!a}, expected {other!a}; write scale "
                "and translation in that unit."
            )


def _places(array: Array, grid: Grid, world: World) -> tuple[Place, Place]:
    """Return where the array lies, and where it is wanted; the extra axis stays as it is."""
    size = _told(array.layout.frame.voxel_size, grid) or ()
    origin = _told(array.layout.frame.origin, grid) or ()
    length = None if grid.extra is None else array.shape[grid.extra]
    if grid.extra is not None and grid.shape[grid.extra] not in {length, None}:
        raise _wrong_shape(array, grid)
    shape = tuple(
        found if wanted is None else wanted
        for found, wanted in zip(array.shape, grid.shape, strict=True)
    )
    source = Place(array.shape, _full(grid, size, 1.0), _full(grid, origin, 0.0))
    target = Place(shape, _full(grid, world.voxel_size, 1.0), _full(grid, world.origin, 0.0))
    return source, target


def _full(grid: Grid, values: tuple[float, ...], value: float) -> tuple[float, ...]:
    return tuple(value if one is None else one for one in grid.with_extra(values, None))


def _check_size(array: Array, source: Place, target: Place, max_scale: float) -> None:
    found, wanted = math.prod(source.shape), math.prod(target.shape)
    if found > max_scale * wanted:
        raise ArrayInvalid(
            Code.SHAPE_MISMATCH,
            f"{array.name} declares {found} elements, shape {_text(array.shape)}; expected at most "
            f"{max_scale:g} times the {wanted} that are scored: crop it to the region that is "
            "asked for.",
        )
