"""Computes the scores declared for the baselines: `python make_scores.py FOLDER`.

FOLDER is what `make.py` has written. The result goes to `baselines/*/scores.yaml` beside this file
and is committed. The scores are computed here cell by cell, not by the platform: they are what the
platform must arrive at. Needs numpy, zarr and PyYAML.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
import zarr
from make import CASES
from zarr.storage import ZipStore

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Baseline:
    """What the site says about a baseline."""

    name: str
    method: str
    description: str


BASELINES = (
    Baseline(
        "threshold",
        "Otsu's threshold",
        "One brightness for the whole volume, then connected components: what the starter kit "
        "writes when it is run unchanged. Cells that touch become one object.",
    ),
    Baseline(
        "local-contrast",
        "Local contrast",
        "Smoothed, then bright for the neighbourhood; connected components. Finds dim cells "
        "beside bright ones, and still does not tell neighbours apart.",
    ),
    Baseline(
        "seeds",
        "Local contrast and seeds",
        "The same foreground, divided: where most foreground lies around a voxel is the middle of "
        "a cell, and the middles grow until they meet.",
    ),
)


def main() -> None:
    """Write `scores.yaml` of each baseline."""
    built = Path(sys.argv[1])
    for baseline in BASELINES:
        content = {
            "method": baseline.method,
            "description": baseline.description,
            "scores": score_upload(built, built / f"baselines/{baseline.name}/predictions.zip"),
        }
        text = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
        (HERE / f"baselines/{baseline.name}/scores.yaml").write_text(text, encoding="utf-8")


def score_upload(built: Path, upload: Path) -> dict[str, float]:
    """Return the means over the cases, to nine digits, by `task.key`."""
    with ZipStore(upload, mode="r") as store:
        rows = [score_case(built, store, case) for case in CASES]
    return {key: round(sum(row[key] for row in rows) / len(rows), 9) for key in rows[0]}


def score_case(built: Path, store: ZipStore, case: str) -> dict[str, float]:
    """Return the scores of one case."""
    truth = zarr.open_group(built / f"truth/{case}.zarr", mode="r")
    answer = zarr.open_group(store, path=f"{case}.zarr", mode="r")
    found, true = answer["semantic"][:] == 1, truth["semantic"][:] == 1
    both = int(np.count_nonzero(found & true))
    return {
        "semantic.dice": 2 * both / int(np.count_nonzero(found) + np.count_nonzero(true)),
        "semantic.iou": both / int(np.count_nonzero(found | true)),
        "instances.object_f1": object_f1(answer["instances"][:], truth["instances"][:]),
    }


def object_f1(found: np.ndarray, true: np.ndarray) -> float:
    """Return 2 TP / (objects + cells), where TP counts the pairs with IoU above 0.5."""
    objects, cells = (int(np.count_nonzero(np.bincount(a.ravel())[1:])) for a in (found, true))
    matches = sum(has_match(found, true == cell) for cell in range(1, int(true.max()) + 1))
    return 2 * matches / (objects + cells)


def has_match(found: np.ndarray, cell: np.ndarray) -> bool:
    """True when one object covers the cell, a mask, with an IoU above 0.5."""
    candidate = int(np.bincount(found[cell]).argmax())  # no other can have half of the union
    return candidate > 0 and iou(found == candidate, cell) > 0.5


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Return the intersection over the union of two masks."""
    return int(np.count_nonzero(one & other)) / int(np.count_nonzero(one | other))


if __name__ == "__main__":
    main()
