"""Predictions brought to a truth whose own metadata say where it lies."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from evaluator.inside.errors import TruthInvalid
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric

TRUTH = np.random.default_rng(0).integers(0, 4, (6, 8, 10)).astype(np.uint16)
PLACE = [80, 40, 0]


def put(path: Path, data: Any, **attributes: Any) -> None:
    """Write a Zarr array with attributes."""
    array = zarr.create_array(str(path), shape=data.shape, dtype=data.dtype, chunks=(3, 4, 5))
    array[...] = data
    array.attrs.update(attributes)


TOLD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "all by the truth": ({}, {"voxel_size": [8, 8, 8], "translation": PLACE}),
    "the origin by the truth": ({"voxel_size": [8, 8, 8]}, {"translation": PLACE}),
    "the size by the truth": ({"origin": PLACE}, {"voxel_size": [8, 8, 8]}),
    "all by the plan, another by the truth": (
        {"voxel_size": [8, 8, 8], "origin": PLACE},
        {"voxel_size": [1, 1, 1], "translation": [0, 0, 0]},
    ),
}


@pytest.mark.parametrize(("align", "attributes"), TOLD.values(), ids=TOLD.keys())
def test_what_the_plan_leaves_out_is_what_the_truth_says(
    align: dict[str, Any], attributes: dict[str, Any], places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH, **attributes)
    fine = np.pad(TRUTH.repeat(2, 0).repeat(2, 1).repeat(2, 2), 3, constant_values=7)
    put(places.upload / "case-1.zarr", fine, voxel_size=[4, 4, 4], translation=[66, 26, -14])
    order([case(1, ".zarr", align=align)], metric("accuracy"))

    _, result = finish()

    assert result["scores"] == {"accuracy": 1.0}


def test_a_truth_of_several_levels_says_where_it_lies(
    places: Places, order: Any, finish: Any
) -> None:
    steps = [{"type": "scale", "scale": [8, 8, 8]}, {"type": "translation", "translation": PLACE}]
    level = {"path": "s0", "coordinateTransformations": steps}
    axes = [{"name": name, "type": "space"} for name in "zyx"]
    group = zarr.open_group(str(places.truth / "case-1.zarr"), mode="w")
    image: dict[str, Any] = {"axes": axes, "datasets": [level]}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [image]}
    put(places.truth / "case-1.zarr/s0", TRUTH)
    put(places.upload / "case-1.zarr", TRUTH[:, 2:], voxel_size=[8, 8, 8], translation=[80, 56, 0])
    order([case(1, ".zarr", align={})], metric("accuracy"))
    expected = TRUTH.copy()
    expected[:, :2] = 0

    _, result = finish()

    assert result["scores"]["accuracy"] == pytest.approx(np.mean(expected == TRUTH), abs=1e-15)


UNTOLD: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "case-1.zarr does not tell where it lies"),
    "a size": ({"voxel_size": [8, 8, 8]}, "case-1.zarr does not tell where it lies"),
    "a wrong origin": (
        {"voxel_size": [8, 8, 8], "translation": [80, 40]},
        r"The attribute translation of case-1.zarr is \[80, 40\]",
    ),
}


@pytest.mark.parametrize(("attributes", "message"), UNTOLD.values(), ids=UNTOLD.keys())
def test_a_truth_that_does_not_say_where_it_lies_is_the_organisers_fault(
    attributes: dict[str, Any], message: str, places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH, **attributes)
    put(places.upload / "case-1.zarr", TRUTH, voxel_size=[8, 8, 8], translation=PLACE)
    order([case(1, ".zarr", align={}, voxel_size=[8, 8, 8])])

    with pytest.raises(TruthInvalid, match=message):
        finish()


def test_a_program_gets_the_grid_of_the_truth_too(places: Places, order: Any, finish: Any) -> None:
    put(places.truth / "case-1.zarr", TRUTH, voxel_size=[8, 8, 8], translation=PLACE)
    put(places.upload / "case-1.zarr", TRUTH, voxel_size=[8, 8, 8], translation=[80, 40, 80])
    order([case(1, ".zarr", align={}, shape=[6, 8, 10])], command=["true"], task="check")

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch"]
    assert "lies outside the region that is scored" in report.problems[0].message
