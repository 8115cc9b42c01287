"""Starter kit of the challenge 'cellmap': label the three test crops, write a zip archive.

Needs Python 3.11, numpy and zarr 3. Run it beside `train.zip`, `test.zip` and `manifest.csv`:

    python starter_kit.py                  # writes predictions.zip
    python starter_kit.py my-answer.zip    # or under another name

Replace `learn` and `segment` by your own method. The rest reads the crops and writes what the
challenge expects.
"""

import csv
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zarr
from zarr.storage import ZipStore

HERE = Path(__file__).parent
# In these classes it matters which object is which; the others are masks.
INSTANCES = ("nuc", "ves", "endo", "lyso", "ld", "perox", "mito", "np", "mt", "cell")
# Each test crop has a training crop of the same voxel size.
TRAINING = {"crop901": "crop801", "crop902": "crop802", "crop903": "crop803"}
SMALLEST = 30  # voxels


@dataclass(frozen=True)
class Volume:
    """An array (z, y, x) and where it lies, in nm; `translation` is the middle of voxel 0."""

    data: np.ndarray
    voxel_size: tuple[float, ...]
    translation: tuple[float, ...]


def learn(image: Volume, labels: Volume) -> tuple[int, int]:
    """Return the range of grey values that most voxels of a class have in a training crop."""
    greys = at(Volume(smooth(image.data), image.voxel_size, image.translation), labels)
    inside = greys[labels.data > 0]
    low, high = np.percentile(inside, [15, 85], method="nearest")
    return int(low), int(high)


def segment(image: np.ndarray, grey_range: tuple[int, int], label: str) -> np.ndarray:
    """Return the prediction for one class: a mask, or a number for each object."""
    low, high = grey_range
    grey = smooth(image)
    mask = (grey >= low) & (grey <= high)
    if label in INSTANCES:
        return drop_small(components(mask)).astype(np.uint16)
    return mask.astype(np.uint8)


def smooth(image: np.ndarray) -> np.ndarray:
    """Return the mean of each voxel and its six neighbours."""
    padded = np.pad(image, 1, mode="edge").astype(np.int32)
    middle = padded[1:-1, 1:-1, 1:-1]
    total = middle.copy()
    for axis in range(3):
        inner = [slice(1, -1)] * 3
        for part in (slice(0, -2), slice(2, None)):
            inner[axis] = part
            total += padded[tuple(inner)]
    return total // 7


def at(volume: Volume, where: Volume) -> np.ndarray:
    """Return the values of one volume at the middles of the voxels of another: the nearest ones."""
    picks = []
    for axis in range(3):
        middles = where.translation[axis] + where.voxel_size[axis] * np.arange(
            where.data.shape[axis]
        )
        place = (middles - volume.translation[axis]) / volume.voxel_size[axis]
        # Half way between two voxels counts as the lower one, as it does when the site aligns.
        picks.append(np.ceil(place - 0.5 - 1e-6).astype(int))
    return volume.data[np.ix_(*picks)]


def components(mask: np.ndarray) -> np.ndarray:
    """Return labels 1, 2, … of the connected parts of a mask; neighbours share a face."""
    numbers = np.cumsum(mask.ravel()).reshape(mask.shape) - 1
    pairs = []
    for axis in range(mask.ndim):
        ahead, place = np.moveaxis(mask, axis, 0), np.moveaxis(numbers, axis, 0)
        both = ahead[:-1] & ahead[1:]
        pairs.append((place[:-1][both], place[1:][both]))
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    root = np.arange(np.count_nonzero(mask))
    while one.size:
        a, b = root[one], root[other]
        is_open = a != b
        one, other = one[is_open], other[is_open]
        np.minimum.at(root, np.maximum(a, b)[is_open], np.minimum(a, b)[is_open])
        while (root[root] != root).any():
            root = root[root]
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.cumsum(np.bincount(root, minlength=1) > 0)[root]
    return labels


def drop_small(labels: np.ndarray) -> np.ndarray:
    """Return the labels as 1, 2, … without those of fewer than SMALLEST voxels."""
    keep = np.bincount(labels.ravel()) >= SMALLEST
    keep[0] = False
    return np.where(keep, np.cumsum(keep), 0)[labels]


def read(archive: str, path: str) -> Volume:
    """Return an array of `train.zip` or `test.zip`, each of which is a Zarr group."""
    with ZipStore(HERE / archive, mode="r") as store:
        array = zarr.open_array(store, path=path, mode="r")
        return Volume(array[:], tuple(array.attrs["voxel_size"]), tuple(array.attrs["translation"]))


def write(group: zarr.Group, path: str, volume: Volume) -> None:
    """Write a prediction with what the site needs to know about its place."""
    group.create_array(
        path,
        data=volume.data,
        chunks=volume.data.shape,
        attributes={
            "voxel_size": list(volume.voxel_size),
            "translation": list(volume.translation),
        },
        # By default zarr leaves out chunks that hold only zeros. Written, they cost a few bytes,
        # and a chunk that got lost on the way is noticed.
        config={"write_empty_chunks": True},
    )


def pack(folder: Path, target: Path) -> None:
    """Zip a folder without compressing again what Zarr has compressed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())


def asked() -> dict[str, list[str]]:
    """Return the classes that each test crop is scored on."""
    wanted: dict[str, list[str]] = {}
    with (HERE / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            wanted.setdefault(row["crop_name"], []).append(row["class_label"])
    return {crop: labels for crop, labels in wanted.items() if crop in TRAINING}


def main() -> None:
    """Answer the test crops."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "predictions.zip")
    with tempfile.TemporaryDirectory() as folder:
        group = zarr.open_group(folder, mode="w", zarr_format=2)
        for crop, labels in asked().items():
            known, image = TRAINING[crop], read("test.zip", f"{crop}/raw")
            example = read("train.zip", f"{known}/raw")
            for label in labels:
                grey_range = learn(example, read("train.zip", f"{known}/{label}"))
                data = segment(image.data, grey_range, label)
                # The image reaches beyond the crop. Saying where it lies is all that is needed.
                found = Volume(data, image.voxel_size, image.translation)
                write(group, f"{crop}/{label}", found)
            print(f"{crop}: {len(labels)} classes")
        pack(Path(folder), target)
    print(f"wrote {target}; upload it on the page 'Submit'")


if __name__ == "__main__":
    main()
