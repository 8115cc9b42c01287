"""The baselines of this challenge: image (z, y, x) in, instance labels out, numpy only."""

import runpy
from pathlib import Path

import numpy as np
from filters import box_max, box_mean, box_sum

# Run, not imported: an import would leave a __pycache__ among the files offered for download.
STARTER = runpy.run_path(str(Path(__file__).parent / "public/starter_kit.py"))
CELL = (5, 9, 9)  # voxels; about the size of a small cell
BRIGHT, DARK = (7, 13, 13), (9, 17, 17)  # voxels; hold the middle of a cell, and a gap beside it
SHARE = 0.4  # of the way from the darkest to the brightest near a voxel
CONTRAST = 15  # grey values between the two; with less there is no cell


def threshold(image: np.ndarray) -> np.ndarray:
    """Return what the starter kit finds."""
    return STARTER["segment"](image)


def local_contrast(image: np.ndarray) -> np.ndarray:
    """Return connected parts of what is bright for its neighbourhood."""
    return STARTER["drop_small"](STARTER["components"](foreground(image)))


def seeds(image: np.ndarray) -> np.ndarray:
    """Return the same foreground, divided between seeds in the middle of each cell."""
    mask = foreground(image)
    # How much foreground lies around a voxel: largest in the middle of a cell, lower at a waist.
    depth = np.where(mask, box_sum(box_sum(mask, CELL), (3, 3, 3)), 0)
    peaks = mask & (depth == box_max(depth, CELL))
    return STARTER["drop_small"](grow(STARTER["components"](peaks), mask))


def foreground(image: np.ndarray) -> np.ndarray:
    """Return where the smoothed image is bright for its neighbourhood, bool."""
    smooth = box_mean(box_mean(image, (3, 3, 3)), (1, 3, 3)).astype(np.float32)
    darkest, brightest = -box_max(-smooth, DARK), box_max(smooth, BRIGHT)
    contrast = brightest - darkest
    return (smooth - darkest > SHARE * contrast) & (contrast > CONTRAST)


def grow(labels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the labels spread over the mask, one voxel a round; at a tie the higher one wins."""
    labels = labels.astype(np.uint16)
    while True:
        spread = labels.copy()
        for size in ((3, 1, 1), (1, 3, 1), (1, 1, 3)):
            np.maximum(spread, box_max(labels, size), out=spread)
        free = mask & (labels == 0) & (spread > 0)
        if not free.any():
            return labels
        labels[free] = spread[free]
