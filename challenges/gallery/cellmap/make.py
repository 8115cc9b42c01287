"""Makes the complete folder of the challenge 'cellmap': `python make.py FOLDER`.

The crops are too large to be kept with the code, so they are computed: in about ten seconds, with
numpy and numcodecs alone, and the same each time. FOLDER must not exist yet. Pages, starter kit and
declared scores are copied; they stand beside this file.
"""

import csv
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from classes import INSTANCES
from crops import TEST, TRAINING, Crop
from methods import Found, Known, grey_range, half_resolution, neighbourhood
from microscope import expose
from painting import Painted, build, paint
from stores import Archive

HERE = Path(__file__).parent
STATIC = ("challenge.yaml", "pages", "public", "baselines")
Method = Callable[[Crop, np.ndarray, Known], Iterator[Found]]
METHODS: Mapping[str, Method] = {
    "grey-range": grey_range,
    "neighbourhood": neighbourhood,
    "half-resolution": half_resolution,
}
LEFT_OUT = {"half-resolution": "crop903"}
LEVELS = "s0"  # the one level of what is handed in as OME-NGFF image


def main() -> None:
    """Write the challenge into the folder that the command line names."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python make.py FOLDER")
    target = Path(sys.argv[1])
    if target.exists():
        sys.exit(f"{target} is there already; name a folder that is not.")
    copy_static(target)
    write_manifest(target / "public/manifest.csv")
    known = make_training(target)
    make_test(target, known)


def copy_static(target: Path) -> None:
    """Copy what is written by hand."""
    target.mkdir(parents=True)
    for name in STATIC:
        source = HERE / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copyfile(source, target / name)


def write_manifest(target: Path) -> None:
    """Write one row for each array of the training and the test crops."""
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["crop_name", "class_label", "voxel_size", "translation", "shape"])
        for crop in (*TRAINING, *TEST):
            for label in crop.classes:
                grid = crop.grid(label)
                numbers = (grid.voxel_size, grid.origin, grid.shape)
                row = [";".join(f"{number:g}" for number in triple) for triple in numbers]
                writer.writerow([crop.name, label, *row])


def make_training(target: Path) -> list[Known]:
    """Write `public/train.zip`: images with their answers; return them."""
    known = []
    with Archive(target / "public/train.zip") as archive:
        for crop in TRAINING:
            image, leaf, labels = expose_and_label(crop)
            archive.add(f"{crop.name}/raw", image, crop.image)
            for label, data in labels.items():
                archive.add(f"{crop.name}/{label}", data, crop.grid(label))
            known.append(Known(crop, image, leaf, labels))
    return known


def make_test(target: Path, known: list[Known]) -> None:
    """Write `public/test.zip`, `truth/`, the sample submission and the baselines' uploads."""
    uploads = {name: Archive(target / f"baselines/{name}/predictions.zarr.zip") for name in METHODS}
    with (
        Archive(target / "public/test.zip") as images,
        Archive(target / "public/sample_submission.zip") as sample,
        Archive(target / "truth/labels.zarr.zip") as truth,
    ):
        for crop, example in zip(TEST, known, strict=True):
            image, _, labels = expose_and_label(crop)
            images.add(f"{crop.name}/raw", image, crop.image)
            for label, data in labels.items():
                truth.add(f"{crop.name}/{label}", data, crop.grid(label))
                sample.add(f"{crop.name}/{label}", np.zeros_like(data), crop.grid(label))
            for name, method in METHODS.items():
                if LEFT_OUT.get(name) != crop.name:
                    add_all(uploads[name], crop, method(crop, image, example))
    for upload in uploads.values():
        upload.close()


def add_all(archive: Archive, crop: Crop, found: Iterator[Found]) -> None:
    """Add predictions; those of another resolution than the image as OME-NGFF images."""
    for one in found:
        path = f"{crop.name}/{one.label}"
        if one.grid == crop.image.coarser():
            archive.add_levels(path, {LEVELS: (one.data, one.grid)})
        else:
            archive.add(path, one.data, one.grid)


def expose_and_label(crop: Crop) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return the image, the class of each of its voxels, and the answers of a crop."""
    scene = build(crop)
    around = paint(scene, crop.image)
    grids = {grid: paint(scene, grid) for grid in {crop.grid(label) for label in crop.classes}}
    labels = {label: answer(grids[crop.grid(label)], label) for label in crop.classes}
    return expose(around.leaf, crop.seed + 2), around.leaf, labels


def answer(painted: Painted, label: str) -> np.ndarray:
    """Return the array that the answer for one class is."""
    if label in INSTANCES:
        return painted.instances(label)
    return painted.mask(label).astype(np.uint8)


if __name__ == "__main__":
    main()
