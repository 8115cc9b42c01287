"""The challenge `cells` as `make.py` builds it, and its baselines."""

import hashlib
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml
import zarr
from zarr.storage import ZipStore

from challenges.config import read_folder

CELLS = Path(__file__).parents[3] / "challenges/gallery/cells"
CASES = [f"case-{number:02}" for number in range(1, 9)]
SHAPE = (56, 140, 140)
# Of all `instances` of the truth and all images, little-endian, one after the other. A change here
# is a new challenge: the declared scores, and the scores of everybody, are void with it.
TRUTH_SHA256 = "28909f9ecdf4382bb2ea67f740491f3409ef06028d5a2c84a5ed3216e7b60a99"
IMAGES_SHA256 = "e1605e6c9a970c04a913999d36c37df927ff992c9490fb02b86bcd38e5197160"


def start(target: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-B", "-W", "error", CELLS / "make.py", target])


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders, each built by a process of its own."""
    folder = tmp_path_factory.mktemp("cells")
    processes = [start(folder / name) for name in ("one", "two")]
    assert [process.wait(150) for process in processes] == [0, 0]
    return folder / "one", folder / "two"


@pytest.fixture(scope="module")
def built(twins: tuple[Path, Path]) -> Path:
    return twins[0]


def files_below(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def read(store: Path, path: str) -> np.ndarray:
    if store.suffix == ".zip":
        with ZipStore(store, mode="r") as archive:
            return np.asarray(zarr.open_array(archive, path=path, mode="r")[:])
    return np.asarray(zarr.open_array(store / path, mode="r")[:])


def truths(built: Path, name: str) -> Iterator[np.ndarray]:
    for case in CASES:
        yield read(built / "truth", f"{case}.zarr/{name}")


def object_f1(found: np.ndarray, true: np.ndarray) -> float:
    """F1 of objects at IoU > 0.5, from one table of all pairs."""
    shape = (int(found.max()) + 1, int(true.max()) + 1)
    names = found.astype(np.int64) * shape[1] + true
    table = np.bincount(names.ravel(), minlength=shape[0] * shape[1]).reshape(shape)
    shared, objects, cells = table[1:, 1:], table.sum(axis=1)[1:], table.sum(axis=0)[1:]
    union = objects[:, None] + cells[None, :] - shared
    matches = np.count_nonzero(shared > 0.5 * union)
    return float(2 * matches / (np.count_nonzero(objects) + np.count_nonzero(cells)))


def score(built: Path, upload: Path) -> dict[str, float]:
    rows = []
    for case in CASES:
        found = read(upload, f"{case}.zarr/semantic") == 1
        true = read(built / "truth", f"{case}.zarr/semantic") == 1
        both, either = np.count_nonzero(found & true), np.count_nonzero(found | true)
        instances = [read(store, f"{case}.zarr/instances") for store in (upload, built / "truth")]
        rows.append((2 * both / (both + either), both / either, object_f1(*instances)))
    keys = ("semantic.dice", "semantic.iou", "instances.object_f1")
    return dict(zip(keys, np.mean(rows, axis=0).tolist(), strict=True))


def test_the_built_folder_is_a_valid_challenge(built: Path) -> None:
    folder = read_folder(built)

    (phase,) = folder.config.phases
    assert [task.slug for task in phase.all_tasks] == ["semantic", "instances"]
    assert all(len(task.expanded_cases()) == 8 for task in phase.all_tasks)


def test_two_builds_are_equal_to_the_last_byte(twins: tuple[Path, Path]) -> None:
    one, two = (files_below(folder) for folder in twins)

    assert one == two


def test_the_volumes_are_the_same_on_every_machine(built: Path) -> None:
    truth, images = hashlib.sha256(), hashlib.sha256()

    for case, instances in zip(CASES, truths(built, "instances"), strict=True):
        truth.update(instances.astype("<u2").tobytes())
        images.update(read(built / "public/test.zip", f"{case}.zarr/image").tobytes())

    assert truth.hexdigest() == TRUTH_SHA256
    assert images.hexdigest() == IMAGES_SHA256


def test_every_volume_holds_a_few_hundred_cells_of_one_numbering(built: Path) -> None:
    for instances in truths(built, "instances"):
        assert instances.shape == SHAPE
        assert instances.dtype == np.uint16
        sizes = np.bincount(instances.ravel())[1:]
        assert 200 <= sizes.size <= 400
        assert sizes.min() >= 80


def test_semantic_truth_is_where_the_instances_are(built: Path) -> None:
    for semantic, instances in zip(
        truths(built, "semantic"), truths(built, "instances"), strict=True
    ):
        assert semantic.dtype == np.uint8
        assert (semantic == (instances > 0)).all()


def test_stores_are_chunked_zarr_3_with_axes_and_voxel_size(built: Path) -> None:
    array = zarr.open_array(built / "truth/case-01.zarr/instances", mode="r")

    assert array.metadata.zarr_format == 3
    assert array.chunks == (32, 64, 64)
    assert array.metadata.dimension_names == ("z", "y", "x")
    assert array.attrs["voxel_size_um"] == [1.0, 0.5, 0.5]
    chunks = [
        path for path in (built / "truth/case-01.zarr/instances/c").rglob("*") if path.is_file()
    ]
    assert len(chunks) == 2 * 3 * 3


def test_public_files_hold_no_answer_of_a_test_case(built: Path) -> None:
    with zipfile.ZipFile(built / "public/test.zip") as archive:
        names = archive.namelist()

    folders = {"/".join(name.split("/")[:2]) for name in names if name.count("/") > 1}
    assert folders == {f"{case}.zarr/image" for case in CASES}


def test_public_files_are_a_few_megabytes(built: Path) -> None:
    sizes = [path.stat().st_size for path in (built / "public").iterdir()]

    assert sum(sizes) < 12_000_000


def test_training_volumes_come_with_their_answers(built: Path) -> None:
    for name in ("train-01", "train-02"):
        image, semantic, instances = (
            read(built / "public/train.zip", f"{name}.zarr/{array}")
            for array in ("image", "semantic", "instances")
        )

        assert image.shape == semantic.shape == instances.shape == SHAPE
        assert image[semantic == 1].mean() > 2 * image[semantic == 0].mean()


@pytest.mark.parametrize("name", ["threshold", "local-contrast", "seeds"])
def test_a_cells_baseline_has_its_declared_scores(built: Path, name: str) -> None:
    folder = built / "baselines" / name
    declared = yaml.safe_load((folder / "scores.yaml").read_text(encoding="utf-8"))["scores"]

    scores = score(built, folder / "predictions.zip")

    assert scores == pytest.approx(declared, abs=1e-6)


def test_the_sample_submission_has_every_array_and_finds_nothing(built: Path) -> None:
    scores = score(built, built / "public/sample_submission.zip")

    assert set(scores.values()) == {0.0}


def test_archives_hold_each_file_once_and_uncompressed(built: Path) -> None:
    for path in built.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()

        assert len({entry.filename for entry in entries}) == len(entries)
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}


def test_the_cells_starter_kit_writes_the_threshold_baseline(built: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"

    subprocess.run(
        [sys.executable, "-B", "-W", "error", built / "public/starter_kit.py", target], check=True
    )

    for case in CASES:
        for name in ("semantic", "instances"):
            mine = read(target, f"{case}.zarr/{name}")
            baseline = read(built / "baselines/threshold/predictions.zip", f"{case}.zarr/{name}")
            assert mine.dtype == baseline.dtype
            assert (mine == baseline).all()


def test_a_folder_that_is_there_is_left_alone(built: Path) -> None:
    before = files_below(built)

    process = subprocess.run(
        [sys.executable, "-B", CELLS / "make.py", built], check=False, capture_output=True
    )

    assert process.returncode == 1
    assert b"is there already" in process.stderr
    assert files_below(built) == before
