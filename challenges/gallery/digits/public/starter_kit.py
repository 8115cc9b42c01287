"""Starter kit of the challenge 'digits': learn from the training images, write `labels.csv`.

Needs Python 3.11 and numpy. Run it beside `digits.npz`:

    python starter_kit.py                # writes labels.csv
    python starter_kit.py my-labels.csv  # or under another name

Replace `fit` and `predict` by your own method; `write_labels` stays as it is.
"""

import csv
import sys
from pathlib import Path

import numpy as np

DATA = Path(__file__).with_name("digits.npz")


def fit(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the mean image of each digit, (10, 8, 8), from images (n, 8, 8) and labels (n,)."""
    return np.stack([images[labels == digit].mean(axis=0) for digit in range(10)])


def predict(centroids: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Return for each image (n, 8, 8) the digit whose mean image is nearest, (n,)."""
    differences = images[:, None].astype(float) - centroids[None]
    return (differences**2).sum(axis=(2, 3)).argmin(axis=1)


def write_labels(path: Path, labels: np.ndarray) -> None:
    """Write the upload: a header `id,label` and one row for each test image."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "label"])
        writer.writerows(enumerate(labels.tolist()))


def main() -> None:
    """Learn, check the method on a part of the training set, predict the test set."""
    data = np.load(DATA)
    images, labels = data["train_images"], data["train_labels"]

    # The last 250 images play the test set, so that you know your accuracy before you upload.
    rehearsal = predict(fit(images[:-250], labels[:-250]), images[-250:])
    print(f"accuracy on 250 images held back: {(rehearsal == labels[-250:]).mean():.3f}")

    target = Path(sys.argv[1] if len(sys.argv) > 1 else "labels.csv")
    write_labels(target, predict(fit(images, labels), data["test_images"]))
    print(f"wrote {target}; upload it on the page 'Submit'")


if __name__ == "__main__":
    main()
