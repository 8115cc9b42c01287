"""Makes the baselines of this challenge and their declared scores.

Run it in this folder, in an environment with numpy, scikit-image and PyYAML, after `make.py` and
`make_truth.py`: `python make_baselines.py`. Its output is committed, so that loading the challenge
needs none of them. The scores are computed here coin by coin, not by the scoring program: they
are what that program must arrive at.
"""

import io
import runpy
import zipfile
from pathlib import Path

import numpy as np
import tifffile
import yaml
from scipy.ndimage import binary_fill_holes
from skimage.filters import gaussian, sobel, threshold_otsu
from skimage.measure import label
from skimage.morphology import disk, remove_small_objects, white_tophat
from skimage.segmentation import clear_border, watershed

HERE = Path(__file__).parent
STARTER = runpy.run_path(str(HERE / "public/starter_kit.py"))
COIN_RADIUS = 35  # pixels; no coin is larger
SMALLEST = 400  # pixels; no coin is smaller


def main() -> None:
    """Write `baselines/*/`: an upload and `scores.yaml` each."""
    image = np.load(HERE / "public/coins.npz")["image"]
    plain = STARTER["segment"](image)
    write_zip(folder("otsu") / "submission.zip", plain.astype(np.uint16))
    declare(
        "otsu",
        plain,
        method="Otsu's threshold",
        description="One brightness for the whole image, then connected components: what the "
        "starter kit writes when it is run unchanged. The bright upper edge of the plate becomes "
        "an object, and dark reliefs tear coins apart.",
    )
    grown = flood(image)
    tifffile.imwrite(folder("watershed") / "labels.tif", grown.astype(np.uint8), compression="zlib")
    declare(
        "watershed",
        grown,
        method="Watershed",
        description="Basins of the Sobel gradient, flooded from pixels that are surely coin and "
        "surely background; then connected components.",
    )
    flat = flatten(image)
    np.save(folder("top-hat") / "labels.npy", flat.astype(np.uint8))
    declare(
        "top-hat",
        flat,
        method="Top-hat and holes filled",
        description="The background is removed by a white top-hat wider than any coin, then "
        "smoothing, Otsu's threshold, filled holes and connected components.",
    )


def flood(image: np.ndarray) -> np.ndarray:
    """Return labels (y, x) by watershed on the gradient."""
    markers = np.zeros(image.shape, np.int32)
    markers[image < 30] = 1
    markers[image > 150] = 2
    mask = binary_fill_holes(watershed(sobel(image), markers) == 2)
    return label(remove_small_objects(mask, max_size=SMALLEST))


def flatten(image: np.ndarray) -> np.ndarray:
    """Return labels (y, x) of what stands out from an even background."""
    bright = gaussian(white_tophat(image, disk(COIN_RADIUS)), sigma=1.0, preserve_range=True)
    mask = clear_border(binary_fill_holes(bright > threshold_otsu(bright)))
    return label(remove_small_objects(mask, max_size=SMALLEST))


def folder(name: str) -> Path:
    """Return the folder of a baseline, made when it is not there."""
    path = HERE / "baselines" / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_zip(path: Path, labels: np.ndarray) -> None:
    """Write a zip archive with `labels.npy`; the same bytes each time."""
    buffer = io.BytesIO()
    np.save(buffer, labels)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("labels.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED)


def declare(name: str, labels: np.ndarray, *, method: str, description: str) -> None:
    """Write the `scores.yaml` of a baseline, for the phase 'development'."""
    true = np.load(HERE / "truth/development/labels.npz")["labels"]
    content = {"method": method, "description": description, "scores": score(labels, true)}
    text = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
    (folder(name) / "scores.yaml").write_text(text, encoding="utf-8")


def score(labels: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Return the scores, to nine digits, the slow and plain way: every coin with every object."""
    objects = [labels == number for number in np.unique(labels[(true >= 0) & (labels > 0)])]
    coins = [true == number for number in np.unique(true[true > 0])]
    objects = [mask & (true >= 0) for mask in objects]
    best = [max(iou(coin, mask) for mask in objects) for coin in coins]
    matched = [value for value in best if value > 0.5]
    return {
        "f1": round(2 * len(matched) / (len(objects) + len(coins)), 9),
        "mean_iou": round(sum(matched) / len(coins), 9),
    }


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Return the intersection over the union of two masks."""
    return int(np.count_nonzero(one & other)) / int(np.count_nonzero(one | other))


if __name__ == "__main__":
    main()
