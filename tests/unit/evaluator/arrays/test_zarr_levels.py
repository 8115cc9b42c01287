"""Groups of arrays that are one image at several resolutions, and what is told about its place."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.layout import Frame
from evaluator.arrays.zarr.opening import open_zarr
from evaluator.codes import Code

ROOT = Path(__file__).resolve().parents[4]
VOLUME = np.arange(4 * 8 * 6, dtype=np.uint16).reshape(4, 8, 6)
AXES = [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"]


def scale(*numbers: float) -> dict[str, Any]:
    return {"type": "scale", "scale": list(numbers)}


def shift(*numbers: float) -> dict[str, Any]:
    return {"type": "translation", "translation": list(numbers)}


def multiscale(**changes: Any) -> dict[str, Any]:
    levels = [
        {"path": "s0", "coordinateTransformations": [scale(8, 4, 4), shift(80, 40, 40)]},
        {"path": "s1", "coordinateTransformations": [scale(16, 8, 8), shift(84, 42, 42)]},
    ]
    return {"axes": AXES, "datasets": levels, **changes}


def image(folder: Path, version: str, document: dict[str, Any]) -> Path:
    """Write a group with the levels s0 and s1 and these metadata."""
    number: Any = 2 if version == "0.4" else 3
    group = zarr.open_group(str(folder), mode="w", zarr_format=number)
    for level, step in (("s0", 1), ("s1", 2)):
        data = VOLUME[::step, ::step, ::step]
        group.create_array(level, shape=data.shape, dtype=data.dtype, chunks=(2, 4, 3))[...] = data
    if version == "0.4":
        group.attrs["multiscales"] = [{"version": "0.4", **document}]
    else:
        group.attrs["ome"] = {"version": version, "multiscales": [document]}
    return folder


VERSIONS = ["0.4", "0.5"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_finest_level_is_taken_when_no_size_is_asked_for(version: str, tmp_path: Path) -> None:
    array = open_zarr(image(tmp_path / "a", version, multiscale()), "a")

    assert array.name == "a/s0"
    assert array.layout.frame == Frame(
        axes=("z", "y", "x"),
        voxel_size=(8.0, 4.0, 4.0),
        origin=(80.0, 40.0, 40.0),
        units=("nanometer",) * 3,
    )
    assert np.array_equal(array.read((slice(0, 4), slice(0, 8), slice(0, 6))), VOLUME)
    assert array.notes() == ("Of 2 levels of resolution in a, s0 was taken.",)


WANTED = {
    "the same": ((16, 8, 8), "s1"),
    "the same but for rounding": ((16.000001, 8, 8), "s1"),
    "coarser than all: the coarsest": ((64, 64, 64), "s1"),
    "between two: the finer": ((12, 6, 6), "s0"),
    "finer than all: the finest": ((2, 2, 2), "s0"),
    "finer along one axis": ((16, 8, 4), "s0"),
    "of another number of axes": ((16, 8, 8, 8), "s0"),
}


@pytest.mark.parametrize(("size", "level"), WANTED.values(), ids=WANTED.keys())
@pytest.mark.parametrize("version", VERSIONS)
def test_the_level_nearest_to_the_size_is_taken(
    version: str, size: tuple[float, ...], level: str, tmp_path: Path
) -> None:
    array = open_zarr(image(tmp_path / "a", version, multiscale()), "a", voxel_size=size)

    assert array.name == f"a/{level}"


def test_a_transformation_of_all_levels_comes_after_that_of_each(tmp_path: Path) -> None:
    document = multiscale(coordinateTransformations=[scale(2, 2, 0.5), shift(1, -1, 0)])

    frame = open_zarr(image(tmp_path / "a", "0.5", document), "a").layout.frame

    assert frame.voxel_size == (16.0, 8.0, 2.0)
    assert frame.origin == (161.0, 79.0, 20.0)


def test_a_level_named_by_its_path_has_the_place_that_its_group_tells(tmp_path: Path) -> None:
    folder = image(tmp_path / "a", "0.4", multiscale())

    array = open_zarr(folder / "s1", "a/s1")

    assert array.layout.frame.voxel_size == (16.0, 8.0, 8.0)
    assert array.notes() == ()


def test_an_array_named_by_its_path_may_have_a_group_of_others(tmp_path: Path) -> None:
    folder = image(tmp_path / "a", "0.5", multiscale(datasets=multiscale()["datasets"][:1]))

    assert open_zarr(folder / "s1", "a/s1").layout.frame == Frame()


def test_a_damaged_group_above_matters_to_those_alone_who_need_it(tmp_path: Path) -> None:
    folder = image(tmp_path / "a", "0.5", multiscale(axes=[]))

    frame = open_zarr(folder / "s1", "a/s1").layout.frame

    assert frame.voxel_size is None
    assert frame.fault.startswith("a has wrong OME-NGFF metadata at multiscales.0.axes: ")


def test_a_unit_that_nobody_knows_is_kept_as_it_is(tmp_path: Path) -> None:
    axes = [{**axis, "unit": "parsecs"} for axis in AXES]

    array = open_zarr(image(tmp_path / "a", "0.5", multiscale(axes=axes)), "a")

    assert array.layout.frame.units == ("parsecs",) * 3


Change = Callable[[dict[str, Any]], object]


def level(**changes: Any) -> Change:
    return lambda document: document["datasets"][0].update(changes)


def transforms(*steps: dict[str, Any]) -> Change:
    return level(coordinateTransformations=list(steps))


BAD: dict[str, tuple[Change, str]] = {
    "no datasets": (lambda document: document.pop("datasets"), "at multiscales.0.datasets: Field"),
    "no axes": (lambda document: document.pop("axes"), "at multiscales.0.axes: Field required"),
    "one axis": (lambda document: document.update(axes=AXES[:1]), "at multiscales.0.axes"),
    "an axis twice": (lambda document: document.update(axes=AXES[:2] * 2), "unique"),
    "six axes": (lambda document: document.update(axes=AXES * 2), "lists 6 axes"),
    "65 levels": (lambda document: document.update(datasets=[{}] * 65), "lists 65 datasets"),
    "an axis of unknown type": (
        lambda document: document.update(axes=[{"name": "q", "type": "phase"}, *AXES[1:]]),
        "must be 2 or 3|of type 'phase'",
    ),
    "no transformation": (transforms(), "coordinateTransformations: "),
    "no scale": (transforms(shift(0, 0, 0)), "exactly one scale"),
    "two scales": (transforms(scale(1, 1, 1), scale(1, 1, 1)), "exactly one scale"),
    "translation first": (transforms(shift(0, 0, 0), scale(1, 1, 1)), "must be listed after"),
    "scale too short": (transforms(scale(1, 1)), "same number of dimensions"),
    "scale of zero": (
        transforms(scale(0, 4, 4)),
        r"^The scale of a/s0 is \[0\.0, 4\.0, 4\.0\]; expected 3 positive finite numbers",
    ),
    "negative scale": (
        transforms(scale(8, -4, 4)),
        r"is \[8\.0, -4\.0, 4\.0\]; expected 3 positive",
    ),
    "scale that is no number": (transforms(scale(8, 4, float("nan"))), r"nan\]; expected 3 pos"),
    "scale too large": (transforms(scale(8, 4, 1e300)), r"1e\+300\]; expected 3 positive finite"),
    "translation that is no number": (
        transforms(scale(8, 4, 4), shift(0, 0, float("inf"))),
        r"^The translation of a/s0 is \[0\.0, 0\.0, inf\]; expected 3 finite numbers",
    ),
    "a path that leads out": (
        level(path="../truth"),
        "datasets.0.path: The name '../truth' is not",
    ),
    "an absolute path": (level(path="/etc"), "datasets.0.path: The name '/etc' is not"),
    "a path that leads out on a way round": (level(path="s0/../../a/s0"), "path"),
    "a level that is not there": (level(path="s7"), "^a/s7 is a level of resolution of a, but no"),
    "a level that is the group": (level(path="."), "datasets.0.path: The name '.' is not"),
    "coordinate systems": (
        lambda document: document.update(coordinateSystems=[{"name": "world"}]),
        r"coordinate systems \(RFC 5\), which are not read here; write it as version 0\.4 or 0\.5",
    ),
}


@pytest.mark.parametrize(("change", "words"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("version", VERSIONS)
def test_metadata_that_do_not_hold_are_told_with_path_place_and_remedy(
    version: str, change: Change, words: str, tmp_path: Path
) -> None:
    document = multiscale()
    change(document)
    folder = image(tmp_path / "a", version, document)

    with pytest.raises(ArrayInvalid, match=words) as caught:
        open_zarr(folder, "a")

    assert caught.value.code is Code.FORMAT_INVALID
    assert str(caught.value).startswith(("a ", "a/s", "The scale of a", "The translation of a"))
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("version", ["0.1", "0.3", "0.6", "0.6.dev1", "1", "None"])
def test_other_versions_are_refused_by_their_number(version: str, tmp_path: Path) -> None:
    folder = image(tmp_path / "a", version, multiscale())

    with pytest.raises(ArrayInvalid, match=f"^a is OME-NGFF of version {version}"):
        open_zarr(folder, "a")


@pytest.mark.parametrize("found", [[], {}, None, 7, [7], ["s0"]])
def test_multiscales_of_another_kind_are_refused(found: Any, tmp_path: Path) -> None:
    folder = image(tmp_path / "a", "0.5", multiscale())
    document = json.loads((folder / "zarr.json").read_text())
    document["attributes"]["ome"]["multiscales"] = found
    (folder / "zarr.json").write_text(json.dumps(document))

    with pytest.raises(ArrayInvalid, match=r"^a has "):
        open_zarr(folder, "a")


def test_an_array_with_other_axes_than_its_metadata_describe_is_refused(tmp_path: Path) -> None:
    folder = image(tmp_path / "a", "0.5", multiscale())
    zarr.create_array(str(folder / "s0"), shape=(4, 8), dtype="u2", chunks=(2, 2), overwrite=True)

    with pytest.raises(ArrayInvalid, match=r"^a/s0 has 2 axes; its OME-NGFF metadata describe 3"):
        open_zarr(folder, "a")


def plain(folder: Path, **arrays: dict[str, Any]) -> Path:
    """Write a group of arrays with these attributes and nothing else."""
    group = zarr.open_group(str(folder), mode="w")
    for name, attributes in arrays.items():
        group.create_array(name, shape=(4, 8, 6), dtype="u2", chunks=(2, 4, 3))
        group[name].attrs.update(attributes)
    return folder


def test_a_plain_group_is_a_choice_of_arrays_by_their_voxel_size(tmp_path: Path) -> None:
    folder = plain(
        tmp_path / "a",
        coarse={"voxel_size": [16, 16, 16], "translation": [4, 4, 4]},
        fine={"resolution": [8, 8, 8], "offset": [0, 0, 0]},
        other={},
    )

    names = [open_zarr(folder, "a", voxel_size=(size,) * 3).name for size in (4, 8, 12, 16, 32)]

    assert names == ["a/fine", "a/fine", "a/fine", "a/coarse", "a/coarse"]
    assert open_zarr(folder, "a").name == "a/fine"


def test_a_plain_group_without_sizes_is_no_choice(tmp_path: Path) -> None:
    folder = plain(tmp_path / "a", one={}, two={"voxel_size": [0, 1, 1]})

    with pytest.raises(ArrayInvalid, match=r"^a is not a Zarr array: it holds one, two;"):
        open_zarr(folder, "a")


def test_a_group_of_very_many_arrays_is_no_choice(tmp_path: Path) -> None:
    for number in range(65):
        (tmp_path / f"a/{number}").mkdir(parents=True)
        (tmp_path / f"a/{number}/.zarray").write_text("{}")
    (tmp_path / "a/.zgroup").write_text('{"zarr_format": 2}')

    with pytest.raises(ArrayInvalid, match=r"^a is a group of 65 arrays; name one of them"):
        open_zarr(tmp_path / "a", "a")


TOLD: dict[str, tuple[dict[str, Any], Frame]] = {
    "nothing": ({}, Frame()),
    "voxel size and translation": (
        {"voxel_size": [8, 4, 4.5], "translation": [-1, 0, 1e6]},
        Frame(voxel_size=(8.0, 4.0, 4.5), origin=(-1.0, 0.0, 1e6)),
    ),
    "resolution and offset": (
        {"resolution": [8, 4, 4], "offset": [1, 2, 3]},
        Frame(voxel_size=(8.0, 4.0, 4.0), origin=(1.0, 2.0, 3.0)),
    ),
    "the more exact word counts": (
        {
            "scale": [1, 1, 1],
            "voxel_size": [2, 2, 2],
            "offset": [9, 9, 9],
            "translation": [3, 3, 3],
        },
        Frame(voxel_size=(2.0, 2.0, 2.0), origin=(3.0, 3.0, 3.0)),
    ),
    "one number is a scale of something else": ({"scale": 0.1, "offset": 273.15}, Frame()),
}


@pytest.mark.parametrize(("attributes", "frame"), TOLD.values(), ids=TOLD.keys())
@pytest.mark.parametrize("version", [2, 3])
def test_attributes_of_an_array_tell_its_place(
    version: Any, attributes: dict[str, Any], frame: Frame, tmp_path: Path
) -> None:
    array = zarr.create_array(
        str(tmp_path / "a"), shape=(4, 8, 6), dtype="u2", chunks=(2, 2, 2), zarr_format=version
    )
    array.attrs.update(attributes)

    assert open_zarr(tmp_path / "a", "a").layout.frame == frame


WRONG: dict[str, dict[str, Any]] = {
    "zero": {"voxel_size": [8, 0, 8]},
    "negative": {"voxel_size": [8, -8, 8]},
    "not finite": {"voxel_size": [8, float("nan"), 8]},
    "true": {"voxel_size": [8, True, 8]},
    "texts": {"voxel_size": ["8", "8", "8"]},
    "one number": {"voxel_size": 8},
    "two numbers": {"voxel_size": [8, 8]},
    "a very long list": {"resolution": [8] * 1000},
    "too large": {"voxel_size": [8, 8, 1e200]},
    "translation not finite": {"voxel_size": [8, 8, 8], "translation": [0, 0, float("inf")]},
    "translation too short": {"voxel_size": [8, 8, 8], "translation": [0, 0]},
}


@pytest.mark.parametrize("attributes", WRONG.values(), ids=WRONG.keys())
def test_wrong_attributes_are_told_to_those_who_need_them(
    attributes: dict[str, Any], tmp_path: Path
) -> None:
    array = zarr.create_array(str(tmp_path / "a"), shape=(4, 8, 6), dtype="u2", chunks=(2, 2, 2))
    array.attrs.update(attributes)

    frame = open_zarr(tmp_path / "a", "a").layout.frame

    assert frame.voxel_size is None
    assert frame.fault.startswith("The attribute ")
    assert frame.fault.endswith("one for each axis: correct the metadata.")
    assert len(frame.fault) < 250


def test_axes_of_length_one_in_front_need_no_numbers(tmp_path: Path) -> None:
    array = zarr.create_array(str(tmp_path / "a"), shape=(1, 1, 4, 8), dtype="u2", chunks=(1,) * 4)
    array.attrs.update({"voxel_size": [8, 4], "translation": [3, 5]})

    frame = open_zarr(tmp_path / "a", "a").layout.frame

    assert frame.voxel_size == (1.0, 1.0, 8.0, 4.0)
    assert frame.origin == (0.0, 0.0, 3.0, 5.0)


NAMES: dict[str, tuple[Any, tuple[str, ...] | None]] = {
    "all": (["z", "y", "x"], ("z", "y", "x")),
    "one is not told": (["z", None, "x"], None),
    "too few": (["z", "y"], None),
    "one twice": (["z", "y", "y"], None),
    "no texts": ([1, 2, 3], None),
    "no list": ("zyx", None),
}


@pytest.mark.parametrize(("names", "axes"), NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("version", [2, 3])
def test_names_of_axes_come_from_the_array(
    version: Any, names: Any, axes: Any, tmp_path: Path
) -> None:
    zarr.create_array(
        str(tmp_path / "a"), shape=(4, 8, 6), dtype="u2", chunks=(2, 2, 2), zarr_format=version
    )
    if version == 2:
        (tmp_path / "a/.zattrs").write_text(json.dumps({"_ARRAY_DIMENSIONS": names}))
    else:
        document = json.loads((tmp_path / "a/zarr.json").read_text())
        (tmp_path / "a/zarr.json").write_text(json.dumps({**document, "dimension_names": names}))

    assert open_zarr(tmp_path / "a", "a").layout.frame.axes == axes


def test_metadata_of_both_versions_that_agree_are_told(tmp_path: Path) -> None:
    for version in (2, 3):
        number: Any = version
        stored = zarr.create_array(
            str(tmp_path / f"{version}"), shape=(4,), dtype="u2", chunks=(2,), zarr_format=number
        )
        stored[...] = [version] * 4
    (tmp_path / "2/.zarray").rename(tmp_path / "3/.zarray")

    array = open_zarr(tmp_path / "3", "a")

    assert array.notes() == ("a has metadata of Zarr versions 2 and 3; those of version 3 count.",)
    assert array.read((slice(0, 4),)).tolist() == [3, 3, 3, 3]


@pytest.mark.parametrize("change", [{"shape": [5]}, {"dtype": "<u4"}])
def test_metadata_of_both_versions_that_contradict_each_other_are_refused(
    change: dict[str, Any], tmp_path: Path
) -> None:
    zarr.create_array(str(tmp_path / "a"), shape=(4,), dtype="u2", chunks=(2,))
    zarr.create_array(str(tmp_path / "b"), shape=(4,), dtype="u2", chunks=(2,), zarr_format=2)
    document = json.loads((tmp_path / "b/.zarray").read_text())
    (tmp_path / "a/.zarray").write_text(json.dumps({**document, **change}))

    with pytest.raises(ArrayInvalid, match=r"^a has two metadata files that contradict") as caught:
        open_zarr(tmp_path / "a", "a")

    assert caught.value.code is Code.FORMAT_INVALID


def test_plain_arrays_do_not_wait_for_the_models_of_images(tmp_path: Path) -> None:
    plain(tmp_path / "a", one={"voxel_size": [8, 8, 8]})
    program = (
        "import sys, pathlib; from evaluator.arrays.zarr.opening import open_zarr; "
        f"open_zarr(pathlib.Path({str(tmp_path / 'a/one')!r}), 'a'); "
        "print('yaozarrs' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True
    )

    assert done.stdout == "False\n"
