"""How long it takes to look at very many arrays without decoding any."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case

ARRAYS = 413  # of the CellMap challenge
SECONDS = 4  # a quiet core takes under one
SHAPE = (48, 40, 56)
ALIGN = {"voxel_size": [8, 8, 8], "origin": [0, 0, 0]}


def volume(folder: Path, version: int) -> Path:
    """Write one array of three chunks, with the place that it has in the world."""
    number: Any = version
    array = zarr.create_array(
        str(folder), shape=SHAPE, dtype="u4", chunks=(16, 40, 56), zarr_format=number
    )
    array[...] = np.ones(SHAPE)
    array.attrs.update({"voxel_size": [8, 8, 8], "translation": [0, 0, 0]})
    return folder


def image(folder: Path) -> Path:
    """Write an OME-NGFF image of two levels."""
    zarr.open_group(str(folder), mode="w")
    datasets = []
    for level, size in (("s0", 4), ("s1", 8)):
        volume(folder / level, 3)
        datasets.append(
            {
                "path": level,
                "coordinateTransformations": [{"type": "scale", "scale": [size] * 3}],
            }
        )
    document = json.loads((folder / "zarr.json").read_text())
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    ome = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
    (folder / "zarr.json").write_text(json.dumps({**document, "attributes": {"ome": ome}}))
    return folder


WAYS: dict[str, Any] = {
    "version 2": lambda folder: volume(folder, 2),
    "version 3": lambda folder: volume(folder, 3),
    "images": image,
}


@pytest.mark.parametrize("make", WAYS.values(), ids=WAYS.keys())
def test_hundreds_of_arrays_are_checked_at_once(
    make: Any, places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    model = make(tmp_path / "model")
    cases = []
    for number in range(ARRAYS):
        source = {"path": f"crop{number % 16}/class{number}", "format": "zarr"}
        for side in (places.truth, places.upload):
            shutil.copytree(model, side / source["path"])
        cases.append(case(number, ".zarr", sources=[source], truth=source, align=ALIGN))
    order(cases, task="check")
    started = time.monotonic()

    report, _ = finish()

    assert report.problems == ()
    assert time.monotonic() - started < SECONDS
