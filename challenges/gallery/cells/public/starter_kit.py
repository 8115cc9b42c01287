"""Starter kit of the challenge 'cells': find the cells in the eight volumes, write a zip archive.

Needs Python 3.11, numpy and zarr 3. Run it beside `train.zip` and `test.zip`:

    python starter_kit.py                  # writes predictions.zip
    python starter_kit.py my-answer.zip    # or under another name

Replace `segment` by your own method. The rest reads the volumes and writes what the challenge
expects.
"""

import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import zarr
from zarr.storage import ZipStore

HERE = Path(__file__).parent
CASES = [f"case-{number:02}" for number in range(1, 9)]
CHUNKS = (32, 64, 64)
SMALLEST = 80  # voxels


def segment(image: np.ndarray) -> np.ndarray:
    """Return a number for each voxel (z, y, x): 0 outside the cells, another for each cell.

    Here: what is bright and hangs together is a cell. Cells that touch become one.
    """
    return drop_small(components(image > otsu(image)))


def otsu(image: np.ndarray) -> int:
    """Return the brightness that best divides the voxels of a uint8 image into two classes.

    Source: Otsu 1979, IEEE Trans. Syst. Man Cybern. 9:62; the variance between the classes.
    """
    counts = np.bincount(image.ravel(), minlength=256)
    below = np.cumsum(counts)[:-1]
    sums = np.cumsum(counts * np.arange(256))[:-1]
    above = image.size - below
    total = int(image.sum(dtype=np.int64))
    usable = (below > 0) & (above > 0)
    between = np.zeros(255)
    difference = sums[usable] / below[usable] - (total - sums[usable]) / above[usable]
    between[usable] = below[usable].astype(float) * above[usable] * difference**2
    return int(between.argmax())


def components(mask: np.ndarray) -> np.ndarray:
    """Return labels 1, 2, … of the connected parts of a mask; neighbours share a face."""
    root = np.arange(mask.size)
    one, other = neighbours(mask)
    while True:
        a, b = root[one], root[other]
        open_pairs = a != b
        if not open_pairs.any():
            break
        high, low = np.maximum(a, b)[open_pairs], np.minimum(a, b)[open_pairs]
        np.minimum.at(root, high, low)
        while (root[root] != root).any():
            root = root[root]
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.unique(root[mask.ravel()], return_inverse=True)[1] + 1
    return labels


def neighbours(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the flat positions of all pairs of neighbours that are both in the mask."""
    position = np.arange(mask.size).reshape(mask.shape)
    firsts, seconds = [], []
    for axis in range(mask.ndim):
        ahead = np.moveaxis(mask, axis, 0)
        place = np.moveaxis(position, axis, 0)
        both = ahead[:-1] & ahead[1:]
        firsts.append(place[:-1][both])
        seconds.append(place[1:][both])
    return np.concatenate(firsts), np.concatenate(seconds)


def drop_small(labels: np.ndarray) -> np.ndarray:
    """Return the labels without those of fewer than SMALLEST voxels."""
    sizes = np.bincount(labels.ravel())
    return np.where(sizes[labels] >= SMALLEST, labels, 0)


def read(archive: str, path: str) -> np.ndarray:
    """Return an array of `train.zip` or `test.zip`, which lies there as a Zarr store."""
    with ZipStore(HERE / archive, mode="r") as store:
        return zarr.open_array(store, path=path, mode="r")[:]


def write(folder: Path, case: str, instances: np.ndarray) -> None:
    """Write the answer for one case: `CASE.zarr/semantic` and `CASE.zarr/instances`."""
    group = zarr.create_group(folder / f"{case}.zarr")
    arrays = {
        "semantic": (instances > 0).astype(np.uint8),
        "instances": instances.astype(np.uint16),
    }
    for name, array in arrays.items():
        group.create_array(
            name,
            data=array,
            chunks=CHUNKS,
            compressors=zarr.codecs.ZstdCodec(level=3),
            # By default zarr leaves out chunks that hold only zeros. Written, they cost a few
            # bytes, and a chunk that got lost on the way is noticed.
            config={"write_empty_chunks": True},
        )


def pack(folder: Path, target: Path) -> None:
    """Zip a folder without compressing again what Zarr has compressed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())


def main() -> None:
    """Try the method on the training volume, then answer the eight cases."""
    found = segment(read("train.zip", "train-01.zarr/image"))
    true = read("train.zip", "train-01.zarr/instances")
    dice = 2 * ((found > 0) & (true > 0)).sum() / ((found > 0).sum() + (true > 0).sum())
    print(f"train-01: Dice {dice:.3f}; {np.unique(found).size - 1} objects, {true.max()} cells")

    target = Path(sys.argv[1] if len(sys.argv) > 1 else "predictions.zip")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            instances = segment(read("test.zip", f"{case}.zarr/image"))
            write(Path(folder), case, instances)
            print(f"{case}: {np.unique(instances).size - 1} objects")
        pack(Path(folder), target)
    print(f"wrote {target}; upload it on the page 'Submit'")


if __name__ == "__main__":
    main()
