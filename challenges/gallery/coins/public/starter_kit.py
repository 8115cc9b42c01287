"""Starter kit of the challenge 'coins': find the coins, write `labels.npy`.

Needs Python 3.11 and numpy. Run it beside `coins.npz`:

    python starter_kit.py               # writes labels.npy
    python starter_kit.py my-labels.npy # or under another name

Replace `segment` by your own method. It must return one whole number per pixel: 0 for the
background, and for every coin a number of its own.
"""

import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).with_name("coins.npz")
SMALLEST = 100  # pixels; what is smaller is dust


def segment(image: np.ndarray) -> np.ndarray:
    """Return labels (y, x) of an image (y, x): what is bright and hangs together is a coin."""
    return drop_small(components(image > otsu(image)))


def otsu(image: np.ndarray) -> int:
    """Return the brightness that best divides the pixels of a uint8 image into two classes.

    Source: Otsu 1979, IEEE Trans. Syst. Man Cybern. 9:62; the variance between the classes.
    """
    counts = np.bincount(image.ravel(), minlength=256)
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * np.arange(256))[:-1]
    above = image.size - below
    total = int(image.sum(dtype=np.int64))
    usable = (below > 0) & (above > 0)
    between = np.zeros(255)
    difference = sums[usable] / below[usable] - (total - sums[usable]) / above[usable]
    between[usable] = below[usable].astype(float) * above[usable] * difference**2
    return int(between.argmax())


def components(mask: np.ndarray) -> np.ndarray:
    """Return labels 1, 2, … of the connected parts of a mask; neighbours share an edge."""
    root = np.arange(mask.size)
    one, other = neighbours(mask)
    while True:
        a, b = root[one], root[other]
        open_pairs = a != b
        if not open_pairs.any():
            break
        high, low = np.maximum(a, b)[open_pairs], np.minimum(a, b)[open_pairs]
        np.minimum.at(root, high, low)
        while (root[root] != root).any():
            root = root[root]
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.unique(root[mask.ravel()], return_inverse=True)[1] + 1
    return labels


def neighbours(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the flat positions of all pairs of neighbours that are both in the mask."""
    position = np.arange(mask.size).reshape(mask.shape)
    firsts, seconds = [], []
    for axis in range(mask.ndim):
        ahead = np.moveaxis(mask, axis, 0)
        place = np.moveaxis(position, axis, 0)
        both = ahead[:-1] & ahead[1:]
        firsts.append(place[:-1][both])
        seconds.append(place[1:][both])
    return np.concatenate(firsts), np.concatenate(seconds)


def drop_small(labels: np.ndarray) -> np.ndarray:
    """Return the labels without those of fewer than SMALLEST pixels."""
    sizes = np.bincount(labels.ravel())
    return np.where(sizes[labels] >= SMALLEST, labels, 0)


def main() -> None:
    """Segment the image and write the upload."""
    image = np.load(DATA)["image"]
    labels = segment(image)
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "labels.npy")
    np.save(target, labels.astype(np.uint16))
    print(
        f"found {np.unique(labels[labels > 0]).size} objects (there are 24 coins); wrote {target}"
    )


if __name__ == "__main__":
    main()
