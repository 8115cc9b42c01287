"""Predictions that lie elsewhere, at another resolution, or with other axes than the truth."""

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from evaluator.inside.errors import TruthInvalid
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import case, metric, store

TRUTH = np.random.default_rng(0).integers(0, 4, (6, 8, 10)).astype(np.uint16)
ALIGN = {"voxel_size": [8, 8, 8], "origin": [80, 40, 0]}
ZYX = ["z", "y", "x"]


def put(path: Path, data: Any, names: Any = None, **attributes: Any) -> None:
    """Write a Zarr array with attributes and names of its axes."""
    chunks = tuple(max(1, length // 2) for length in data.shape)
    array = zarr.create_array(
        str(path), shape=data.shape, dtype=data.dtype, chunks=chunks, dimension_names=names
    )
    array[...] = data
    array.attrs.update(attributes)


def placed(path: Path, data: Any, origin: Any, size: Any = (8, 8, 8)) -> None:
    put(path, data, voxel_size=list(size), translation=list(origin))


@pytest.fixture
def aligned(places: Places, order: Any) -> None:
    """Ask for predictions in the grid of the truth."""
    put(places.truth / "case-1.zarr", TRUTH)
    order([case(1, ".zarr", align=ALIGN)], metric("accuracy"))


def around(data: Any, before: Any, after: Any) -> Any:
    """Return data with other labels around it."""
    return np.pad(data, list(zip(before, after, strict=True)), constant_values=7)


def agreement(data: Any) -> float:
    return float(np.mean(data == TRUTH))


@pytest.mark.usefixtures("aligned")
def test_a_prediction_that_reaches_further_is_cropped(places: Places, finish: Any) -> None:
    placed(places.upload / "case-1.zarr", around(TRUTH, (2, 0, 1), (0, 3, 5)), (64, 40, -8))

    report, result = finish()

    assert report.problems == report.notes == ()
    assert result["scores"] == {"accuracy": 1.0}


@pytest.mark.usefixtures("aligned")
def test_a_prediction_that_does_not_reach_is_padded_and_told(places: Places, finish: Any) -> None:
    placed(places.upload / "case-1.zarr", TRUTH[2:], (96, 40, 0))
    expected = TRUTH.copy()
    expected[:2] = 0

    report, result = finish()

    assert report.notes == (
        (
            "case-1.zarr covers 66 % of the region that is scored, 320 of 480 elements; the rest "
            "counts as 0."
        ),
    )
    assert result["scores"]["accuracy"] == pytest.approx(agreement(expected), abs=1e-15)


def test_what_is_not_reached_counts_as_the_value_of_the_plan(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", np.full((2, 2), 3, np.uint8))
    placed(places.upload / "case-1.zarr", np.ones((2, 1), np.uint8), (0, 1), (1, 1))
    align = {"voxel_size": [1, 1], "origin": [0, 0], "fill": 3}
    order([case(1, ".zarr", align=align)])

    report, result = finish()

    assert report.notes[0].endswith("2 of 4 elements; the rest counts as 3.")
    assert result["scores"] == {"accuracy": 0.5}


@pytest.mark.usefixtures("aligned")
def test_a_finer_prediction_is_resampled_to_the_nearest(places: Places, finish: Any) -> None:
    fine = TRUTH.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    placed(places.upload / "case-1.zarr", fine, (78, 38, -2), (4, 4, 4))

    report, result = finish()

    assert report.notes == (
        (
            "case-1.zarr has voxels of (4, 4, 4), the scored grid of (8, 8, 8): each of its voxels "
            "takes the value of the nearest one."
        ),
    )
    assert result["scores"] == {"accuracy": 1.0}


@pytest.mark.usefixtures("aligned")
def test_a_coarser_prediction_is_resampled_to_the_nearest(places: Places, finish: Any) -> None:
    placed(places.upload / "case-1.zarr", TRUTH[::2, ::2, ::2], (84, 44, 4), (16, 16, 16))
    expected = TRUTH[::2, ::2, ::2].repeat(2, 0).repeat(2, 1).repeat(2, 2)

    _, result = finish()

    assert result["scores"]["accuracy"] == pytest.approx(agreement(expected), abs=1e-15)


OFF = [
    (0.4, 0, "0.05"),
    (3.8, 0, "0.475"),
    (4.0, 1, "0.5"),  # half way: the lower element of the prediction, so it moves up
    (4.2, 1, "0.475"),
    (-4.0, 0, "0.5"),
    (-4.2, -1, "0.475"),
]


@pytest.mark.usefixtures("aligned")
@pytest.mark.parametrize(("shift", "elements", "told"), OFF)
def test_an_origin_off_the_grid_is_rounded_to_the_nearest_and_told(
    shift: float, elements: int, told: str, places: Places, finish: Any
) -> None:
    placed(places.upload / "case-1.zarr", np.roll(TRUTH, -elements, 2), (80, 40, shift))
    expected = TRUTH.copy()
    if elements:
        expected[:, :, 0 if elements > 0 else -1] = 0

    report, result = finish()

    assert report.notes[0] == (
        f"case-1.zarr lies up to {told} of a voxel off the scored grid; it was moved to the "
        "nearest voxel."
    )
    assert result["scores"]["accuracy"] == pytest.approx(agreement(expected), abs=1e-15)


def test_an_origin_in_decimals_is_on_the_grid_but_for_rounding(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    placed(places.upload / "case-1.zarr", TRUTH[3:], (0.1 + 3 * 0.008, 0.7, 0.3), [0.008] * 3)
    align = {"voxel_size": [0.008] * 3, "origin": [0.1, 0.7, 0.3]}
    order([case(1, ".zarr", align=align)], metric("accuracy"))

    report, _ = finish()

    assert [note.split(";")[0] for note in report.notes] == [
        "case-1.zarr covers 50 % of the region that is scored, 240 of 480 elements"
    ]


@pytest.mark.usefixtures("aligned")
def test_a_prediction_somewhere_else_is_refused_with_both_places(
    places: Places, finish: Any
) -> None:
    placed(places.upload / "case-1.zarr", TRUTH, (80, 40, 80))

    report, result = finish()

    assert result is None
    assert [(problem.code, problem.message) for problem in report.problems] == [
        (
            "shape-mismatch",
            (
                "case-1.zarr lies outside the region that is scored: along its axes it reaches "
                "from 76 to 124, 36 to 100, 76 to 156, expected an overlap with 76 to 124, "
                "36 to 100, -4 to 76; correct voxel size and origin (translation) in its metadata."
            ),
        )
    ]


@pytest.mark.usefixtures("aligned")
def test_a_prediction_that_does_not_tell_its_place_must_have_the_shape(
    places: Places, finish: Any
) -> None:
    put(places.upload / "case-1.zarr", TRUTH[:5])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch"]
    assert report.problems[0].message == (
        "case-1.zarr has shape (5, 8, 10), 3 axes, expected (6, 8, 10), 3 axes; bring it to that "
        "shape, or tell where it lies by the attributes voxel_size and translation or by OME-NGFF "
        "metadata."
    )


@pytest.mark.usefixtures("aligned")
def test_a_prediction_that_does_not_tell_its_place_is_taken_with_the_shape(
    places: Places, finish: Any
) -> None:
    put(places.upload / "case-1.zarr", TRUTH)

    report, result = finish()

    assert report.notes == ()
    assert result["scores"] == {"accuracy": 1.0}


PARTLY: dict[str, tuple[dict[str, Any], str]] = {
    "its size, the same": ({"voxel_size": [8, 8, 8]}, ""),
    "its size, another": ({"voxel_size": [4, 8, 8]}, "add the attribute translation."),
    "its origin, the same": ({"translation": [80, 40, 0]}, ""),
    "its origin, another": ({"translation": [80, 40, 8]}, "add the attribute voxel_size."),
    "a wrong size": (
        {"voxel_size": [8, 8, -8]},
        (
            "The attribute voxel_size of case-1.zarr is [8, 8, -8]; expected 3 positive finite "
            "numbers, one for each axis: correct the metadata."
        ),
    ),
}


@pytest.mark.usefixtures("aligned")
@pytest.mark.parametrize(("attributes", "ending"), PARTLY.values(), ids=PARTLY.keys())
def test_a_prediction_that_tells_only_a_part_may_not_contradict_the_truth(
    attributes: dict[str, Any], ending: str, places: Places, finish: Any
) -> None:
    put(places.upload / "case-1.zarr", TRUTH, **attributes)

    report, _ = finish()

    assert len(report.problems) == bool(ending)
    assert all(problem.message.endswith(ending) for problem in report.problems)


@pytest.mark.usefixtures("aligned")
def test_a_prediction_of_very_many_elements_is_refused_before_it_is_read(
    places: Places, finish: Any
) -> None:
    placed(places.upload / "case-1.zarr", TRUTH, (80, 40, 0))
    metadata = json.loads((places.upload / "case-1.zarr/zarr.json").read_text())
    metadata["shape"] = [2**20, 2**20, 10]
    (places.upload / "case-1.zarr/zarr.json").write_text(json.dumps(metadata))

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch"]
    assert report.problems[0].message == (
        "case-1.zarr declares 10995116277760 elements, shape (1048576, 1048576, 10), 3 axes; "
        "expected at most 64 times the 480 that are scored: crop it to the region that is asked "
        "for."
    )


@pytest.mark.usefixtures("aligned")
def test_a_wrong_place_and_a_wrong_type_are_told_together(places: Places, finish: Any) -> None:
    placed(places.upload / "case-1.zarr", TRUTH.astype("f4"), (0, 0, 0))

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch", "dtype-mismatch"]


def test_a_fill_value_that_the_labels_cannot_hold_is_told(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH.astype("i8"))
    placed(places.upload / "case-1.zarr", TRUTH.astype("u8")[1:], (88, 40, 0))
    order([case(1, ".zarr", align={**ALIGN, "fill": -1})])

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["dtype-mismatch"]
    assert report.problems[0].message.endswith("does not reach; save it as int64.")


def test_a_plan_whose_grid_has_other_axes_than_the_truth_is_the_organisers_fault(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH)
    put(places.upload / "case-1.zarr", TRUTH)
    order([case(1, ".zarr", align={"voxel_size": [8, 8], "origin": [0, 0]})])

    with pytest.raises(TruthInvalid, match="voxel_size and origin need one number for each axis"):
        finish()


def test_a_plan_that_contradicts_itself_is_told_without_a_truth(
    places: Places, order: Any, finish: Any
) -> None:
    placed(places.upload / "case-1.zarr", TRUTH, (80, 40, 0))
    order(
        [case(1, ".zarr", align=ALIGN, shape=[48, 10])],
        task="check",
        command=["python", "score.py"],
    )

    with pytest.raises(TruthInvalid, match="voxel_size and origin need one number for each axis"):
        finish()


def multiscale(path: Path, axes: Any, levels: dict[str, tuple[Any, Any, Any]]) -> None:
    """Write an OME-NGFF 0.5 image; a level has data, scale and translation."""
    group = zarr.open_group(str(path), mode="w")
    datasets = []
    for name, (data, scale, shift) in levels.items():
        group.create_array(name, shape=data.shape, dtype=data.dtype, chunks=data.shape)[...] = data
        steps = [
            {"type": "scale", "scale": list(scale)},
            {"type": "translation", "translation": list(shift)},
        ]
        datasets.append({"path": name, "coordinateTransformations": steps})
    types = {"t": "time", "c": "channel"}
    described = [{"name": name, "type": types.get(name, "space")} for name in axes]
    image = {"axes": described, "datasets": datasets}
    group.attrs["ome"] = {"version": "0.5", "multiscales": [image]}


@pytest.mark.usefixtures("aligned")
def test_of_a_multiscale_image_the_level_of_the_truth_is_scored(
    places: Places, finish: Any
) -> None:
    fine = np.full((12, 16, 20), 9, np.uint16)
    levels = {
        "s0": (fine, (4, 4, 4), (78, 38, -2)),
        "s1": (TRUTH, (8, 8, 8), (80, 40, 0)),
        "s2": (fine[:3, :4, :5], (16, 16, 16), (84, 44, 4)),
    }
    multiscale(places.upload / "case-1.zarr", "zyx", levels)

    report, result = finish()

    assert report.notes == ("Of 3 levels of resolution in case-1.zarr, s1 was taken.",)
    assert result["scores"] == {"accuracy": 1.0}


def test_axes_of_an_image_are_turned_and_lone_ones_left_out(
    places: Places, order: Any, finish: Any
) -> None:
    put(places.truth / "case-1.zarr", TRUTH, ZYX)
    turned = around(TRUTH, (1, 0, 0), (0, 0, 2)).transpose(2, 1, 0)[None, None]
    levels = {"0": (turned, (1, 1, 8, 8, 8), (0, 0, 0, 40, 72))}
    multiscale(places.upload / "case-1.zarr", "tcxyz", levels)
    order([case(1, ".zarr", align=ALIGN)])

    report, result = finish()

    assert report.notes == (
        "case-1.zarr/0 has the axis 0, 1 of length one too many; it is left out.",
        "The axes of case-1.zarr/0 are brought into the order z, y, x.",
    )
    assert result["scores"] == {"accuracy": 1.0}


def test_axes_are_turned_without_coordinates_too(places: Places, order: Any, finish: Any) -> None:
    put(places.truth / "case-1.zarr", TRUTH, ZYX)
    put(places.upload / "case-1.zarr", TRUTH.transpose(1, 2, 0), ["y", "x", "z"])
    order([case(1, ".zarr")])

    report, result = finish()

    assert report.notes == ("The axes of case-1.zarr are brought into the order z, y, x.",)
    assert result["scores"] == {"accuracy": 1.0}


def test_two_channels_are_one_too_many(places: Places, order: Any, finish: Any) -> None:
    put(places.truth / "case-1.zarr", TRUTH, ZYX)
    put(places.upload / "case-1.zarr", np.stack([TRUTH, TRUTH]), ["c", *ZYX])
    order([case(1, ".zarr")])

    report, _ = finish()

    assert [problem.message for problem in report.problems] == [
        (
            "case-1.zarr has shape (2, 6, 8, 10), 4 axes, expected (6, 8, 10), 3 axes; bring it to "
            "that shape."
        )
    ]


def test_units_that_differ_are_told(places: Places, order: Any, finish: Any) -> None:
    levels = {"0": (TRUTH, (8, 8, 8), (80, 40, 0))}
    for folder, unit in ((places.truth, "nanometer"), (places.upload, "micrometer")):
        multiscale(folder / "case-1.zarr", "zyx", levels)
        document = json.loads((folder / "case-1.zarr/zarr.json").read_text())
        for axis in document["attributes"]["ome"]["multiscales"][0]["axes"]:
            axis["unit"] = unit
        (folder / "case-1.zarr/zarr.json").write_text(json.dumps(document))
    order([case(1, ".zarr", align=ALIGN)])

    report, _ = finish()

    assert [(problem.code, problem.message) for problem in report.problems] == [
        (
            "format-invalid",
            (
                "case-1.zarr/0 gives its place in 'micrometer', expected 'nanometer'; write scale "
                "and translation in that unit."
            ),
        )
    ]


def test_a_mask_at_several_resolutions_is_taken_at_that_of_the_truth(
    places: Places, order: Any, finish: Any
) -> None:
    mask = np.zeros((6, 8, 10), np.uint8)
    mask[:3] = 1
    put(places.truth / "case-1.zarr", TRUTH)
    levels = {
        "s0": (np.ones((12, 16, 20), np.uint8), (4, 4, 4), (78, 38, -2)),
        "s1": (mask, (8, 8, 8), (80, 40, 0)),
    }
    multiscale(places.truth / "mask.zarr", "zyx", levels)
    wrong = TRUTH.copy()
    wrong[3:] += 1
    placed(places.upload / "case-1.zarr", wrong, (80, 40, 0))
    auxiliary = {"mask": {"path": "mask.zarr", "format": "zarr"}}
    order([case(1, ".zarr", align=ALIGN, auxiliary=auxiliary)])

    _, result = finish()

    assert result["scores"] == {"accuracy": 1.0}


def test_a_program_gets_its_predictions_checked_in_the_same_way(
    places: Places, order: Any, finish: Any
) -> None:
    placed(places.upload / "case-1.zarr", TRUTH[3:], (104, 40, 0))
    order(
        [case(1, ".zarr", align=ALIGN, shape=[6, 8, 10])],
        task="check",
        command=["python", "score.py"],
    )

    report, _ = finish()

    assert report.problems == ()
    assert report.notes[0].startswith("case-1.zarr covers 50 % of the region")


def zipped(folder: Path, target: Path, prefix: str = "") -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, prefix + path.relative_to(folder).as_posix())


def zip_case(number: int) -> dict[str, Any]:
    source = {"path": f"case-{number}.zarr.zip/labels", "format": "zarr"}
    return case(number, sources=[source], truth=source)


def test_stores_in_archives_are_scored_where_they_lie(
    places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    put(tmp_path / "s/labels", TRUTH)
    for number in (1, 2):
        zipped(tmp_path / "s", places.truth / f"case-{number}.zarr.zip")
        zipped(tmp_path / "s", places.upload / f"case-{number}.zarr.zip", "x.zarr/" * (number - 1))
    order([zip_case(1), zip_case(2)])

    report, result = finish()

    assert report.problems == report.notes == ()
    assert result["scores"] == {"accuracy": 1.0}
    assert not places.submission.exists()


@pytest.mark.parametrize("name", ["case-1.zarr.zip", "mine.zip"])
def test_one_archive_is_the_store_that_is_expected(
    name: str, places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    put(tmp_path / "s/labels", TRUTH)
    zipped(tmp_path / "s", places.truth / "case-1.zarr.zip")
    zipped(tmp_path / "s", places.upload / name)
    order([zip_case(1)])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}


def test_an_archive_of_stores_in_archives_is_unpacked_once(
    places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    put(tmp_path / "s/labels", TRUTH)
    (tmp_path / "all").mkdir()
    zipped(tmp_path / "s", tmp_path / "all/case-1.zarr.zip")
    zipped(tmp_path / "s", places.truth / "case-1.zarr.zip")
    zipped(tmp_path / "all", places.upload / "predictions.zip")
    order([zip_case(1)])

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"accuracy": 1.0}
    assert [path.name for path in places.submission.iterdir()] == ["case-1.zarr.zip"]


def test_an_array_missing_in_an_archive_is_told_beside_those_that_are_there(
    places: Places, order: Any, finish: Any, tmp_path: Path
) -> None:
    put(tmp_path / "s/label", TRUTH)
    put(tmp_path / "t/labels", TRUTH)
    zipped(tmp_path / "s", places.upload / "case-1.zarr.zip")
    zipped(tmp_path / "t", places.truth / "case-1.zarr.zip")
    store(places.upload / "notes.txt", "hello")
    order([zip_case(1)])

    report, _ = finish()

    assert [(problem.code, problem.path) for problem in report.problems] == [
        ("case-missing", "case-1.zarr.zip/labels"),
        ("case-unexpected", "notes.txt"),
    ]
    assert report.problems[0].message == (
        "case-1.zarr.zip lacks labels; it holds label; add the array."
    )


def test_metrics_with_a_way_of_their_own_get_the_prediction_as_it_is(
    places: Places, order: Any, finish: Any
) -> None:
    labels = np.zeros((8, 8, 8), "u1")
    labels[2:6, 2:6, 2:6] = 1
    for folder, values, size in (
        (places.truth, labels, 4),
        (places.upload, labels[::2, ::2, ::2], 8),
    ):
        stored = zarr.create_array(str(folder / "case-1.zarr"), data=values)
        stored.attrs.update({"voxel_size": [size] * 3, "translation": [0, 0, 0]})
    own = {"by": "metric", "max_scale": 4096}
    order([case(1, ".zarr", align=own)], metric("cellmap_semantic", profile="peer-2026-06"))

    report, result = finish()

    assert report.problems == ()
    assert result["scores"]["cellmap_semantic"] > 0.5


def test_even_so_a_prediction_cannot_be_of_any_size(
    places: Places, order: Any, finish: Any
) -> None:
    for folder, edge in ((places.truth, 2), (places.upload, 6)):
        zarr.create_array(str(folder / "case-1.zarr"), data=np.ones((edge,) * 3, "u1"))
    order(
        [case(1, ".zarr", align={"by": "metric", "max_scale": 20})],
        metric("cellmap_semantic", profile="peer-2026-06"),
    )

    report, _ = finish()

    assert [problem.code for problem in report.problems] == ["shape-mismatch"]
    assert "at most 20 times as many elements" in report.problems[0].message
