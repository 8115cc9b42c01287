"""The scoring program of the challenge 'coins': how well are the coins found and outlined?

The platform starts it as `python score.py`, in a sandbox without network, and reads
`/agon/output/result.json` when it has ended. To try it at home, make a folder with the sub-folders
`submission`, `truth` and `output` and name it: `python score.py FOLDER`.

What reaches this program has passed the platform's check against `challenge.yaml`: one array of the
truth's shape, of an integer type. So it need not ask again, and whatever still goes wrong here is
a mistake of the organiser.
"""

import json
import sys
from pathlib import Path

import numpy as np
import tifffile

NOT_SCORED = -1  # in the truth: pixels that count neither for nor against
THRESHOLD = 0.5  # above it, a coin has at most one match and the other way round


def main() -> None:
    """Read the upload and the truth, write the result file."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "/agon")
    truth = np.load(root / "truth/labels.npz")["labels"]
    scores = score(read_upload(root / "submission"), truth)
    result = json.dumps({"scores": scores}, allow_nan=False)
    (root / "output/result.json").write_text(result, encoding="utf-8")
    print(f"scored {np.unique(truth[truth > 0]).size} coins")


def read_upload(folder: Path) -> np.ndarray:
    """Return the uploaded labels (y, x), whichever of the two forms they have."""
    file = next(path for path in folder.rglob("*") if path.suffix in {".npy", ".tif", ".tiff"})
    return np.load(file, allow_pickle=False) if file.suffix == ".npy" else tifffile.imread(file)


def score(predicted: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Return the scores of predicted labels against true ones, both (y, x) whole numbers.

    `f1` is 2 TP / (predicted objects + coins), where TP counts the pairs with IoU > 0.5;
    `mean_iou` is the mean over all coins of the IoU with their match, 0 for a coin without one.
    """
    scored = true != NOT_SCORED
    ious, predictions, coins = overlaps(predicted[scored], true[scored])
    matched = ious[ious > THRESHOLD]
    return {
        "f1": 2 * matched.size / (predictions + coins),
        "mean_iou": float(matched.sum()) / coins,
    }


def overlaps(predicted: np.ndarray, true: np.ndarray) -> tuple[np.ndarray, int, int]:
    """Return the IoU of each overlapping pair, the number of predicted objects and of coins.

    Both arrays are flat; zero and negative numbers are background.
    """
    # Ids may be as large as they like; what counts is which pixels share one.
    names, predicted = np.unique(np.maximum(predicted, 0), return_inverse=True)
    true = np.maximum(true, 0).astype(np.int64)
    # One row for each predicted id, one column for each true one: pixels that have both.
    table = np.zeros((names.size, true.max() + 1), np.int64)
    np.add.at(table, (predicted, true), 1)
    sizes_predicted, sizes_true = table.sum(axis=1), table.sum(axis=0)
    both = table[names > 0, 1:]
    either = sizes_predicted[names > 0, None] + sizes_true[None, 1:] - both
    found = both > 0
    return both[found] / either[found], len(both), int(np.count_nonzero(sizes_true[1:]))


if __name__ == "__main__":
    main()
