"""Writes groups of arrays as Zarr 2 in one zip archive, the same bytes each time."""

import json
import zipfile
from pathlib import Path
from typing import Self

import numpy as np
from crops import Grid
from numcodecs import Zstd

LEVEL = 3
AXES = ("z", "y", "x")
UNIT = "nanometer"


class Archive:
    """A zip archive that is one Zarr group; entries are stored, as Zarr has compressed them."""

    def __init__(self, target: Path) -> None:
        """Begin with an empty group."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self._file = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._groups: set[str] = set()
        self._group("")

    def __enter__(self) -> Self:
        """Return the archive, which is closed at the end of the block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the archive."""
        self.close()

    def close(self) -> None:
        """Write the directory of the archive."""
        self._file.close()

    def add(self, path: str, data: np.ndarray, grid: Grid) -> None:
        """Add an array that says where it lies, as one chunk; `path` is CROP/LABEL."""
        self._group(path.rpartition("/")[0])
        where = {"voxel_size": list(grid.voxel_size), "translation": list(grid.origin)}
        self._array(path, data, {**where, "units": [UNIT] * 3})

    def add_levels(self, path: str, levels: dict[str, tuple[np.ndarray, Grid]]) -> None:
        """Add an OME-NGFF 0.4 image with arrays of several resolutions, the finest first."""
        self._group(path.rpartition("/")[0])
        datasets = [
            {
                "path": name,
                "coordinateTransformations": [
                    {"type": "scale", "scale": list(grid.voxel_size)},
                    {"type": "translation", "translation": list(grid.origin)},
                ],
            }
            for name, (_, grid) in levels.items()
        ]
        axes = [{"name": name, "type": "space", "unit": UNIT} for name in AXES]
        self._group(path)
        image = {"version": "0.4", "name": path, "axes": axes, "datasets": datasets}
        self._write(f"{path}/.zattrs", _json({"multiscales": [image]}))
        for name, (data, _) in levels.items():
            self._array(f"{path}/{name}", data, {})

    def _group(self, path: str) -> None:
        if path not in self._groups:
            self._groups.add(path)
            self._write(f"{path}/.zgroup".lstrip("/"), _json({"zarr_format": 2}))

    def _array(self, path: str, data: np.ndarray, attributes: dict[str, object]) -> None:
        metadata = {
            "zarr_format": 2,
            "shape": data.shape,
            "chunks": data.shape,
            "dtype": data.dtype.newbyteorder("<").str,
            "compressor": {"id": "zstd", "level": LEVEL},
            "fill_value": 0,
            "order": "C",
            "filters": None,
        }
        little = np.ascontiguousarray(data, data.dtype.newbyteorder("<"))
        self._write(f"{path}/.zarray", _json(metadata))
        if attributes:
            self._write(f"{path}/.zattrs", _json(attributes))
        self._write(f"{path}/0.0.0", bytes(Zstd(LEVEL).encode(little)))

    def _write(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o644 << 16
        self._file.writestr(entry, content)


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document, indent=1).encode()
