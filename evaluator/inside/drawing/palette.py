"""The colours of pictures: one byte each, so that a picture is small.

Colours that mean something differ in lightness too, and carry a pattern, for those who do not tell
them apart. Source: Okabe & Ito 2008, Color Universal Design.
"""

import numpy as np

from evaluator.arrays.base import Block

PAPER = 0
INK = 1
TEXT = 2  # and 7 more, from light to dark: the edges of letters
LABELS = 10  # and 6 more
AGREE = 17
EXTRA = 18
MISSED = 19
OTHER = 20
UNSCORED = 21
RAMP = 32  # and 95 more, from dark to light
DIVERGING = 128  # and 96 more: too low, equal in the middle, too high
RAMP_COLOURS, DIVERGING_COLOURS = 96, 97
LABEL_COLOURS = 7

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_FIXED = {
    PAPER: _WHITE,
    INK: _BLACK,
    AGREE: (158, 202, 225),
    EXTRA: (213, 94, 0),
    MISSED: (0, 41, 84),
    OTHER: (204, 121, 167),
    UNSCORED: (217, 217, 217),
}
_LABELS = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)
# Lightness grows evenly from end to end; blue to yellow is seen by nearly everybody.
_DARK_TO_LIGHT = ((0, 32, 76), (60, 77, 110), (124, 123, 120), (187, 175, 108), (255, 234, 70))
_LOW_TO_HIGH = ((0, 61, 128), (120, 170, 214), (247, 247, 247), (242, 164, 106), (166, 62, 0))


def palette() -> bytes:
    """Return red, green and blue of all 256 colours."""
    colours = np.zeros((256, 3), np.uint8)
    for number, colour in _FIXED.items():
        colours[number] = colour
    colours[TEXT : TEXT + 8] = np.linspace(220, 0, 8)[:, None]
    colours[LABELS : LABELS + LABEL_COLOURS] = _LABELS
    colours[RAMP : RAMP + RAMP_COLOURS] = _between(_DARK_TO_LIGHT, RAMP_COLOURS)
    colours[DIVERGING : DIVERGING + DIVERGING_COLOURS] = _between(_LOW_TO_HIGH, DIVERGING_COLOURS)
    return colours.tobytes()


def _between(anchors: tuple[tuple[int, int, int], ...], count: int) -> Block:
    places = np.linspace(0, len(anchors) - 1, count)
    channels = [
        np.interp(places, range(len(anchors)), [anchor[channel] for anchor in anchors])
        for channel in range(3)
    ]
    mixed: Block = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    return mixed
