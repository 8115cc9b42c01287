"""A run may have thousands of arrays, and a sandbox lets it open about one thousand files."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import nibabel
import numpy as np
import pytest
import tifffile
import zarr
from PIL import Image

from evaluator.arrays.base import Array
from evaluator.arrays.opening import open_array
from evaluator.plans import Format

nib: Any = nibabel  # half of it has no types
DATA = np.arange(600, dtype=np.uint16).reshape(20, 30)
ARRAYS = 20


def as_npy(path: Path) -> Array:
    np.save(path.with_suffix(".npy"), DATA)
    return open_array(path.with_suffix(".npy"), "a", Format.NPY)


def as_npz(save: Callable[..., None]) -> Callable[[Path], Array]:
    def store(path: Path) -> Array:
        save(path.with_suffix(".npz"), a=DATA)
        return open_array(path.with_suffix(".npz"), "a", Format.NPY, member="a")

    return store


def as_zarr(path: Path) -> Array:
    zarr.create_array(str(path), data=DATA, chunks=(10, 10))
    return open_array(path, "a", Format.ZARR)


def as_zipped_zarr(path: Path) -> Array:
    zarr.create_array(str(path), data=DATA, chunks=(10, 10))
    with zipfile.ZipFile(path.with_suffix(".zarr.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path.rglob("*")):
            archive.write(file, file.relative_to(path))
    return open_array(path.with_suffix(".zarr.zip"), "a", Format.ZARR)


def as_hdf5(**how: Any) -> Callable[[Path], Array]:
    def store(path: Path) -> Array:
        with h5py.File(path.with_suffix(".h5"), "w") as file:
            file.create_dataset("a", data=DATA, **how)
        return open_array(path.with_suffix(".h5"), "a", Format.HDF5, member="a")

    return store


def as_tiff(path: Path) -> Array:
    tifffile.imwrite(path.with_suffix(".tif"), DATA, rowsperstrip=4)
    return open_array(path.with_suffix(".tif"), "a", Format.TIFF)


def as_png(path: Path) -> Array:
    Image.fromarray(DATA).save(path.with_suffix(".png"))
    return open_array(path.with_suffix(".png"), "a", Format.PNG)


def as_nifti(suffix: str) -> Callable[[Path], Array]:
    def store(path: Path) -> Array:
        image = nib.Nifti1Image(DATA.T[..., None].astype(np.int16), np.eye(4))
        nib.save(image, path.with_suffix(suffix))
        return open_array(path.with_suffix(suffix), "a", Format.NIFTI)

    return store


STORES: dict[str, Callable[[Path], Array]] = {
    "npy": as_npy,
    "npz, stored": as_npz(np.savez),
    "npz, deflated": as_npz(np.savez_compressed),
    "zarr": as_zarr,
    "zarr in a ZIP file": as_zipped_zarr,
    "HDF5 in chunks": as_hdf5(chunks=(10, 10)),
    "HDF5 as one piece": as_hdf5(),
    "TIFF": as_tiff,
    "PNG": as_png,
    "NIfTI": as_nifti(".nii"),
    "NIfTI, gzipped": as_nifti(".nii.gz"),
}


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("store", STORES.values(), ids=STORES.keys())
def test_arrays_that_have_been_read_keep_no_file_open(
    store: Callable[[Path], Array], tmp_path: Path
) -> None:
    arrays = [store(tmp_path / f"{number}") for number in range(ARRAYS)]
    for array in arrays:
        array.read(tuple(slice(0, length) for length in array.shape))
    before = open_files()

    arrays.clear()

    assert open_files() == before
