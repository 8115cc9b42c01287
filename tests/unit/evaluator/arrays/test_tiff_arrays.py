import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.tiff.store import TiffArray
from evaluator.codes import Code

WAYS: dict[str, dict[str, Any]] = {
    "plain": {},
    "deflate": {"compression": "zlib"},
    "deflate, differences": {"compression": "zlib", "predictor": True},
    "strips of 3 rows": {"rowsperstrip": 3},
    "deflated strips of 3 rows": {"rowsperstrip": 3, "compression": "zlib"},
    "tiles": {"tile": (16, 32)},
    "deflated tiles": {"tile": (16, 16), "compression": "zlib"},
    "big endian": {"byteorder": ">"},
    "big endian, differences": {"byteorder": ">", "compression": "zlib", "predictor": True},
    "BigTIFF": {"bigtiff": True},
    "big endian BigTIFF": {"bigtiff": True, "byteorder": ">"},
    "OME": {"ome": True},
    "ImageJ": {"imagej": True, "metadata": {"axes": "ZYX"}},
}


@pytest.mark.parametrize("how", WAYS.values(), ids=WAYS.keys())
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_stack_comes_back_however_it_was_written(
    dtype: str, how: dict[str, Any], tmp_path: Path, read_all: Any
) -> None:
    stack = np.random.default_rng(1).integers(0, 200, (5, 37, 41)).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", stack, **how)

    array = TiffArray(tmp_path / "a.tif", "a.tif")

    assert array.shape == stack.shape
    assert array.dtype.newbyteorder("=") == stack.dtype
    assert np.array_equal(read_all(array), stack)
    assert array.notes() == ()


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint32", "int64", "float16", "f4", "f8"])
def test_each_element_type_comes_back(dtype: str, tmp_path: Path, read_all: Any) -> None:
    image = np.random.default_rng(1).integers(-100, 100, (30, 20)).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", image, compression="zlib")

    array = TiffArray(tmp_path / "a.tif", "a.tif")

    assert array.dtype == image.dtype
    assert np.array_equal(read_all(array), image)


@pytest.mark.parametrize("how", [{}, {"tile": (16, 16)}, {"predictor": True, "compression": 8}])
def test_colours_are_the_last_axis(how: Any, tmp_path: Path, read_all: Any) -> None:
    image = np.random.default_rng(1).integers(0, 255, (30, 20, 3)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", image, photometric="rgb", **how)

    assert np.array_equal(read_all(TiffArray(tmp_path / "a.tif", "a.tif")), image)


def test_one_page_has_no_axis_of_pages(tmp_path: Path, read_all: Any) -> None:
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    tifffile.imwrite(tmp_path / "a.tif", image)

    assert read_all(TiffArray(tmp_path / "a.tif", "a.tif")).tolist() == [[0, 1, 2], [3, 4, 5]]


SHORT, LONG = 3, 4


def tiff(tags: dict[int, tuple[int, int]], data: bytes = b"", following: int = 0) -> bytes:
    """Return a file of one page: tags as {number: (type, value)}, data from byte 8 on."""
    entries = b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, (kind, value) in sorted(tags.items())
    )
    position = 8 + len(data)
    directory = struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)
    return b"II*\0" + struct.pack("<I", position) + data + directory


PAGE = {
    256: (SHORT, 4),
    257: (SHORT, 4),
    258: (SHORT, 8),
    259: (SHORT, 1),
    273: (LONG, 8),
    278: (SHORT, 4),
    279: (LONG, 16),
}
FORMAT, CODEC, CORRUPT = Code.FORMAT_INVALID, Code.CODEC_NOT_ALLOWED, Code.CHUNK_CORRUPT


def page(**changes: tuple[int, int]) -> dict[int, tuple[int, int]]:
    return {**PAGE, **{int(tag[1:]): value for tag, value in changes.items()}}


