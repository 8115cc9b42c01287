"""Arrays in memory become the files that a challenge asks for."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from agon.arrays import write_all
from agon.errors import UsageWrong
from agon.zarr_writing import CHUNK_BYTES, chunk_shape, chunks, write_array
from evaluator.arrays.opening import open_array
from evaluator.plans import Format

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
DTYPES += ["float16", "float32", "float64", ">i4", ">f8"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_zarr_array_is_what_zarr_itself_reads(tmp_path: Path, dtype: str) -> None:
    array = np.random.default_rng(0).integers(0, 100, (7, 11)).astype(dtype)

    write_all({"case-01.zarr/labels": array}, tmp_path)

    assert_array_equal(zarr.open_array(tmp_path / "case-01.zarr" / "labels", mode="r")[:], array)


def test_the_site_s_own_reader_takes_it(tmp_path: Path) -> None:
    array = np.arange(6 * 50 * 70, dtype="uint16").reshape(6, 50, 70)

    write_all({"a.zarr/x/labels": array}, tmp_path)

    opened = open_array(tmp_path / "a.zarr", "a.zarr/x/labels", Format.ZARR, member="x/labels")
    assert_array_equal(opened.read(tuple(slice(0, length) for length in opened.shape)), array)


@settings(max_examples=25, deadline=None)
@given(shape=st.lists(st.integers(0, 40), max_size=4), data=st.data())
def test_any_shape_in_any_chunks(
    shape: list[int], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("zarr")
    seed = data.draw(st.integers(0, 100))
    array = np.random.default_rng(seed).random(tuple(shape)).astype("float32")

    write_array(folder, array)

    assert_array_equal(np.asarray(zarr.open_array(folder, mode="r")[...]), array)


@pytest.mark.parametrize(
    ("shape", "item", "chunk"),
    [
        ((), 8, ()),
        ((0, 5), 1, (1, 5)),
        ((100, 100), 2, (100, 100)),
        ((1024, 1024, 1024), 1, (128, 128, 256)),
        ((10**9,), 4, (976563,)),
    ],
)
def test_chunks_are_of_a_few_mebibytes(
    shape: tuple[int, ...], item: int, chunk: tuple[int, ...]
) -> None:
    found = chunk_shape(shape, item)

    assert sorted(found) == sorted(chunk)
    assert np.prod(found, dtype=float) * item <= CHUNK_BYTES


def test_chunks_cover_an_array_once() -> None:
    seen = np.zeros((5, 7), int)

    for _, region in chunks((5, 7), (2, 3)):
        seen[region] += 1

    assert (seen == 1).all()


def test_an_array_larger_than_the_memory_is_asked_for_block_by_block(tmp_path: Path) -> None:
    class Lazy:
        shape, dtype = (16, 1024, 1024), np.dtype("uint8")
        largest = 0

        def __getitem__(self, region: Any) -> Any:
            block = np.ones([part.stop - part.start for part in region], "uint8")
            self.largest = max(self.largest, block.nbytes)
            return block

    lazy = Lazy()

    write_all({"a.zarr": lazy}, tmp_path)

    assert 0 < lazy.largest <= CHUNK_BYTES
    assert np.asarray(zarr.open_array(tmp_path / "a.zarr", mode="r")[:]).sum() == 16 * 1024**2


def test_npy_and_npz(tmp_path: Path) -> None:
    one, two = np.arange(3), np.eye(2)

    write_all({"deep/a.npy": one, "all.npz/one": one, "all.npz/two": two}, tmp_path)

    assert_array_equal(np.load(tmp_path / "deep/a.npy"), one)
    with np.load(tmp_path / "all.npz") as members:
        assert_array_equal(members["one"], one)
        assert_array_equal(members["two"], two)


def test_a_table_of_columns(tmp_path: Path) -> None:
    write_all({"t.csv": {"id": ["a", "b"], "value": np.array([1.5, 2])}}, tmp_path)

    with (tmp_path / "t.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["id", "value"], ["a", "1.5"], ["b", "2.0"]]


def test_a_data_frame_writes_itself(tmp_path: Path) -> None:
    class Frame:
        def to_csv(self, place: Path, *, sep: str, index: bool) -> None:
            place.write_text(json.dumps([sep, index]))

    write_all({"t.tsv": Frame()}, tmp_path)

    assert json.loads((tmp_path / "t.tsv").read_text()) == ["\t", False]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_all({"model.bin": b"\x00\x01"}, tmp_path)

    assert (tmp_path / "model.bin").read_bytes() == b"\x00\x01"


def test_lists_are_arrays(tmp_path: Path) -> None:
    write_all({"a.npy": [[1, 2], [3, 4]]}, tmp_path)

    assert np.load(tmp_path / "a.npy").shape == (2, 2)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({}, "no arrays"),
        ({"a.zarr/x": np.array(["text"])}, "holds <U4"),
        ({"a.npy": np.array([object()])}, "holds object"),
        ({"a.npy": np.array([1j])}, "holds complex128"),
        ({"a.tif": np.zeros(3)}, "written as .zarr, .npy"),
        ({"../a.npy": np.zeros(3)}, "not the path"),
        ({"/a.npy": np.zeros(3)}, "not the path"),
        ({"t.csv": [1, 2]}, "mapping of columns"),
        ({"t.csv": {"a": [1], "b": [1, 2]}}, "different lengths"),
    ],
)
def test_what_no_site_takes_is_told(
    arrays: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageWrong, match=sentence):
        write_all(arrays, tmp_path)

    assert list(tmp_path.iterdir()) == []
