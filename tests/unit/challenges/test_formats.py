"""Which format a path tells, and how truth may be stored in another one."""

from typing import Any

import pytest

from challenges.config.scoring import CaseConfig, format_of
from evaluator.plans import Case, Source

TOLD = {
    "a.zarr/labels": "zarr",
    "a.zarr.zip/labels": "zarr",
    "all.npz/case-01": "npy",
    "all.h5/group/labels": "hdf5",
    "case.01.HDF5": "hdf5",
    "a.hdf": "hdf5",
    "a.nii": "nifti",
    "a.v2.nii.gz": "nifti",
    "slices/a.png": "png",
    "a.tsv": "tsv",
    "a.parquet": "parquet",
    "a.h5/b.csv": "csv",
}


@pytest.mark.parametrize(("path", "told"), TOLD.items())
def test_the_name_tells_the_format(path: str, told: str) -> None:
    assert format_of(path) == told


@pytest.mark.parametrize("path", ["case-01", "a.gz", "a.csv.gz", "a.n5"])
def test_other_names_tell_none(path: str) -> None:
    with pytest.raises(ValueError, match="does not tell the format"):
        format_of(path)


def only(**case: Any) -> Case:
    (found,) = CaseConfig(id="a", dtype="integer", **case).expanded()
    return found


TRUTHS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "none": ({"path": "{id}.npy"}, {"path": "a.npy", "format": "npy"}),
    "none, format given": (
        {"path": "{id}", "format": "png"},
        {"path": "a", "format": "png"},
    ),
    "told by its name": (
        {"path": "{id}", "format": "png", "truth": "{id}.nii.gz"},
        {"path": "a.nii.gz", "format": "nifti"},
    ),
    "told by the predictions": (
        {"path": "{id}", "format": "png", "truth": "true/{id}"},
        {"path": "true/a", "format": "png"},
    ),
}


@pytest.mark.parametrize(("case", "truth"), TRUTHS.values(), ids=TRUTHS.keys())
def test_truth_may_be_stored_in_another_format(case: dict[str, str], truth: dict[str, str]) -> None:
    assert only(**case).truth == Source.model_validate(truth)


def test_auxiliary_data_are_columns_of_a_table_and_paths_beside_an_array() -> None:
    table = only(path="a.npy", truth="a.parquet", auxiliary={"weights": "weight"})
    array = only(path="a.csv", truth="a.npy", auxiliary={"mask": "{id}-mask.npy"})
    slices = only(path="{id}", format="png", auxiliary={"mask": "{id}-mask"})

    assert table.auxiliary == {"weights": "weight"}
    assert array.auxiliary == {
        "mask": Source.model_validate({"path": "a-mask.npy", "format": "npy"})
    }
    assert slices.auxiliary == {"mask": Source.model_validate({"path": "a-mask", "format": "png"})}