BAD: dict[str, tuple[bytes, Code]] = {
    "empty": (b"", FORMAT),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(20), FORMAT),
    "version 44": (b"II\x2c\0" + bytes(20), FORMAT),
    "no page": (b"II*\0\0\0\0\0", FORMAT),
    "first page outside": (b"II*\0\xff\xff\xff\xff", FORMAT),
    "page chain in a circle": (tiff(PAGE, bytes(16), following=24), FORMAT),
    "65 535 tags": (b"II*\0\x08\0\0\0" + b"\xff" * 2000, FORMAT),
    "no tags": (tiff({}, bytes(16)), Code.DTYPE_MISMATCH),
    "no width": (tiff(page(t256=(SHORT, 0)), bytes(16)), FORMAT),
    "4 billion rows and columns": (
        tiff(page(t256=(LONG, 2**32 - 1), t257=(LONG, 2**32 - 1)), bytes(16)),
        Code.CHUNK_TOO_LARGE,
    ),
    "one strip of 16 EiB": (
        tiff(
            page(t256=(LONG, 2**32 - 1), t257=(LONG, 2**32 - 1), t278=(LONG, 2**32 - 1)), bytes(16)
        ),
        Code.CHUNK_TOO_LARGE,
    ),
    "no rows in a strip": (tiff(page(t278=(SHORT, 0)), bytes(16)), FORMAT),
    "tile without width": (tiff(page(t322=(SHORT, 0), t323=(SHORT, 16)), bytes(16)), FORMAT),
    "too few strips": (tiff(page(t278=(SHORT, 1)), bytes(16)), FORMAT),
    "strip outside": (tiff(page(t273=(LONG, 10**9)), bytes(16)), Code.CHUNK_MISSING),
    "strip absent": (tiff(page(t273=(LONG, 0)), bytes(16)), Code.CHUNK_MISSING),
    "strip longer than its pixels": (
        tiff(page(t279=(LONG, 200_000)), bytes(300_000)),
        CORRUPT,
    ),
    "one bit": (tiff(page(t258=(SHORT, 1)), bytes(16)), Code.DTYPE_MISMATCH),
    "complex": (tiff(page(t258=(SHORT, 64), t339=(SHORT, 6)), bytes(128)), Code.DTYPE_MISMATCH),
    "JPEG": (tiff(page(t259=(SHORT, 7)), bytes(16)), CODEC),
    "LZW": (tiff(page(t259=(SHORT, 5)), bytes(16)), CODEC),
    "float predictor": (tiff(page(t317=(SHORT, 3)), bytes(16)), CODEC),
    "colours by plane": (tiff(page(t277=(SHORT, 3), t284=(SHORT, 2)), bytes(48)), FORMAT),
}

BAD_STRIPS: dict[str, bytes] = {
    "noise": bytes(range(16)),
    "cut off": zlib.compress(bytes(range(16)))[:6],
    "too little": zlib.compress(bytes(15)),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_refused_before_it_is_decoded(
    data: bytes, code: Code, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"case-01\.tif .*\.$") as caught:
        TiffArray(tmp_path / "a", "case-01.tif")

    assert caught.value.code is code


@pytest.mark.parametrize("strip", BAD_STRIPS.values(), ids=BAD_STRIPS.keys())
def test_a_damaged_strip_is_refused_by_page(strip: bytes, tmp_path: Path, read_all: Any) -> None:
    data = tiff(page(t259=(SHORT, 8), t279=(LONG, len(strip))), strip)
    (tmp_path / "a.tif").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"Strip or tile 0 of page 0 of a\.tif") as caught:
        read_all(TiffArray(tmp_path / "a.tif", "a.tif"))

    assert caught.value.code is CORRUPT


def test_a_bomb_in_a_strip_unpacks_to_its_pixels_only(tmp_path: Path, read_all: Any) -> None:
    strip = zlib.compress(bytes(10 * 1024**2))
    data = tiff(page(t259=(SHORT, 8), t279=(LONG, len(strip))), strip)
    (tmp_path / "a.tif").write_bytes(data)

    assert read_all(TiffArray(tmp_path / "a.tif", "a.tif")).shape == (4, 4)


def test_pages_of_two_sizes_are_no_stack(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "a.tif") as writer:
        writer.write(np.zeros((4, 4), np.uint8))
        writer.write(np.zeros((4, 5), np.uint8))

    with pytest.raises(ArrayInvalid, match="pages of different sizes"):
        TiffArray(tmp_path / "a.tif", "a.tif")


def test_a_file_cut_anywhere_ends_in_our_error(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    tifffile.imwrite(tmp_path / "a.tif", volume, compression="zlib")
    data = (tmp_path / "a.tif").read_bytes()

    for length in range(0, len(data) - 1, 13):
        (tmp_path / "b.tif").write_bytes(data[:length])
        with pytest.raises(ArrayInvalid):
            read_all(TiffArray(tmp_path / "b.tif", "b.tif"))
