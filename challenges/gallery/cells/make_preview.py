"""Draws `public/preview.png`: a slice of a training volume, and its cells; needs numpy and pillow.

Run it in this folder: `python make_preview.py`. Its output is committed.
"""

from pathlib import Path

import numpy as np
from make import TRAINING
from PIL import Image
from volumes import make_volume

SLICE = 28  # z, in voxels
ZOOM = 3
SHADES = 32
COLOURS = np.array(
    [[0, 0, 0], [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [204, 121, 167]]
)


def main() -> None:
    """Draw the image on the left, and the same with coloured cells on the right."""
    volume = make_volume(TRAINING["train-01"])
    image, cells = volume.image[SLICE], volume.instances[SLICE]
    # A stretched grey scale shows the dim cells; few shades keep the file small.
    shade = np.minimum(image.astype(int) * 3 // 2, 255) // (256 // SHADES)
    colour = np.where(cells > 0, 1 + cells % 5, 0)
    sheet = np.hstack([shade, colour * SHADES + shade]).astype(np.uint8)
    picture = Image.fromarray(np.kron(sheet, np.ones((ZOOM, ZOOM), np.uint8)))
    picture.putpalette(palette().astype(np.uint8).tobytes())
    picture.save(Path(__file__).parent / "public/preview.png", optimize=True)


def palette() -> np.ndarray:
    """Return SHADES of grey, then as many of each colour, (n, 3)."""
    grey = np.repeat(np.arange(SHADES)[:, None] * 255 / (SHADES - 1), 3, axis=1)
    return np.vstack([grey, *(grey / 2 + colour / 2 for colour in COLOURS[1:])])


if __name__ == "__main__":
    main()
