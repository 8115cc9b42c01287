"""Where a prediction lies over its truth, and what its owner is told about that."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from evaluator.arrays.aligned import AlignedArray, AxisMap, nearest
from evaluator.arrays.base import Array
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.frames import are_same
from evaluator.codes import Code

ON_GRID = 1e-3  # of an element: what the decimals of an origin may be off


@dataclass(frozen=True)
class Place:
    """A grid in the world: one number per axis, `origin` is the centre of the first element."""

    shape: tuple[int, ...]
    voxel_size: tuple[float, ...]
    origin: tuple[float, ...]

    def __str__(self) -> str:
        ends = (
            f"{start - size / 2:g} to {start + (length - 0.5) * size:g}"
            for start, size, length in zip(self.origin, self.voxel_size, self.shape, strict=True)
        )
        return ", ".join(ends)


def placed(array: Array, source: Place, target: Place, *, fill: float) -> Array:
    """Return `array`, which lies at `source`, as it is seen in the grid of `target`.

    Raises: ArrayInvalid when the two have no element in common.
    """
    if are_same(source.voxel_size, target.voxel_size):
        # Steps of exactly one, where only rounding differs.
        source = replace(source, voxel_size=target.voxel_size)
    offsets = _offsets(source, target)
    maps = tuple(
        nearest(count, length, step=step / size, offset=offset)
        for count, length, step, size, offset in zip(
            target.shape, source.shape, target.voxel_size, source.voxel_size, offsets, strict=True
        )
    )
    if any(len(axis.indices) == 0 for axis in maps):
        raise ArrayInvalid(
            Code.SHAPE_MISMATCH,
            f"{array.name} lies outside the region that is scored: along its axes it reaches from "
            f"{source}, expected an overlap with {target}; correct voxel size and origin "
            "(translation) in its metadata.",
        )
    remarks = (
        *_about_size(array.name, source, target),
        *(_about_offsets(array.name, offsets) if source.voxel_size == target.voxel_size else ()),
        *_about_cover(array.name, maps, target.shape, fill),
    )
    if not remarks and source.shape == target.shape:
        return array
    aligned = AlignedArray(array, maps, target.shape, fill=fill, remarks=remarks)
    if aligned.dtype.kind == "f" and array.dtype.kind != "f" and fill.is_integer():
        raise ArrayInvalid(
            Code.DTYPE_MISMATCH,
            f"{array.name} has dtype {array.dtype.name}, expected one that also holds {fill:g}, the"
            " value of places that it does not reach; save it as int64.",
        )
    return aligned


def numbers(values: Sequence[float]) -> str:
    """Return sizes or positions as they stand in a sentence."""
    return "(" + ", ".join(f"{value:g}" for value in values) + ")"


def _offsets(source: Place, target: Place) -> list[float]:
    """Return where the first element of `target` lies, counted in elements of `source`."""
    return [
        (start - origin) / size
        for start, origin, size in zip(target.origin, source.origin, source.voxel_size, strict=True)
    ]


def _about_size(name: str, source: Place, target: Place) -> Iterator[str]:
    if source.voxel_size != target.voxel_size:
        yield (
            f"{name} has voxels of {numbers(source.voxel_size)}, the scored grid of "
            f"{numbers(target.voxel_size)}: each of its voxels takes the value of the nearest one."
        )


def _about_offsets(name: str, offsets: Sequence[float]) -> Iterator[str]:
    off = max((abs(offset - round(offset)) for offset in offsets), default=0)
    if off > ON_GRID:
        yield (
            f"{name} lies up to {off:.3g} of a voxel off the scored grid; it was moved to the "
            "nearest voxel."
        )


def _about_cover(
    name: str, maps: Sequence[AxisMap], shape: tuple[int, ...], fill: float
) -> Iterator[str]:
    covered, whole = math.prod(len(axis.indices) for axis in maps), math.prod(shape)
    if covered < whole:
        yield (
            f"{name} covers {_share(covered, whole)} of the region that is scored, {covered} of "
            f"{whole} elements; the rest counts as {fill:g}."
        )


def _share(part: int, whole: int) -> str:
    """Return the share of something that is not the whole, never as 0 % or 100 %."""
    percent = 100 * part / whole
    return "under 1 %" if percent < 1 else f"{min(math.floor(percent), 99)} %"
