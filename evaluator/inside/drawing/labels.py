"""A slice of labels: prediction, truth, and where they agree."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Block
from evaluator.inside.drawing import palette
from evaluator.inside.drawing.panels import Panel, Swatch, patterned, swatch
from evaluator.inside.drawing.planes import Frame, Tile
from evaluator.inside.drawing.sampling import Sampled, Sampler, enlarged

_LEGEND = {
    palette.AGREE: "agree",
    palette.EXTRA: "too many",
    palette.MISSED: "missed",
    palette.OTHER: "another label",
    palette.UNSCORED: "not scored",
}
_ALWAYS = (palette.AGREE, palette.EXTRA, palette.MISSED)
_FEW_LABELS = 5  # each with its own line in the legend


@dataclass(frozen=True)
class LabelPlane:
    """What is drawn of a plane; `same` when a label means the same in prediction and truth."""

    sampled: Sampled
    counts: dict[int, int]  # elements of the whole plane by colour of the error
    same: bool

    def panels(self) -> list[Panel]:
        """Return the three panels."""
        drawn = self.sampled
        errors = _states(drawn.predicted, drawn.true, drawn.valid, same=self.same)
        found = [c for c in _LEGEND if c in _ALWAYS or self.counts.get(c)]
        legend = tuple(swatch(colour, _LEGEND[colour]) for colour in found)
        return [
            Panel("Prediction", _coloured(drawn.predicted, drawn.zoom), self._key(drawn.predicted)),
            Panel("Truth", _coloured(drawn.true, drawn.zoom), self._key(drawn.true)),
            Panel("Error", patterned(enlarged(errors, drawn.zoom)), legend),
        ]

    def _key(self, labels: Block) -> tuple[Swatch, ...]:
        """Return what the colours mean, or how many labels there are where that says more."""
        found = np.unique(labels[labels != 0])
        if self.same and 0 < found.size <= _FEW_LABELS:
            return tuple(swatch(int(_colours(label)), f"label {label:g}") for label in found)
        noun = "label" if found.size == 1 else "labels"
        return (Swatch(np.zeros((16, 0), np.uint8), f"{found.size:,} {noun}; lines are borders"),)

    def halved(self) -> "LabelPlane":
        """Return it with a quarter of the elements drawn."""
        return LabelPlane(self.sampled.halved(), self.counts, self.same)


def label_plane(tiles: Iterable[Tile], frame: Frame, *, same: bool) -> LabelPlane:
    """Return the plane of these tiles, all of them counted."""
    sampler = Sampler(frame)
    counts = np.zeros(256, np.int64)
    for tile in tiles:
        states = _states(tile.predicted, tile.true, tile.valid, same=same)
        counts += np.bincount(states.ravel(), minlength=256)
        sampler.add(tile)
    found = {colour: int(counts[colour]) for colour in _LEGEND}
    return LabelPlane(sampler.sampled(), found, same)


def _states(predicted: Block, true: Block, valid: Block | None, *, same: bool) -> Block:
    """Return the colour of each element: how prediction and truth meet there."""
    is_predicted, is_true = predicted != 0, true != 0
    states: Block = np.full(true.shape, palette.PAPER, np.uint8)
    states[is_predicted & is_true] = palette.AGREE
    states[is_predicted & ~is_true] = palette.EXTRA
    states[~is_predicted & is_true] = palette.MISSED
    if same:
        states[is_predicted & is_true & (predicted != true)] = palette.OTHER
    if valid is not None:
        states[~valid] = palette.UNSCORED
    return states


def _coloured(labels: Block, zoom: int) -> Block:
    """Return pixels: a colour for each label, and lines where two labels meet."""
    large = enlarged(labels, zoom)
    pixels: Block = np.where(large != 0, _colours(large), palette.PAPER).astype(np.uint8)
    pixels[1:][large[1:] != large[:-1]] = palette.INK
    pixels[:, 1:][large[:, 1:] != large[:, :-1]] = palette.INK
    return pixels


def _colours(labels: Block) -> Block:
    # Numbers that follow each other are mostly neighbours: they get different colours.
    rest: Block = np.nan_to_num(labels) % palette.LABEL_COLOURS
    return palette.LABELS + rest.astype(np.uint8)
