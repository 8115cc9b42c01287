"""The parts of a picture: a panel of pixels under its title, over its legend."""

from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Block
from evaluator.inside.drawing import palette


@dataclass(frozen=True)
class Swatch:
    """A patch of pixels and what it means."""

    pixels: Block
    text: str


@dataclass(frozen=True)
class Panel:
    """`pixels` are numbers of the palette's colours, (rows, columns)."""

    title: str
    pixels: Block
    legend: tuple[Swatch, ...] = ()


def grid(shape: tuple[int, ...]) -> tuple[Block, Block]:
    """Return the number of each row, as a column, and that of each column, as a row."""
    return np.arange(shape[0])[:, None], np.arange(shape[1])[None, :]


def patterned(states: Block) -> Block:
    """Return pixels of colour numbers in which each colour that marks an error has its pattern.

    Too many: light stripes. Missed: light dots. Other label: dark bars. Not scored: sparse dots.
    """
    rows, columns = grid(states.shape)
    pixels: Block = states.copy()
    pixels[(states == palette.EXTRA) & ((rows + columns) % 6 == 0)] = palette.PAPER
    dots = (rows % 5 == 0) & (columns % 5 == 0)
    pixels[(states == palette.MISSED) & dots] = palette.PAPER
    bars = np.broadcast_to(columns % 6 == 0, states.shape)
    pixels[(states == palette.OTHER) & bars] = palette.INK
    sparse = (rows % 8 == 0) & (columns % 8 == 0)
    pixels[(states == palette.UNSCORED) & sparse] = palette.INK
    return pixels


def swatch(colour: int, text: str) -> Swatch:
    """Return a patch of one colour with its pattern."""
    return Swatch(patterned(np.full((16, 26), colour, np.uint8)), text)
