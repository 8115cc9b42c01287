import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.base import regions
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.npz import open_member
from evaluator.codes import Code

SAVERS = {"stored": np.savez, "deflated": np.savez_compressed}


@pytest.mark.parametrize("save", SAVERS.values(), ids=SAVERS.keys())
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["?", "u1", ">i4", "f8"])
def test_each_member_comes_back(
    dtype: str, order: Any, save: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    first = np.asarray(volume % 2 if dtype == "?" else volume, dtype=dtype, order=order)
    save(tmp_path / "all.npz", first=first, second=np.arange(5))

    array = open_member(tmp_path / "all.npz", "all.npz/first", "first")

    assert array.shape == volume.shape
    assert array.dtype == np.dtype(dtype)
    assert np.array_equal(read_all(array), first)


def test_blocks_may_be_asked_for_again(tmp_path: Path, volume: NDArray[Any], read_all: Any) -> None:
    np.savez_compressed(tmp_path / "all.npz", a=volume)
    array = open_member(tmp_path / "all.npz", "all.npz/a", "a")
    last = list(regions(volume.shape, limit=100))[-1]

    array.read(last)

    assert np.array_equal(read_all(array), volume)
    assert np.array_equal(read_all(array), volume)


def test_the_only_member_needs_no_name(tmp_path: Path, read_all: Any) -> None:
    np.savez(tmp_path / "all.npz", np.arange(3))

    assert read_all(open_member(tmp_path / "all.npz", "all.npz", "")).tolist() == [0, 1, 2]


def test_a_member_that_is_not_there_is_told_beside_those_that_are(tmp_path: Path) -> None:
    np.savez(tmp_path / "all.npz", case1=np.arange(3), case2=np.arange(3))

    with pytest.raises(ArrayInvalid, match=r"all\.npz/case-1: .* holds 'case1, case2'"):
        open_member(tmp_path / "all.npz", "all.npz/case-1", "case-1")


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.npz", "w") as archive:
        archive.writestr("a", b"")
        archive.writestr("a.npy", b"")

    with pytest.raises(ArrayInvalid, match="must hold it once"):
        open_member(tmp_path / "all.npz", "all.npz/a", "a")


def test_an_object_array_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "all.npz", a=np.array([{}], object))

    with pytest.raises(ArrayInvalid) as caught:
        open_member(tmp_path / "all.npz", "all.npz/a", "a")

    assert caught.value.code is Code.DTYPE_MISMATCH


def test_a_damaged_stream_ends_in_our_error(tmp_path: Path, volume: Any, read_all: Any) -> None:
    np.savez_compressed(tmp_path / "all.npz", a=volume)
    data = bytearray((tmp_path / "all.npz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "all.npz").write_bytes(data)

    with pytest.raises(ArrayInvalid) as caught:
        read_all(open_member(tmp_path / "all.npz", "all.npz/a", "a"))

    assert caught.value.code is Code.CHUNK_CORRUPT


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00" + bytes(100)])
def test_what_is_no_npz_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "all.npz").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"^all\.npz/a is damaged"):
        open_member(tmp_path / "all.npz", "all.npz/a", "a")


def test_a_member_that_unpacks_to_more_than_its_header_promises_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }"
        archive.writestr("a.npy", b"\x93NUMPY\x01\0\x39\0" + header + bytes(10**6))

    with pytest.raises(ArrayInvalid, match=r"holds 1000000 bytes after its header"):
        open_member(tmp_path / "all.npz", "all.npz/a", "a")


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "region",
    [
        np.s_[0:7, 4:5, 0:11],
        np.s_[2:6, 3:9, 1:2],
        np.s_[6:7, 12:13, 10:11],
        np.s_[3:4, 2:9, 0:11],
        np.s_[1:7, 0:13, 5:11],
    ],
)
def test_any_region_of_a_stream_may_be_asked_for(
    region: Any, order: Any, tmp_path: Path, volume: NDArray[Any]
) -> None:
    np.savez_compressed(tmp_path / "all.npz", a=np.asarray(volume, order=order))
    array = open_member(tmp_path / "all.npz", "all.npz/a", "a")

    assert np.array_equal(array.read(region), volume[region])
    array.release()
    assert np.array_equal(array.read(region), volume[region])
