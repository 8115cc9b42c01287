"""Makes the baselines of this challenge and their declared scores; needs numpy and PyYAML.

Run it in this folder after `make.py`: `python make_baselines.py`. The scores are computed here in
the plainest way, not by the platform: they are what the platform must arrive at.
"""

import csv
import runpy
from pathlib import Path

import numpy as np
import yaml

HERE = Path(__file__).parent
# Run, not imported: an import would leave a __pycache__ among the files offered for download.
STARTER = runpy.run_path(str(HERE / "public/starter_kit.py"))
NEIGHBOURS = 3


def main() -> None:
    """Write `baselines/*/`: an upload and `scores.yaml` each."""
    data = np.load(HERE / "public/digits.npz")
    images, labels, test = data["train_images"], data["train_labels"], data["test_images"]

    counts = np.bincount(labels, minlength=10)
    majority = np.full(len(test), counts.argmax())
    STARTER["write_labels"](folder("majority-class") / "labels.csv", majority)
    declare(
        "majority-class",
        majority,
        method="Majority class",
        description="Every image gets the digit that is most frequent among the training labels. "
        "A method that has learned anything is above this line.",
    )

    nearest = STARTER["predict"](STARTER["fit"](images, labels), test)
    STARTER["write_labels"](folder("nearest-centroid") / "labels.csv", nearest)
    declare(
        "nearest-centroid",
        nearest,
        method="Nearest centroid",
        description="The digit whose mean training image is nearest in Euclidean distance: "
        "what the starter kit writes when it is run unchanged.",
    )

    voted = vote(images, labels, test)
    np.save(folder("three-neighbours") / "labels.npy", voted.astype(np.uint8))
    declare(
        "three-neighbours",
        voted,
        method="Three nearest neighbours",
        description="Majority among the three training images at the smallest Euclidean distance; "
        "when all three differ, the nearest one decides.",
    )


def folder(name: str) -> Path:
    """Return the folder of a baseline, made when it is not there."""
    path = HERE / "baselines" / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def vote(images: np.ndarray, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """Return the digit that most of the nearest training images have, for each test image (n,)."""
    known = images.reshape(len(images), -1).astype(np.int64)
    asked = test.reshape(len(test), -1).astype(np.int64)
    distances = ((asked[:, None] - known[None]) ** 2).sum(axis=2)
    # Stable: of two images at the same distance the earlier one is the nearer, on every machine.
    near = labels[distances.argsort(axis=1, kind="stable")[:, :NEIGHBOURS]]
    return np.array([decide(votes) for votes in near])


def decide(votes: np.ndarray) -> int:
    """Return the most frequent vote; on a tie the one that stands first."""
    tally = np.bincount(votes, minlength=10)
    return int(next(vote for vote in votes if tally[vote] == tally.max()))


def declare(name: str, predicted: np.ndarray, *, method: str, description: str) -> None:
    """Write the `scores.yaml` of a baseline."""
    with (HERE / "truth/labels.csv").open(newline="", encoding="utf-8") as file:
        true = np.array([int(row["label"]) for row in csv.DictReader(file)])
    scores = {"accuracy": accuracy(true, predicted), "f1": macro_f1(true, predicted)}
    content = {"method": method, "description": description, "scores": scores}
    text = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
    (folder(name) / "scores.yaml").write_text(text, encoding="utf-8")


def accuracy(true: np.ndarray, predicted: np.ndarray) -> float:
    """Return the share of images with the right digit, rounded to nine digits."""
    return round(float((true == predicted).mean()), 9)


def macro_f1(true: np.ndarray, predicted: np.ndarray) -> float:
    """Return the plain mean of the ten digits' F1 = 2 TP / (2 TP + FP + FN), to nine digits."""
    return round(sum(f1(true == digit, predicted == digit) for digit in range(10)) / 10, 9)


def f1(is_true: np.ndarray, is_predicted: np.ndarray) -> float:
    """Return F1 of one digit from two boolean arrays (n,)."""
    both = int(np.count_nonzero(is_true & is_predicted))
    return 2 * both / int(np.count_nonzero(is_true) + np.count_nonzero(is_predicted))


if __name__ == "__main__":
    main()
