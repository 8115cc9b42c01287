"""Archives and metadata with random damage: an array that reads, or a sentence; nothing else."""

import copy
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.zarr.levels import Level, levels
from evaluator.arrays.zarr.opening import open_zarr

ROUNDS = 400
VOLUME = np.random.default_rng(0).integers(0, 5, (4, 6, 5)).astype("u2")


def damaged(data: bytes, random: np.random.Generator) -> bytes:
    """Change, cut, take out or put in some bytes."""
    place = int(random.integers(len(data) + 1))
    noise = random.bytes(int(random.integers(1, 5)))
    return [
        data[:place] + noise + data[place + len(noise) :],
        data[:place],
        data[:place] + data[place + len(noise) :],
        data[:place] + noise + data[place:],
        data[:place] + b"\xff" * 4 + data[place + 4 :],
    ][random.integers(5)]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("shards", [None, (4, 6, 5)], ids=["chunks", "shards"])
def test_a_damaged_archive_reads_right_or_is_refused(
    shards: Any, method: int, tmp_path: Path
) -> None:
    group = zarr.open_group(str(tmp_path / "s"), mode="w")
    how = {"chunks": (2, 3, 5), "shards": shards}
    group.create_array("a", shape=VOLUME.shape, dtype="u2", **how)[...] = VOLUME
    with zipfile.ZipFile(tmp_path / "s.zip", "w", method) as archive:
        for path in sorted((tmp_path / "s").rglob("*")):
            archive.write(path, path.relative_to(tmp_path / "s").as_posix())
    honest = (tmp_path / "s.zip").read_bytes()
    random = np.random.default_rng(5)
    refusals: list[str] = []

    for number in range(ROUNDS):
        path = tmp_path / f"{number}.zarr.zip"
        path.write_bytes(damaged(honest, random))
        try:
            array = open_zarr(path, "a", inner="a")
            notes = array.notes()
            block = array.read(tuple(slice(0, length) for length in array.shape))
        except ArrayInvalid as error:
            refusals.append(str(error))
            continue
        # Parts of a stored shard have no checksum of their own; all the rest has, but a name.
        if shards is None or method == zipfile.ZIP_DEFLATED:
            assert np.array_equal(block, VOLUME) or "are not in the upload" in notes[0]

    assert 0 < len(refusals) < ROUNDS
    assert all(refusal.endswith((".", "?")) for refusal in refusals)


IMAGE: dict[str, Any] = {
    "version": "0.4",
    "axes": [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"],
    "datasets": [
        {
            "path": "s0",
            "coordinateTransformations": [
                {"type": "scale", "scale": [8, 4, 4]},
                {"type": "translation", "translation": [0, 1, 2]},
            ],
        }
    ],
    "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 1]}],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
PLACES: list[tuple[Any, ...]] = [
    (),
    ("version",),
    ("axes",),
    ("axes", 0),
    ("axes", 1, "name"),
    ("axes", 1, "type"),
    ("axes", 1, "unit"),
    ("datasets",),
    ("datasets", 0),
    ("datasets", 0, "path"),
    ("datasets", 0, "coordinateTransformations"),
    ("datasets", 0, "coordinateTransformations", 0),
    ("datasets", 0, "coordinateTransformations", 0, "type"),
    ("datasets", 0, "coordinateTransformations", 0, "scale"),
    ("datasets", 0, "coordinateTransformations", 1, "translation", 2),
    ("coordinateTransformations",),
]


@pytest.mark.parametrize("version", ["0.4", "0.5"])
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), value=ANYTHING)
def test_any_metadata_give_levels_or_a_sentence(
    version: str, place: tuple[Any, ...], value: Any
) -> None:
    attributes: Any = {"multiscales": [copy.deepcopy(IMAGE)]}
    if version == "0.5":
        attributes = {"ome": {"version": "0.5", **attributes}}
    spot: Any = attributes["ome"] if version == "0.5" else attributes
    steps = ("multiscales", 0, *place)
    for step in steps[:-1]:
        spot = spot[step]
    spot[steps[-1]] = value

    found: tuple[Level, ...] = ()
    refusal = "."
    try:
        found = levels(attributes, "a")
    except ArrayInvalid as error:
        refusal = str(error)

    assert refusal.endswith(".")
    assert len(refusal) < 1000
    for level in found:
        frame = level.frame
        assert ".." not in level.path.split("/")
        assert frame.voxel_size is not None
        assert all(0 < size < float("inf") for size in frame.voxel_size)
        assert len(frame.voxel_size) == len(frame.origin or ()) == len(frame.axes or ())


def test_the_undamaged_metadata_are_taken() -> None:
    found = levels(json.loads(json.dumps({"multiscales": [IMAGE]})), "a")

    assert [level.path for level in found] == ["s0"]
    assert found[0].frame.voxel_size == (8.0, 4.0, 4.0)
