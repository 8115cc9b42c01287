"""An array that can only be read from start to end, kept in memory for those who read otherwise."""

import math
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np

from evaluator.arrays.base import Array, Block, Region, native, regions


def held(array: Array) -> Array:
    """Return `array` when any region of it can be read at any time, else one that holds it."""
    return HeldArray(array) if array.layout.in_order else array


class HeldArray:
    """Reads the whole array when the first region is asked for."""

    def __init__(self, array: Array) -> None:
        self._array = array
        self._elements: Block | None = None
        self._lock = Lock()
        self.name = array.name
        self.shape = array.shape
        self.dtype: np.dtype[Any] = array.dtype
        size = math.prod(array.shape) * array.dtype.itemsize
        self.layout = replace(array.layout, in_order=False, held_bytes=size)

    def notes(self) -> tuple[str, ...]:
        """Return the notes of the array."""
        return self._array.notes()

    def read(self, region: Region) -> Block:
        """Return the elements of `region`."""
        with self._lock:
            if self._elements is None:
                self._elements = self._all()
        return native(self._elements[region].copy())

    def release(self) -> None:
        """Let go of the elements."""
        with self._lock:
            self._elements = None
        self._array.release()

    def _all(self) -> Block:
        elements: Block = np.empty(self.shape, self.dtype.newbyteorder("="))
        for region in regions(self.shape):
            elements[region] = self._array.read(region)
        return elements
