"""HDF5 files as h5py writes them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.base import Array
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.hdf5.files import holds, member_names
from evaluator.arrays.hdf5.filters import fletcher32
from evaluator.arrays.hdf5.store import open_dataset
from evaluator.arrays.layout import Frame
from evaluator.codes import Code

WAYS: dict[str, dict[str, Any]] = {
    "contiguous": {},
    "chunks": {"chunks": (2, 5, 4)},
    "gzip": {"chunks": (2, 5, 4), "compression": "gzip"},
    "lzf": {"chunks": (3, 13, 4), "compression": "lzf"},
    "shuffle": {"chunks": (2, 5, 4), "shuffle": True},
    "checksums": {"chunks": (2, 5, 4), "fletcher32": True},
    "all of gzip": {
        "chunks": (7, 5, 4),
        "compression": "gzip",
        "shuffle": True,
        "fletcher32": True,
    },
    "all of lzf": {"chunks": (1, 4, 9), "compression": "lzf", "shuffle": True, "fletcher32": True},
    "chunks larger than the array": {"chunks": (16, 16, 16), "maxshape": (None, None, None)},
}
VERSIONS: dict[str, dict[str, Any]] = {
    "oldest": {"libver": "earliest"},
    "latest": {"libver": "latest"},
    "user block": {"userblock_size": 512},
}


def written(path: Path, data: Any, how: dict[str, Any] | None = None, **file: Any) -> Path:
    with h5py.File(path, "w", **file) as stored:
        stored.create_dataset("group/labels", data=data, **(how or {}))
    return path


def labels(path: Path, member: str = "group/labels") -> Array:
    return open_dataset(path, "a.h5/group/labels", member)


@pytest.mark.parametrize("version", VERSIONS.values(), ids=VERSIONS.keys())
@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS.keys())
def test_a_volume_comes_back_however_it_was_written(
    how: dict[str, Any],
    version: dict[str, Any],
    tmp_path: Path,
    volume: NDArray[Any],
    read_all: Any,
) -> None:
    array = labels(written(tmp_path / "a.h5", volume, how, **version))

    assert array.shape == volume.shape
    assert array.dtype == volume.dtype
    assert array.layout.chunks == how.get("chunks")
    assert array.notes() == ()
    assert np.array_equal(read_all(array), volume)


@pytest.mark.parametrize("how", [{}, {"chunks": (7,), "compression": "gzip", "shuffle": True}])
@pytest.mark.parametrize(
    "dtype", ["?", "u1", "i1", "<u2", ">u2", "<i4", ">i8", "u8", "f2", ">f4", "<f8"]
)
def test_each_element_type_comes_back(
    dtype: str, how: dict[str, Any], tmp_path: Path, read_all: Any
) -> None:
    data = np.random.default_rng(1).integers(0, 2, 40).astype(dtype)

    array = labels(written(tmp_path / "a.h5", data, how))

    assert array.dtype == np.dtype(dtype)
    assert np.array_equal(read_all(array), data)


def test_one_number_and_a_dataset_inside_its_header_are_read(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["one"] = 3.5
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((2, 3))
        compact = h5py.h5d.create(file.id, b"few", h5py.h5t.STD_I32BE, space, properties)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(6, dtype=">i4").reshape(2, 3))

    assert labels(tmp_path / "a.h5", "one").read(()) == 3.5
    assert read_all(labels(tmp_path / "a.h5", "few")).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_an_enumeration_is_read_as_its_numbers(tmp_path: Path, read_all: Any) -> None:
    kind = h5py.enum_dtype({"nothing": 0, "cell": 7}, "i2")
    data = np.array([0, 7, 7], "i2").astype(kind)
    path = written(tmp_path / "a.h5", data, {"chunks": (2,), "fillvalue": 7})

    assert read_all(labels(path)).tolist() == [0, 7, 7]


def test_blocks_may_be_asked_for_by_threads_and_again(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = written(tmp_path / "a.h5", volume, {"chunks": (2, 5, 4), "compression": "gzip"})
    array = open_dataset(path, "a.h5", "group/labels")

    with ThreadPoolExecutor(2) as pool:
        volumes = list(pool.map(read_all, [array] * 4))

    assert all(np.array_equal(one, volume) for one in volumes)


def test_absent_chunks_are_noted_and_count_as_the_fill_value(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        part = file.create_dataset("a", shape=(4, 4), chunks=(2, 2), dtype="i4", fillvalue=-3)
        part[:2, :2] = 1

    array = labels(tmp_path / "a.h5", "a")

    (note,) = array.notes()
    assert note == (
        "3 of the 4 chunks of a.h5/group/labels are not in the file and count as the fill value -3."
    )
    assert read_all(array).tolist() == [[1, 1, -3, -3], [1, 1, -3, -3], [-3] * 4, [-3] * 4]


@pytest.mark.parametrize("chunks", [None, (2, 2)])
def test_a_dataset_that_was_never_written_is_refused(chunks: Any, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", userblock_size=512) as file:
        file.create_dataset("a", shape=(4, 4), chunks=chunks, dtype="i4")

    with pytest.raises(ArrayInvalid, match="write") as caught:
        labels(tmp_path / "a.h5", "a").notes()

    assert caught.value.code is Code.CHUNK_MISSING


FRAMES: dict[str, tuple[dict[str, Any], Frame]] = {
    "nothing": ({}, Frame()),
    "voxel_size": ({"voxel_size": [8, 4, 4]}, Frame(voxel_size=(8.0, 4.0, 4.0))),
    "CREMI": (
        {"resolution": (40.0, 4.0, 4.0), "offset": np.array([120, 0, 0], "i8")},
        Frame(voxel_size=(40.0, 4.0, 4.0), origin=(120.0, 0.0, 0.0)),
    ),
    "the name that says more counts": (
        {"voxel_size": [8, 4, 4], "resolution": [1, 1, 1], "translation": [4, 2, 2], "offset": 0},
        Frame(voxel_size=(8.0, 4.0, 4.0), origin=(4.0, 2.0, 2.0)),
    ),
    "one number for the file": ({"resolution": 300, "offset": 7}, Frame()),
    "names of axes": ({"DIMENSION_LABELS": ["z", "y", "x"]}, Frame()),
}


@pytest.mark.parametrize(("attributes", "frame"), FRAMES.values(), ids=FRAMES.keys())
def test_attributes_say_where_the_array_lies(
    attributes: dict[str, Any], frame: Frame, tmp_path: Path, volume: NDArray[Any]
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("a", data=volume)
        for name, value in attributes.items():
            dataset.attrs[name] = value

    assert labels(tmp_path / "a.h5", "a").layout.frame == frame


@pytest.mark.parametrize(
    ("attribute", "value", "shown"),
    [
        ("voxel_size", "8 nm", "no list of numbers"),
        ("voxel_size", 8, "8.0"),
        ("voxel_size", [8.0, 4.0], "[8.0, 4.0]"),
        ("resolution", [8.0, 0.0, 4.0], "[8.0, 0.0, 4.0]"),
        ("voxel_size", [8.0, np.nan, 4.0], "[8.0, nan, 4.0]"),
        ("voxel_size", h5py.Empty("f4"), "no list of numbers"),
        ("voxel_size", [1] * 1000, "no list of numbers"),
        ("translation", [0.0, np.inf, 0.0], "[0.0, inf, 0.0]"),
    ],
)
def test_attributes_that_are_wrong_matter_to_those_who_need_them(
    attribute: str, value: Any, shown: str, tmp_path: Path, volume: NDArray[Any]
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", data=volume).attrs[attribute] = value

    frame = labels(tmp_path / "a.h5", "a").layout.frame

    assert frame.voxel_size is frame.origin is None
    assert frame.fault.startswith(
        f"The attribute {attribute} of a.h5/group/labels is {shown}; expected 3 "
    )


def test_soft_links_are_followed_inside_the_file(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(written(tmp_path / "a.h5", [1, 2]), "a") as file:
        file["here"] = h5py.SoftLink("group/labels")
        file["group/up"] = h5py.SoftLink("/here")
        file["folder"] = h5py.SoftLink("/./group")

    assert read_all(labels(tmp_path / "a.h5", "group/up")).tolist() == [1, 2]
    assert read_all(labels(tmp_path / "a.h5", "folder/labels")).tolist() == [1, 2]


def test_the_only_dataset_needs_no_name(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["a"] = [1, 2]
        file["group/b"] = [3]

    assert read_all(labels(tmp_path / "a.h5", "")).tolist() == [1, 2]


@pytest.mark.parametrize("count", [0, 2])
def test_which_dataset_counts_must_be_clear(count: int, tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in range(count):
            file[f"a{number}"] = [1]

    with pytest.raises(ArrayInvalid, match=f"holds {count} datasets"):
        labels(tmp_path / "a.h5", "")


def test_what_a_file_holds_is_known_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "a.h5", [1])
    (tmp_path / "b.h5").write_bytes(b"no HDF5")

    assert holds(path, "group/labels")
    assert not holds(path, "group/label")
    assert not holds(path, "group/labels/more")
    assert member_names(path) == {"group"}
    assert holds(tmp_path / "b.h5", "told when it is opened")
    assert member_names(tmp_path / "b.h5") == frozenset()


@pytest.mark.parametrize(
    ("data", "checksum"), [(b"", 0), (b"abcde", 0xF04FC729), (b"abcdef", 0x56502D2A)]
)
def test_checksums_have_known_values(data: bytes, checksum: int) -> None:
    swapped = bytes(data[n ^ 1] if n ^ 1 < len(data) else 0 for n in range(len(data) + 1 & ~1))

    # The published values take words with the lower byte first.
    assert fletcher32(swapped) == checksum
