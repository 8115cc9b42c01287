import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.npy import NpyArray
from evaluator.codes import Code


def npy(header: bytes, data: bytes = b"", version: int = 1) -> bytes:
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(header)) + header + data


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["?", "u1", "i2", "<u4", ">u4", "i8", "f2", ">f4", "f8"])
def test_an_array_comes_back_as_saved(
    dtype: str, order: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    saved = np.asarray(volume % 2 if dtype == "?" else volume, dtype=dtype, order=order)
    np.save(tmp_path / "a.npy", saved)

    array = NpyArray(tmp_path / "a.npy", "a.npy")

    assert array.shape == volume.shape
    assert array.dtype == np.dtype(dtype)
    assert np.array_equal(read_all(array), saved)


def test_an_array_without_elements_has_a_shape(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((0, 3)))

    assert NpyArray(tmp_path / "a.npy", "a.npy").shape == (0, 3)


def test_a_pickle_is_refused_and_never_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    class Payload:
        def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
            return Path.touch, (marker,)

    payload = np.empty(1, object)
    payload[0] = Payload()
    np.save(tmp_path / "a.npy", payload, allow_pickle=True)
    (tmp_path / "b.npy").write_bytes(pickle.dumps(Payload()))

    with pytest.raises(ArrayInvalid) as caught:
        NpyArray(tmp_path / "a.npy", "a.npy")
    with pytest.raises(ArrayInvalid):
        NpyArray(tmp_path / "b.npy", "b.npy")

    assert caught.value.code is Code.DTYPE_MISMATCH
    assert not marker.exists()


HEADER = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n"
BAD: dict[str, bytes] = {
    "empty": b"",
    "magic only": b"\x93NUMPY",
    "text": b"1,2,3\n",
    "version 3": npy(HEADER, bytes(16), version=3),
    "header cut off": npy(HEADER)[:30],
    "header of 60 000 bytes": npy(b" " * 60_000),
    "not a literal": npy(b"__import__('os').system('true')"),
    "deep nesting": npy(b"(" * 4000),
    "many signs": npy(b"-" * 4000 + b"1"),
    "not a dict": npy(b"[1, 2]"),
    "a key too many": npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), 'x': 1}"),
    "negative length": npy(HEADER.replace(b"(2,)", b"(-2,)")),
    "length is true": npy(HEADER.replace(b"(2,)", b"(True,)"), bytes(8)),
    "length is a float": npy(HEADER.replace(b"(2,)", b"(2.0,)"), bytes(16)),
    "8 TiB": npy(HEADER.replace(b"(2,)", b"(1099511627776,)"), bytes(16)),
    "length over 64 bits": npy(HEADER.replace(b"(2,)", b"(%d,)" % 2**70), bytes(16)),
    "nothing of 2^80": npy(HEADER.replace(b"(2,)", b"(0, %d, %d)" % (2**40, 2**40))),
    "shape is a list": npy(HEADER.replace(b"(2,)", b"[2]"), bytes(16)),
    "17 axes": npy(HEADER.replace(b"(2,)", b"(1,) * 17"), bytes(8)),
    "cut off": npy(HEADER, bytes(15)),
    "one byte too many": npy(HEADER, bytes(17)),
    "complex": npy(HEADER.replace(b"<f8", b"<c8"), bytes(16)),
    "text elements": npy(HEADER.replace(b"<f8", b"<U2"), bytes(16)),
    "dates": npy(HEADER.replace(b"<f8", b"<M8[s]"), bytes(16)),
    "long double": npy(HEADER.replace(b"<f8", b"<f16"), bytes(32)),
    "records": npy(HEADER.replace(b"'<f8'", b"[('a', '<f8')]"), bytes(16)),
    "huge item": npy(HEADER.replace(b"<f8", b"|V2147483647"), bytes(16)),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_with_a_sentence_that_names_it(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"^case-01\.npy .*\.$") as caught:
        NpyArray(tmp_path / "x", "case-01.npy")

    assert caught.value.code in {Code.FORMAT_INVALID, Code.DTYPE_MISMATCH}
