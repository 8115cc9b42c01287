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
    scored = truth != NOT_SCORED
    ious = overlaps(read_upload(root / "submission")[scored], truth[scored])
    write_coins(root / "output/coins.csv", ious)
    document = {"scores": score(ious), "artifacts": ["coins.csv"]}
    result = json.dumps(document, allow_nan=False)
    (root / "output/result.json").write_text(result, encoding="utf-8")
    print(f"scored {ious.shape[1]} coins")


def read_upload(folder: Path) -> np.ndarray:
    """Return the uploaded labels (y, x), whichever of the two forms they have."""
    file = next(path for path in folder.rglob("*") if path.suffix in {".npy", ".tif", ".tiff"})
    return np.load(file, allow_pickle=False) if file.suffix == ".npy" else tifffile.imread(file)


def score(ious: np.ndarray) -> dict[str, float]:
    """Return the scores that come of the IoU of each predicted object with each coin.

    `f1` is 2 TP / (predicted objects + coins), where TP counts the pairs with IoU > 0.5;
    `mean_iou` is the mean over all coins of the IoU with their match, 0 for a coin without one.
    """
    predictions, coins = ious.shape
    matched = ious[ious > THRESHOLD]
    return {
        "f1": 2 * matched.size / (predictions + coins),
        "mean_iou": float(matched.sum()) / coins,
    }


def write_coins(path: Path, ious: np.ndarray) -> None:
    """Write how well each coin was found; who may see the file is said in challenge.yaml."""
    best = ious.max(axis=0, initial=0)
    rows = [f"{number},{iou:.4f},{iou > THRESHOLD}" for number, iou in enumerate(best, start=1)]
    path.write_text("\n".join(["coin,best_iou,found", *rows, ""]), encoding="utf-8")


def overlaps(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """Return the IoU of each predicted object (rows) with each coin (columns, in order of ids).

    Both arrays are flat; zero and negative numbers are background.
    """
    # Ids may be as large as they like; what counts is which pixels share one.
    names, predicted = np.unique(np.maximum(predicted, 0), return_inverse=True)
    true = np.maximum(true, 0).astype(np.int64)
    # One row for each predicted id, one column for each true one: pixels that have both.
    table = np.zeros((names.size, true.max() + 1), np.int64)
    np.add.at(table, (predicted, true), 1)
    sizes_predicted, sizes_true = table.sum(axis=1), table.sum(axis=0)
    coins = np.flatnonzero(sizes_true[1:]) + 1
    both = table[np.ix_(names > 0, coins)]
    return both / (sizes_predicted[names > 0, None] + sizes_true[None, coins] - both)


if __name__ == "__main__":
    main()
