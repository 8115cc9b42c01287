"""Submissions and truth in every format, each against any other."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nibabel
import numpy as np
import pytest
import tifffile
from PIL import Image

from evaluator.inside.orders import Report
from evaluator.inside.places import Places
from tests.hostile.uploads.zip_writer import Member, write_zip
from tests.unit.evaluator.inside.submissions import case, store

VOLUME = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
Save = Callable[[Path, Any], object]


def save_hdf5(path: Path, data: Any) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("volumes/labels", data=data, chunks=True, compression="gzip")


def save_nifti(path: Path, data: Any) -> None:
    nib: Any = nibabel  # half of it has no types
    nib.save(nib.Nifti1Image(np.asarray(data).T, np.eye(4)), path)


def save_slices(folder: Path, data: Any) -> None:
    folder.mkdir()
    for number, image in enumerate(data):
        Image.fromarray(image).save(folder / f"{number}.png")


FORMATS: dict[str, tuple[str, str, str, Save]] = {  # path of the file, and inside; format
    "npy": ("case-1.npy", "", "npy", store),
    "zarr": ("case-1.zarr", "", "zarr", store),
    "tiff": ("case-1.tif", "", "tiff", tifffile.imwrite),
    "hdf5": ("case-1.h5", "/volumes/labels", "hdf5", save_hdf5),
    "nifti": ("case-1.nii", "", "nifti", save_nifti),
    "packed nifti": ("case-1.nii.gz", "", "nifti", save_nifti),
    "png": ("slices/case-1", "", "png", save_slices),
}


def told(report: Report) -> list[tuple[str, str]]:
    return [(str(problem.code), problem.path) for problem in report.problems]


@pytest.mark.parametrize("truth", FORMATS.values(), ids=[f"against {name}" for name in FORMATS])
@pytest.mark.parametrize("prediction", FORMATS.values(), ids=FORMATS.keys())
def test_each_format_is_compared_with_each(
    prediction: tuple[str, str, str, Save],
    truth: tuple[str, str, str, Save],
    places: Places,
    order: Any,
    finish: Any,
) -> None:
    wrong = VOLUME.copy()
    wrong[1, 2, :] = 0
    for (path, _, _, save), folder, data in (
        (prediction, places.upload, wrong),
        (truth, places.truth, VOLUME),
    ):
        (folder / path).parent.mkdir(exist_ok=True)
        save(folder / path, data)
    sources = [{"path": path + inner, "format": how} for path, inner, how, _ in (prediction, truth)]
    order([case(1, sources=sources[:1], truth=sources[1])])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 20 / 24}


ALIKE = {
    "gzipped for plain": ("mine.nii.gz", "case-1.nii", "nifti"),
    "plain for gzipped": ("mine.nii", "case-1.nii.gz", "nifti"),
    "hdf5 for h5": ("mine.hdf5", "case-1.h5", "hdf5"),
    "h5 for hdf": ("mine.h5", "case-1.hdf", "hdf5"),
}


@pytest.mark.parametrize(("name", "wanted", "how"), ALIKE.values(), ids=ALIKE.keys())
def test_one_file_is_the_expected_one_by_any_suffix_of_its_format(
    name: str, wanted: str, how: str, places: Places, order: Any, finish: Any
) -> None:
    save, inner = {"nifti": (save_nifti, ""), "hdf5": (save_hdf5, "/volumes/labels")}[how]
    save(places.upload / name, VOLUME)
    store(places.truth / "case-1.npy", VOLUME)
    truth = {"path": "case-1.npy", "format": "npy"}
    order([case(1, sources=[{"path": wanted + inner, "format": how}], truth=truth)])

    report, result = finish()

    assert result["scores"] == {"accuracy": 1.0}
    assert report.names == {wanted: name}


def test_another_gzip_file_is_still_no_archive(places: Places, order: Any, finish: Any) -> None:
    store(places.truth / "case-1.npy", VOLUME)
    (places.upload / "case-1.csv.gz").write_bytes(gzip.compress(b"a"))
    order([case(1)])

    report, _ = finish()

    assert told(report) == [("archive-invalid", "case-1.csv.gz")]


PNG = {"path": "case-1", "format": "png"}


def test_a_stack_may_come_in_an_archive(
    places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    save_slices(tmp_path / "slices", VOLUME)
    members = [
        Member(f"mine/case-1/{path.name}", path.read_bytes())
        for path in sorted((tmp_path / "slices").iterdir())
    ]
    (places.upload / "a.zip").write_bytes(write_zip(members))
    store(places.truth / "case-1.npy", VOLUME)
    order([case(1, sources=[PNG], truth={"path": "case-1.npy", "format": "npy"})])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}


def test_files_beside_the_slices_are_told_one_by_one(
    places: Places, order: Any, finish: Any
) -> None:
    save_slices(places.upload / "case-1", VOLUME)
    store(places.upload / "case-1/notes.txt", "hello")
    store(places.upload / "case-1/deep/0.png", "hello")
    store(places.truth / "case-1.npy", VOLUME)
    order([case(1, sources=[PNG], truth={"path": "case-1.npy", "format": "npy"})])

    report, _ = finish()

    assert told(report) == [
        ("case-unexpected", "case-1/deep/"),
        ("case-unexpected", "case-1/notes.txt"),
    ]


def test_a_folder_of_slices_that_is_not_there_is_missing(
    places: Places, order: Any, finish: Any
) -> None:
    save_slices(places.upload / "case-1", VOLUME)
    save_slices(places.upload / "case_2", VOLUME)
    store(places.truth / "case-1.npy", VOLUME)
    truth = {"path": "case-1.npy", "format": "npy"}
    other = {"path": "case-2", "format": "png"}
    order([case(1, sources=[PNG], truth=truth), case(2, sources=[other], truth=truth)])

    report, _ = finish()

    missing, extra = [problem.message for problem in report.problems]
    assert missing == (
        "case-2 is missing; the upload holds case-1, case_2; add a folder of that name with its "
        "slices."
    )
    assert extra == "case_2/ is not among the files of this task; did you mean case-2?"


def test_one_png_file_is_an_image(places: Places, order: Any, finish: Any) -> None:
    Image.fromarray(VOLUME[0]).save(places.upload / "mine.png")
    store(places.truth / "case-1.npy", VOLUME[0])
    source = {"path": "case-1.png", "format": "png"}
    order([case(1, sources=[source], truth={"path": "case-1.npy", "format": "npy"})])

    _, result = finish()

    assert result["scores"] == {"accuracy": 1.0}


def test_a_dataset_missing_in_an_hdf5_file_is_told_beside_those_that_are_there(
    places: Places, order: Any, finish: Any
) -> None:
    save_hdf5(places.upload / "all.h5", VOLUME)
    store(places.truth / "case-1.npy", VOLUME)
    truth = {"path": "case-1.npy", "format": "npy"}
    sources = [{"path": "all.h5/volumes/label", "format": "hdf5"}]
    order([case(1, sources=sources, truth=truth)])

    report, _ = finish()

    assert told(report) == [("case-missing", "all.h5/volumes/label")]
    assert report.problems[0].message == (
        "all.h5 lacks volumes/label; it holds volumes; add the array."
    )


def test_cases_may_share_an_hdf5_file(places: Places, order: Any, finish: Any) -> None:
    with h5py.File(places.upload / "all.h5", "w") as file:
        file["case-1"], file["case-2"] = VOLUME, VOLUME[0]
    store(places.truth / "case-1.npy", VOLUME)
    store(places.truth / "case-2.npy", VOLUME[0])
    order(
        [
            case(
                number,
                sources=[{"path": f"all.h5/case-{number}", "format": "hdf5"}],
                truth={"path": f"case-{number}.npy", "format": "npy"},
            )
            for number in (1, 2)
        ]
    )

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}


def test_the_truth_is_never_read_through_a_link_of_the_upload(
    places: Places, order: Any, finish: Any
) -> None:
    save_hdf5(places.truth / "case-1.h5", VOLUME)
    with h5py.File(places.upload / "case-1.h5", "w") as file:
        file["volumes"] = h5py.ExternalLink(str(places.truth / "case-1.h5"), "/volumes")
    source = {"path": "case-1.h5/volumes/labels", "format": "hdf5"}
    order([case(1, sources=[source], truth=source)])

    report, result = finish()

    assert result is None
    assert told(report) == [("format-invalid", "case-1.h5/volumes/labels")]
    assert "external link" in report.problems[0].message


def save_placed_hdf5(path: Path, data: Any) -> None:
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("volumes/labels", data=data)
        dataset.attrs["resolution"] = [40.0, 4.0, 4.0]
        dataset.attrs["offset"] = [80.0, -4.0, 0.0]


def save_placed_nifti(path: Path, data: Any) -> None:
    nib: Any = nibabel  # half of it has no types
    affine = np.diag([4.0, 4, 40, 1])
    affine[:3, 3] = 0, -4, 80
    nib.save(nib.Nifti1Image(np.asarray(data).T, affine), path)


PLACED: dict[str, tuple[str, str, Save]] = {
    "hdf5": ("case-1.h5", "/volumes/labels", save_placed_hdf5),
    "nifti": ("case-1.nii", "", save_placed_nifti),
    "packed nifti": ("case-1.nii.gz", "", save_placed_nifti),
}


@pytest.mark.parametrize(("name", "inner", "save"), PLACED.values(), ids=PLACED.keys())
def test_a_prediction_is_brought_to_its_truth_by_its_own_metadata(
    name: str, inner: str, save: Save, places: Places, order: Any, finish: Any
) -> None:
    larger = np.full((4, 5, 6), 9, np.uint8)
    larger[1:3, 2:5, 0:4] = VOLUME
    save(places.upload / name, larger)
    store(places.truth / "case-1.npy", VOLUME)
    how = "hdf5" if inner else "nifti"
    align = {"voxel_size": [40, 4, 4], "origin": [120, 4, 0]}
    truth = {"path": "case-1.npy", "format": "npy"}
    order([case(1, sources=[{"path": name + inner, "format": how}], truth=truth, align=align)])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}
