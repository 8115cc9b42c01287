"""A slice of measured values: prediction and truth on one scale, and their difference."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evaluator.arrays.base import Block
from evaluator.inside.drawing import palette
from evaluator.inside.drawing.panels import Panel, Swatch, grid, patterned, swatch
from evaluator.inside.drawing.planes import Frame, Tile
from evaluator.inside.drawing.sampling import Sampled, Sampler, enlarged

_LARGEST = 1e300  # beyond it a difference would overflow
_BAR = (14, 150)


@dataclass(frozen=True)
class Range:
    """What the whole plane comes to; with nothing scored all are 0."""

    low: float = 0.0  # of the truth
    high: float = 0.0
    largest: float = 0.0  # absolute difference
    mean: float = 0.0


@dataclass(frozen=True)
class NumberPlane:
    """What is drawn of a plane."""

    sampled: Sampled
    range: Range

    def panels(self) -> list[Panel]:
        """Return the three panels; the difference has a scale of its own, even around 0."""
        drawn, limits = self.sampled, self.range
        difference = drawn.predicted - drawn.true
        unscored = () if drawn.valid.all() else (swatch(palette.UNSCORED, "not scored"),)
        scale = (_scale(limits.low, limits.high), *unscored)
        return [
            Panel("Prediction", self._shaded(drawn.predicted), scale),
            Panel("Truth", self._shaded(drawn.true), scale),
            Panel("Difference", self._signed(difference), (_signed_scale(limits.largest),)),
        ]

    def halved(self) -> "NumberPlane":
        """Return it with a quarter of the elements drawn."""
        return NumberPlane(self.sampled.halved(), self.range)

    def _shaded(self, values: Block) -> Block:
        low, high = self.range.low, self.range.high
        kept = np.clip(values, low, high)
        shares = (kept - low) / (high - low) if high > low else np.full(values.shape, 0.5)
        shades = palette.RAMP + shares * (palette.RAMP_COLOURS - 1)
        return self._finished(np.rint(shades).astype(np.uint8))

    def _signed(self, difference: Block) -> Block:
        largest = self.range.largest
        kept = np.clip(difference, -largest, largest)
        shares = kept / largest if largest > 0 else kept
        pixels = self._finished(_diverging(shares))
        return _hatched(pixels, enlarged(shares, self.sampled.zoom))

    def _finished(self, colours: Block) -> Block:
        marked = np.where(self.sampled.valid, colours, palette.UNSCORED).astype(np.uint8)
        return patterned(enlarged(marked, self.sampled.zoom))


def number_plane(tiles: Iterable[Tile], frame: Frame) -> NumberPlane:
    """Return the plane of these tiles, all of them measured."""
    sampler = Sampler(frame)
    lows, highs, largest, total, count = [], [], 0.0, 0.0, 0
    for tile in tiles:
        plain = Tile(tile.rows, tile.columns, _plain(tile.predicted), _plain(tile.true), tile.valid)
        sampler.add(plain)
        kept = slice(None) if plain.valid is None else plain.valid
        true, errors = plain.true[kept], np.abs(plain.predicted[kept] - plain.true[kept])
        if true.size:
            lows.append(float(true.min()))
            highs.append(float(true.max()))
            largest = max(largest, float(errors.max()))
            total += float((errors / true.size).sum()) * true.size
            count += true.size
    if not count:
        return NumberPlane(sampler.sampled(), Range())
    return NumberPlane(
        sampler.sampled(), Range(min(lows), max(highs), largest, min(total / count, largest))
    )


def _plain(values: Block) -> Block:
    """Return the values as floats that can be subtracted from each other."""
    wide = np.nan_to_num(values.astype(np.float64), posinf=_LARGEST, neginf=-_LARGEST)
    clipped: Block = np.clip(wide, -_LARGEST, _LARGEST)
    return clipped


def _diverging(shares: Block) -> Block:
    """Return the colours of differences from -1 to 1."""
    half = (palette.DIVERGING_COLOURS - 1) // 2
    shades = palette.DIVERGING + half + shares * half
    colours: Block = np.rint(shades).astype(np.uint8)
    return colours


def _hatched(pixels: Block, shares: Block) -> Block:
    """Draw stripes where the difference is clearly negative, which without colour looks alike."""
    rows, columns = grid(pixels.shape)
    pixels[(shares < -1 / 8) & ((rows + columns) % 6 == 0) & (pixels >= palette.DIVERGING)] = (
        palette.PAPER
    )
    return pixels


def _scale(low: float, high: float) -> Swatch:
    shades = np.linspace(palette.RAMP, palette.RAMP + palette.RAMP_COLOURS - 1, _BAR[1])
    return Swatch(_bar(shades), f"{low:.4g} to {high:.4g}")


def _signed_scale(largest: float) -> Swatch:
    shares = np.broadcast_to(np.linspace(-1, 1, _BAR[1]), _BAR)
    text = f"-{largest:.4g} (striped) to +{largest:.4g}" if largest else "no difference"
    return Swatch(_hatched(_diverging(shares), shares), text)


def _bar(shades: Block) -> Block:
    bar: Block = np.broadcast_to(np.rint(shades).astype(np.uint8), _BAR)
    return bar
