"""Makes the data of this challenge from the copy of the data set inside scikit-learn.

Run it in this folder, in an environment with numpy, scikit-learn and pillow: `python make.py`.
Its output is committed, so that loading the challenge needs neither.
"""

import csv
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
TRAIN = 1000  # of 1,797 images; the rest is the test set
GREY_LEVELS = 17  # an 8x8 image counts the dark pixels of 4x4 blocks: 0 to 16


def main() -> None:
    """Write `public/` (but for the starter kit) and `truth/`."""
    digits = load_digits()
    images = digits.images.astype(np.uint8)
    labels = digits.target.astype(np.uint8)
    # The order of the file is kept, not shuffled: neighbours seem to come from the same writer,
    # and a shuffled split would let a method recognise the hand instead of the digit.
    for folder in ("public", "truth"):
        (HERE / folder).mkdir(exist_ok=True)
    np.savez_compressed(
        HERE / "public/digits.npz",
        train_images=images[:TRAIN],
        train_labels=labels[:TRAIN],
        test_images=images[TRAIN:],
    )
    write_table(HERE / "truth/labels.csv", labels[TRAIN:])
    write_table(HERE / "public/sample_submission.csv", np.zeros_like(labels[TRAIN:]))
    draw_preview(HERE / "public/preview.png", images[:TRAIN], labels[:TRAIN])


def write_table(path: Path, labels: np.ndarray) -> None:
    """Write one row `id,label` for each label."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "label"])
        writer.writerows(enumerate(labels.tolist()))


def draw_preview(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Draw five of the images (n, 8, 8) of each digit, dark on white, 660 x 360 pixels."""
    # Every twentieth of a digit, because neighbours look alike.
    columns = [
        np.vstack([np.pad(image, 1) for image in images[labels == digit][::20][:5]])
        for digit in range(10)
    ]
    ink = np.pad(np.hstack(columns), 5).astype(float) / (GREY_LEVELS - 1)
    pixels = np.kron(255 - 255 * ink, np.ones((6, 6)))
    Image.fromarray(pixels.astype(np.uint8)).save(path, optimize=True)


if __name__ == "__main__":
    main()
