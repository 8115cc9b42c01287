"""Stores in one ZIP file, read where they lie."""

import json
import tracemalloc
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from numpy.typing import NDArray

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.zarr import zipped
from evaluator.arrays.zarr.opening import open_zarr
from evaluator.arrays.zarr.zipped import holds, top_names
from evaluator.codes import Code

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def packed(folder: Path, method: int, prefix: str = "") -> Path:
    """Pack the files of a folder as people do."""
    path = folder.parent / f"{folder.name}.zarr.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, prefix + file.relative_to(folder).as_posix())
    return path


def labels(folder: Path, data: NDArray[Any], **how: Any) -> Path:
    """Write a group with one array."""
    group = zarr.open_group(str(folder), mode="w", zarr_format=how.pop("zarr_format", 3))
    how = {"chunks": (3, 5, 4), **how}
    group.create_array("labels", shape=data.shape, dtype=data.dtype, **how)[...] = data
    return folder


WAYS: dict[str, dict[str, Any]] = {
    "version 2": {"zarr_format": 2},
    "version 3": {},
    "version 3, bare": {"compressors": None},
    "version 3, shards": {"shards": (6, 10, 8)},
    "version 2, nested": {
        "zarr_format": 2,
        "chunk_key_encoding": {"name": "v2", "separator": "/"},
    },
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("method", [STORED, DEFLATED], ids=["stored", "deflated"])
@pytest.mark.parametrize("prefix", ["", "case-01.zarr/"], ids=["bare", "in a folder"])
def test_an_array_comes_back_without_being_unpacked(
    prefix: str, method: int, how: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = packed(labels(tmp_path / "a", volume, **how), method, prefix)
    before = sorted(tmp_path.rglob("*"))

    array = open_zarr(path, "a.zarr.zip/labels", inner="labels")

    assert np.array_equal(read_all(array), volume)
    assert array.notes() == ()
    array.release()
    assert np.array_equal(read_all(array), volume)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_store_may_be_the_array_itself(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = packed(labels(tmp_path / "a", volume) / "labels", DEFLATED)

    assert np.array_equal(read_all(open_zarr(path, "labels.zarr.zip")), volume)


def test_threads_read_one_archive_side_by_side(tmp_path: Path, volume: NDArray[Any]) -> None:
    for name, method in (("a", STORED), ("b", DEFLATED)):
        path = packed(labels(tmp_path / name, volume, shards=(6, 10, 8)), method)
        array = open_zarr(path, "a", inner="labels")
        rows = [(slice(z, z + 1), slice(0, 13), slice(0, 11)) for z in range(7)] * 5

        with ThreadPoolExecutor(4) as pool:
            blocks = list(pool.map(array.read, rows))

        for block, row in zip(blocks, rows, strict=True):
            assert np.array_equal(block, volume[row])


def test_an_unpacked_shard_is_let_go_with_its_array(tmp_path: Path) -> None:
    data = np.ones((256, 256, 64), np.uint8)  # 4 MiB
    how = {"chunks": (32, 32, 32), "shards": data.shape, "compressors": None}
    path = packed(labels(tmp_path / "a", data, **how), DEFLATED)
    array = open_zarr(path, "a", inner="labels")
    tracemalloc.start()

    array.read((slice(0, 1), slice(0, 1), slice(0, 1)))
    array.release()

    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 512 * 1024 < peak


def test_absent_chunks_are_counted_from_the_directory(tmp_path: Path, read_all: Any) -> None:
    data = np.full((6, 10, 8), 3, np.uint8)
    data[:3, :5, :4] = 1
    how = {"fill_value": 3, "config": {"write_empty_chunks": False}}
    path = packed(labels(tmp_path / "a", data, **how), DEFLATED)

    array = open_zarr(path, "a", inner="labels")

    assert array.notes()[0].startswith("7 of the 8 chunks of a are not in the upload")
    assert np.array_equal(read_all(array), data)


def test_levels_and_places_are_read_from_the_archive(tmp_path: Path) -> None:
    scale = {"type": "scale", "scale": [8, 4]}
    axes = [{"name": name, "type": "space"} for name in "yx"]
    datasets = [{"path": "labels", "coordinateTransformations": [scale]}]
    folder = labels(tmp_path / "a", np.ones((4, 4), "u1"), chunks=(2, 2))
    document = json.loads((folder / "zarr.json").read_text())
    ome = {"version": "0.5", "multiscales": [{"axes": axes, "datasets": datasets}]}
    (folder / "zarr.json").write_text(json.dumps({**document, "attributes": {"ome": ome}}))
    path = packed(folder, DEFLATED, "case.zarr/")

    by_group = open_zarr(path, "a.zarr.zip")
    by_path = open_zarr(path, "a.zarr.zip/labels", inner="labels")

    assert by_group.name == "a.zarr.zip/labels"
    assert by_group.layout.frame == by_path.layout.frame
    assert by_group.layout.frame.voxel_size == (8.0, 4.0)


def test_what_a_store_holds_is_known_from_its_directory(
    tmp_path: Path, volume: NDArray[Any]
) -> None:
    bare = packed(labels(tmp_path / "a", volume), STORED)
    wrapped = packed(labels(tmp_path / "b", volume), STORED, "my store.zarr/")
    (tmp_path / "c.zarr.zip").write_bytes(b"no archive")

    assert [holds(path, "labels") for path in (bare, wrapped)] == [True, True]
    assert [holds(path, "label") for path in (bare, wrapped)] == [False, False]
    assert top_names(bare) == top_names(wrapped) == {"zarr.json", "labels"}
    # What is damaged is told when it is opened.
    assert holds(tmp_path / "c.zarr.zip", "labels")
    assert top_names(tmp_path / "c.zarr.zip") == frozenset()


def test_a_group_in_an_archive_tells_which_arrays_it_holds(
    tmp_path: Path, volume: NDArray[Any]
) -> None:
    path = packed(labels(tmp_path / "a", volume), STORED)

    with pytest.raises(ArrayInvalid, match=r"^a is not a Zarr array: it holds labels;"):
        open_zarr(path, "a")


def test_what_is_no_archive_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.zarr.zip").write_bytes(b"PK\x03\x04 cut off")

    with pytest.raises(ArrayInvalid, match=r"^a\.zarr\.zip: the archive is damaged") as caught:
        open_zarr(tmp_path / "a.zarr.zip", "a.zarr.zip")

    assert caught.value.code is Code.ARCHIVE_INVALID


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_archive_with_a_name_twice_is_refused(tmp_path: Path, volume: NDArray[Any]) -> None:
    path = packed(labels(tmp_path / "a", volume), STORED)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels/zarr.json", "{}")

    with pytest.raises(ArrayInvalid, match="holds a name twice") as caught:
        open_zarr(path, "a", inner="labels")

    assert caught.value.code is Code.ARCHIVE_UNSAFE


def damaged(path: Path, name: str) -> None:
    """Change the last byte of an entry's data, which its checksum tells."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo(name)
    data = bytearray(path.read_bytes())
    start = entry.header_offset + 30 + len(name)
    data[start + entry.compress_size - 1] ^= 255
    path.write_bytes(data)


@pytest.mark.parametrize("method", [STORED, DEFLATED], ids=["stored", "deflated"])
def test_a_damaged_chunk_is_told_by_its_number(
    method: int, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = packed(labels(tmp_path / "a", volume, compressors=None), method)
    damaged(path, "labels/c/1/0/2")

    with pytest.raises(ArrayInvalid, match=r"^Chunk 1\.0\.2 of a cannot be unpacked") as caught:
        read_all(open_zarr(path, "a", inner="labels"))

    assert caught.value.code is Code.CHUNK_CORRUPT


def test_damaged_metadata_are_told(tmp_path: Path, volume: NDArray[Any]) -> None:
    path = packed(labels(tmp_path / "a", volume), DEFLATED)
    damaged(path, "labels/zarr.json")

    with pytest.raises(ArrayInvalid, match=r"^a has damaged metadata: zarr\.json cannot be read"):
        open_zarr(path, "a", inner="labels")


def test_a_chunk_that_unpacks_to_too_much_is_refused_before(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    folder = labels(tmp_path / "a", volume)
    (folder / "labels/c/0/0/0").write_bytes(bytes(8 * 1024**2))
    path = packed(folder, DEFLATED)

    with pytest.raises(ArrayInvalid, match=r"^Chunk 0\.0\.0 of a has over \d+ bytes"):
        read_all(open_zarr(path, "a", inner="labels"))


def test_a_large_shard_has_to_be_stored_as_it_is(
    tmp_path: Path, volume: NDArray[Any], monkeypatch: Any, read_all: Any
) -> None:
    monkeypatch.setattr(zipped, "MAX_SHARD_BYTES", 100)
    folder = labels(tmp_path / "a", volume, shards=(9, 15, 12))
    deflated = open_zarr(packed(folder, DEFLATED), "a", inner="labels")

    with pytest.raises(ArrayInvalid, match=r"pack shards without compression \(zip -0\)") as caught:
        deflated.notes()

    assert caught.value.code is Code.CHUNK_CORRUPT
    stored = open_zarr(packed(folder, STORED), "a", inner="labels")
    assert np.array_equal(read_all(stored), volume)


def test_rubbish_of_other_systems_beside_the_store_does_not_matter(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = packed(labels(tmp_path / "a", volume), STORED, "case-01.zarr/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/case-01.zarr/._zarr.json", b"x")

    assert np.array_equal(read_all(open_zarr(path, "a", inner="labels")), volume)
