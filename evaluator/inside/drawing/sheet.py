"""Panels side by side on a sheet, as a PNG of bounded size."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from evaluator.arrays.base import Block
from evaluator.inside.drawing import palette
from evaluator.inside.drawing.panels import Panel, Swatch
from evaluator.inside.drawing.png import encoded
from evaluator.pictures import MAX_PICTURE_BYTES

_PAD = 14
_TITLE = 34
_LINE = 26
_FONT = 19
_NARROWEST = 330  # of a panel, so that its legend fits
_SMALLEST_SIDE = 32  # of what is drawn; below it everything fits into the file


class Plane(Protocol):
    """A slice that can be drawn, finer or coarser."""

    def panels(self) -> list[Panel]:
        """Return what is drawn side by side."""

    def halved(self) -> "Plane":
        """Return it with a quarter of the elements drawn."""


def drawn(plane: Plane, limit_bytes: int = MAX_PICTURE_BYTES) -> bytes:
    """Return the picture as PNG of at most `limit_bytes`, drawn coarser where it must be."""
    picture = png(plane.panels())
    while len(picture) > limit_bytes and max(plane.panels()[0].pixels.shape) > _SMALLEST_SIDE:
        plane = plane.halved()
        picture = png(plane.panels())
    return picture


def png(panels: Sequence[Panel]) -> bytes:
    """Return panels side by side as a PNG."""
    columns = [max(panel.pixels.shape[1], _NARROWEST) for panel in panels]
    tallest = max(panel.pixels.shape[0] for panel in panels)
    lines = max(len(panel.legend) for panel in panels)
    height = _TITLE + tallest + _PAD + lines * _LINE + _PAD
    sheet = np.full((height, sum(columns) + _PAD * (len(panels) + 1)), palette.PAPER, np.uint8)
    texts: list[tuple[int, int, str]] = []
    left = _PAD
    for panel, width in zip(panels, columns, strict=True):
        texts.append((left, 6, panel.title))
        _put(sheet, panel.pixels, _TITLE, left)
        _outline(sheet, panel.pixels.shape, _TITLE, left)
        top = _TITLE + tallest + _PAD
        texts += _legend(sheet, panel.legend, top, left)
        left += width + _PAD
    return encoded(_with_texts(sheet, texts), palette.palette())


def _legend(
    sheet: Block, legend: Sequence[Swatch], top: int, left: int
) -> list[tuple[int, int, str]]:
    texts = []
    for number, swatch in enumerate(legend):
        line, width = top + number * _LINE, swatch.pixels.shape[1]
        _put(sheet, swatch.pixels, line + 4, left)
        if width:
            _outline(sheet, swatch.pixels.shape, line + 4, left)
        texts.append((left + width + (8 if width else 0), line, swatch.text))
    return texts


def _put(sheet: Block, pixels: Block, top: int, left: int) -> None:
    sheet[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels


def _outline(sheet: Block, shape: tuple[int, ...], top: int, left: int) -> None:
    """Draw a line around a panel: its edge may be as white as the sheet."""
    bottom, right = top + shape[0], left + shape[1]
    sheet[[top - 1, bottom], left - 1 : right + 1] = palette.INK
    sheet[top - 1 : bottom + 1, [left - 1, right]] = palette.INK


def _with_texts(sheet: Block, texts: Sequence[tuple[int, int, str]]) -> Block:
    mask = Image.new("L", (sheet.shape[1], sheet.shape[0]), 0)
    pen = ImageDraw.Draw(mask)
    font = ImageFont.load_default(_FONT)
    for left, top, text in texts:
        pen.text((left, top), text, fill=255, font=font)
    strength = np.asarray(mask) >> 5
    lettered: Block = np.where(strength > 0, palette.TEXT + strength, sheet).astype(np.uint8)
    return lettered
