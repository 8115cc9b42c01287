"""Writes volumes as Zarr stores, and folders as zip archives, the same bytes each time."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import zarr
from volumes import VOXEL_UM

CHUNKS = (32, 64, 64)
AXES = ("z", "y", "x")


def write_store(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a Zarr v3 group with an array for each name, axes (z, y, x), zstd, every chunk."""
    group = zarr.create_group(path)
    for name, array in arrays.items():
        group.create_array(
            name,
            data=array,
            chunks=CHUNKS,
            compressors=zarr.codecs.ZstdCodec(level=3),
            dimension_names=AXES,
            attributes={"voxel_size_um": list(VOXEL_UM)},
            # A chunk of zeros is written too, so that a missing chunk is a lost one.
            config={"write_empty_chunks": True},
        )


def pack(folder: Path, target: Path) -> None:
    """Zip the files of a folder, uncompressed (Zarr has done that), with a fixed date."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes())
