"""Draws `public/preview.png`: a slice of a training crop, and its classes; needs numpy and pillow.

Run it in this folder: `python make_preview.py`. Its output is committed.
"""

import colorsys
from pathlib import Path

import numpy as np
from classes import LEAVES
from crops import TRAINING
from microscope import expose
from painting import build, paint
from PIL import Image

CROP = TRAINING[1]
SLICE = 26  # z, in voxels of the image
ZOOM = 6
SHADES = 48
PALE = ("ecs", "cyto")


def main() -> None:
    """Draw the image on the left, and the classes on the right."""
    leaf = paint(build(CROP), CROP.image).leaf
    image = expose(leaf, CROP.seed + 2)[SLICE].astype(int) * SHADES // 256
    sheet = np.hstack([image, SHADES - 1 + leaf[SLICE].astype(int)]).astype(np.uint8)
    picture = Image.fromarray(np.kron(sheet, np.ones((ZOOM, ZOOM), np.uint8)))
    picture.putpalette(palette().astype(np.uint8).tobytes())
    picture.save(Path(__file__).parent / "public/preview.png", optimize=True)


def palette() -> np.ndarray:
    """Return SHADES of grey, then a colour for each class, (n, 3); a lumen is paler than its
    membrane.
    """
    grey = np.repeat(np.arange(SHADES)[:, None] * 255 / (SHADES - 1), 3, axis=1)
    return np.vstack([grey, *(colour(leaf) for leaf in LEAVES)])


def colour(leaf: str) -> np.ndarray:
    """Return the colour of a class, (3,)."""
    families = sorted({name.partition("_")[0] for name in LEAVES if name not in PALE})
    if leaf in PALE:
        return np.full(3, {"ecs": 255, "cyto": 228}[leaf])
    hue = families.index(leaf.partition("_")[0]) / len(families)
    is_inner = leaf.endswith(("_lum", "_in"))
    light, strength = (0.75, 0.6) if is_inner else (0.45, 0.7)
    return 255 * np.array(colorsys.hls_to_rgb(hue, light, strength))


if __name__ == "__main__":
    main()
