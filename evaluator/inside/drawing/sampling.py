"""What of a plane is drawn: every n-th row and column, so that it fits on a picture."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from evaluator.arrays.base import Block
from evaluator.inside.drawing.planes import MAX_SIDE, Frame, Tile


@dataclass(frozen=True)
class Sampled:
    """Prediction, truth and what of them is scored, of one shape (rows, columns)."""

    predicted: Block
    true: Block
    valid: Block

    def halved(self) -> Self:
        """Return every second row and column."""
        return type(self)(*(part[::2, ::2] for part in (self.predicted, self.true, self.valid)))

    @property
    def zoom(self) -> int:
        """How many pixels of a picture stand for one element, along each axis."""
        return max(1, MAX_SIDE // int(max(self.true.shape)))


class Sampler:
    """Takes the tiles of a plane and keeps what is drawn."""

    def __init__(self, frame: Frame) -> None:
        self._step = frame.step
        self._shape = (-(-frame.height // frame.step), -(-frame.width // frame.step))
        self._valid: Block = np.ones(self._shape, bool)
        self._predicted: Block | None = None
        self._true: Block | None = None

    def add(self, tile: Tile) -> None:
        """Keep the drawn elements of a tile."""
        to, from_ = zip(self._axis(tile.rows), self._axis(tile.columns), strict=True)
        self._predicted = self._kept(self._predicted, tile.predicted, to, from_)
        self._true = self._kept(self._true, tile.true, to, from_)
        if tile.valid is not None:
            self._valid[to] = tile.valid[from_]

    def sampled(self) -> Sampled:
        """Return what was kept. Raises: ValueError when there was no tile."""
        if self._predicted is None or self._true is None:
            raise ValueError("no tile was added")
        return Sampled(self._predicted, self._true, self._valid)

    def _axis(self, part: slice) -> tuple[slice, slice]:
        """Return where the drawn elements of a part go, and where they are in it."""
        first = -(-part.start // self._step)
        return slice(first, -(-part.stop // self._step)), slice(
            first * self._step - part.start, None, self._step
        )

    def _kept(
        self, kept: Block | None, part: Block, to: tuple[slice, ...], from_: tuple[slice, ...]
    ) -> Block:
        if kept is None:
            kept = np.zeros(self._shape, part.dtype)
        kept[to] = part[from_]
        return kept


def enlarged(block: Block, zoom: int) -> Block:
    """Return a block of (rows, columns) in which each element stands `zoom` by `zoom` times."""
    larger: Block = block.repeat(zoom, axis=0).repeat(zoom, axis=1)
    return larger
