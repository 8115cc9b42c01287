"""Makes the complete folder of the challenge 'cells': `python make.py FOLDER`.

The volumes are too large to be kept with the code, so they are computed: in about ten seconds, with
numpy and zarr alone, and the same each time. FOLDER must not exist yet. Pages, starter kit and
declared scores are copied; they stand beside this file.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from methods import local_contrast, seeds, threshold
from stores import pack, write_store
from volumes import Conditions, make_volume

HERE = Path(__file__).parent
STATIC = ("challenge.yaml", "pages", "public", "baselines")
TRAINING = {
    "train-01": Conditions(seed=101, cells=240, noise=2.0, shading=0.2),
    "train-02": Conditions(seed=102, cells=340, noise=3.0, shading=0.4),
}
# Both halves of the leaderboard's split hold crowded and thin, dark and noisy volumes.
CASES = {
    "case-01": Conditions(seed=201, cells=220, noise=1.5, shading=0.1),
    "case-02": Conditions(seed=202, cells=280, noise=2.5, shading=0.3),
    "case-03": Conditions(seed=203, cells=340, noise=2.0, shading=0.2),
    "case-04": Conditions(seed=204, cells=380, noise=3.5, shading=0.5),
    "case-05": Conditions(seed=205, cells=240, noise=2.0, shading=0.4),
    "case-06": Conditions(seed=206, cells=300, noise=1.5, shading=0.1),
    "case-07": Conditions(seed=207, cells=320, noise=3.5, shading=0.3),
    "case-08": Conditions(seed=208, cells=400, noise=2.5, shading=0.5),
}
METHODS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "threshold": threshold,
    "local-contrast": local_contrast,
    "seeds": seeds,
}


@dataclass(frozen=True)
class Archive:
    """A zip archive in the making: Zarr stores in a temporary folder."""

    folder: Path
    target: Path

    def add(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Add `NAME.zarr` with its arrays."""
        write_store(self.folder / self.target.stem / f"{name}.zarr", arrays)

    def close(self) -> None:
        """Write the archive."""
        pack(self.folder / self.target.stem, self.target)


def main() -> None:
    """Write the challenge into the folder that the command line names."""
    if len(sys.argv) != 2:
        sys.exit("Usage: python make.py FOLDER")
    target = Path(sys.argv[1])
    if target.exists():
        sys.exit(f"{target} is there already; name a folder that is not.")
    copy_static(target)
    with tempfile.TemporaryDirectory() as scratch:
        make_training(target, Path(scratch))
        make_cases(target, Path(scratch))


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


def make_training(target: Path, scratch: Path) -> None:
    """Write `public/train.zip`: images with their answers."""
    archive = Archive(scratch, target / "public/train.zip")
    for name, conditions in TRAINING.items():
        volume = make_volume(conditions)
        archive.add(name, {"image": volume.image, **answers(volume.instances)})
    archive.close()


def make_cases(target: Path, scratch: Path) -> None:
    """Write `public/test.zip`, `truth/`, the sample submission and the baselines' uploads."""
    images = Archive(scratch, target / "public/test.zip")
    sample = Archive(scratch, target / "public/sample_submission.zip")
    uploads = {
        name: Archive(scratch / name, target / f"baselines/{name}/predictions.zip")
        for name in METHODS
    }
    for case, conditions in CASES.items():
        volume = make_volume(conditions)
        images.add(case, {"image": volume.image})
        sample.add(case, answers(np.zeros_like(volume.instances)))
        write_store(target / f"truth/{case}.zarr", answers(volume.instances))
        for name, method in METHODS.items():
            uploads[name].add(case, answers(method(volume.image)))
    for archive in (images, sample, *uploads.values()):
        archive.close()


def answers(instances: np.ndarray) -> dict[str, np.ndarray]:
    """Return the two arrays that an answer consists of."""
    return {
        "semantic": (instances > 0).astype(np.uint8),
        "instances": instances.astype(np.uint16),
    }


if __name__ == "__main__":
    main()
