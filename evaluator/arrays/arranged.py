"""An array with its axes in another order, or without some of length one."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from evaluator.arrays.base import Array, Block, Region, native
from evaluator.arrays.held import held
from evaluator.arrays.layout import Frame, Layout

T = TypeVar("T")


def arranged(array: Array, order: tuple[int, ...]) -> Array:
    """Return `array` with axis `order[i]` of it as axis i; axes left out have length one."""
    if order == tuple(range(len(array.shape))):
        return array
    is_turned = list(order) != sorted(order)
    return ArrangedArray(held(array) if is_turned else array, order, is_turned=is_turned)


class ArrangedArray:
    """Another view of an array: regions are read from it and turned, nothing is kept."""

    def __init__(self, array: Array, order: tuple[int, ...], *, is_turned: bool) -> None:
        self._array = array
        self._order = order
        self._left_out = tuple(axis for axis in range(len(array.shape)) if axis not in order)
        self._is_turned = is_turned
        self.name = array.name
        self.shape = tuple(array.shape[axis] for axis in order)
        self.dtype: np.dtype[Any] = array.dtype
        self.layout = _layout(array.layout, order)

    def notes(self) -> tuple[str, ...]:
        """Return the notes of the array, and how its axes were understood."""
        notes = self._array.notes()
        if self._left_out:
            lone = ", ".join(str(axis) for axis in self._left_out)
            notes += (f"{self.name} has the axis {lone} of length one too many; it is left out.",)
        if self._is_turned:
            axes = self.layout.frame.axes or self._order
            brought = ", ".join(str(axis) for axis in axes)
            notes += (f"The axes of {self.name} are brought into the order {brought}.",)
        return notes

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        wanted = [slice(0, 1)] * len(self._array.shape)
        for axis, part in zip(self._order, region, strict=True):
            wanted[axis] = part
        block = self._array.read(tuple(wanted)).transpose(*self._order, *self._left_out)
        return native(block.reshape(block.shape[: len(region)]))

    def release(self) -> None:
        """Let go of what the array keeps."""
        self._array.release()


def _layout(layout: Layout, order: tuple[int, ...]) -> Layout:
    frame = layout.frame
    return replace(
        layout,
        chunks=_ordered(layout.chunks, order),
        frame=Frame(
            axes=_ordered(frame.axes, order),
            voxel_size=_ordered(frame.voxel_size, order),
            origin=_ordered(frame.origin, order),
            units=_ordered(frame.units, order),
            fault=frame.fault,
        ),
    )


def _ordered(values: tuple[T, ...] | None, order: tuple[int, ...]) -> tuple[T, ...] | None:
    return None if values is None else tuple(values[axis] for axis in order)
