"""Draws the ground truth of this challenge: one closed outline around each of the 24 coins.

Run it in this folder, in an environment with numpy, scikit-image and pillow:
`python make_truth.py`. Its output is committed, so that loading the challenge needs none of them.

The procedure is no segmentation method that a participant would hand in. The middle and the rough
radius of each coin were marked by eye (`COINS`). Around each mark the image is read along rays, and
the closed path with the strongest fall of brightness from coin to background is found by dynamic
programming; the path may move only a little from ray to ray, so that it cannot jump to a crack in
the coin. Every outline was then looked at, enlarged, until all marks were right.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter, map_coordinates
from skimage.data import coins
from skimage.draw import polygon2mask

HERE = Path(__file__).parent
RAYS = 180  # one every two degrees
STEP = 0.25  # pixels along a ray
SEARCHED = 0.22  # of the radius, inwards and outwards
MAX_SLOPE = 1  # steps from one ray to the next
GAP = 150  # the row of pixels that runs between the second and the third row of coins
NOT_SCORED = -1


@dataclass(frozen=True)
class Mark:
    """The middle and the radius of a coin; pixels of the image, y down."""

    x: float
    y: float
    radius: float


# In rows from the top, from the left.
COINS = (
    Mark(44.3, 54.3, 22), Mark(100.7, 56.3, 19), Mark(155.7, 50.7, 23.3),
    Mark(216, 51, 23.7), Mark(276, 52.7, 20.3), Mark(335, 43.3, 29),
    Mark(45.7, 124.3, 20.7), Mark(103.3, 126, 19), Mark(153.7, 127.7, 19.3),
    Mark(206, 124.3, 20), Mark(270.7, 119.3, 25.3), Mark(336.7, 125, 19.3),
    Mark(44, 197.3, 18.7), Mark(102.3, 196, 21.3), Mark(154.7, 198, 19),
    Mark(212.7, 193, 23.7), Mark(273.7, 194.3, 22.7), Mark(347.3, 187, 31.7),
    Mark(46.7, 260, 27.7), Mark(114, 265.7, 21.3), Mark(172.7, 261.7, 28.7),
    Mark(244.3, 263.7, 24.3), Mark(301.3, 263.7, 25.3), Mark(358.3, 267.7, 22.3),
)  # fmt: skip


def main() -> None:
    """Write `truth/` and, to look at, `outlines.png` in the current folder."""
    image = coins()
    outlines = [outline(image, mark) for mark in COINS]
    labels = np.zeros(image.shape, np.int8)
    for number, points in enumerate(outlines, start=1):
        labels[polygon2mask(image.shape, points)] = number
    draw(image, outlines, Path("outlines.png"))
    save("final", labels)
    upper = labels.copy()
    upper[GAP:] = NOT_SCORED
    save("development", upper)


def outline(image: np.ndarray, mark: Mark) -> np.ndarray:
    """Return the points (RAYS, 2) of the outline around a mark, (y, x) in pixels."""
    smooth = gaussian_filter(image.astype(float), 1.0)
    angles = np.arange(RAYS) * 2 * np.pi / RAYS
    radii = np.arange(mark.radius * (1 - SEARCHED), mark.radius * (1 + SEARCHED), STEP)
    ys = mark.y + radii * np.sin(angles)[:, None]
    xs = mark.x + radii * np.cos(angles)[:, None]
    along = map_coordinates(smooth, [ys, xs], order=3, mode="nearest")
    fall = -np.gradient(along, axis=1)
    chosen = radii[closed_path(fall)]
    return np.column_stack([mark.y + chosen * np.sin(angles), mark.x + chosen * np.cos(angles)])


def closed_path(gain: np.ndarray) -> np.ndarray:
    """Return for each row of `gain` (rays, radii) the column of the best closed path."""
    # The best open path over two rounds is closed in its middle: its ends are free to differ, but
    # a whole round away from them they no longer matter.
    rays, half = len(gain), len(gain) // 2
    path = open_path(np.vstack([gain, gain]))
    return np.roll(path[half : half + rays], half)


def open_path(gain: np.ndarray) -> np.ndarray:
    """Return for each row of `gain` the column of the path with the largest sum."""
    total = gain[0].copy()
    origins = []
    for row in gain[1:]:
        padded = np.pad(total, MAX_SLOPE, constant_values=-np.inf)
        reach = np.lib.stride_tricks.sliding_window_view(padded, 2 * MAX_SLOPE + 1)
        origins.append(np.arange(len(row)) + reach.argmax(axis=1) - MAX_SLOPE)
        total = row + reach.max(axis=1)
    path = [int(total.argmax())]
    for origin in reversed(origins):
        path.append(int(origin[path[-1]]))
    return np.array(path[::-1])


def save(name: str, labels: np.ndarray) -> None:
    """Write `truth/NAME/labels.npz`, whose member `labels` is (y, x)."""
    folder = HERE / "truth" / name
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "labels.npz", labels=labels)


def draw(image: np.ndarray, outlines: list[np.ndarray], path: Path) -> None:
    """Draw the outlines over the image at eight times its size."""
    size = (image.shape[1] * 8, image.shape[0] * 8)
    picture = Image.fromarray(image).resize(size, Image.Resampling.BICUBIC).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for points in outlines:
        pixels = [((x + 0.5) * 8, (y + 0.5) * 8) for y, x in points]
        pen.line([*pixels, pixels[0]], fill=(255, 60, 60), width=2)
    picture.save(path)


if __name__ == "__main__":
    main()
