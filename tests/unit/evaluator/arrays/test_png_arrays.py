"""PNG images and stacks, as Pillow writes them and as nobody should."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.png.store import PngArray
from evaluator.codes import Code

MIB = 1024**2
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(columns: int = 3, rows: int = 2, depth: int = 8, colour: int = 0, *rest: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, depth, colour, *rest or (0, 0, 0)))


def pixels(*rows: bytes) -> bytes:
    """Return rows that are stored as they are: filter 0 before each."""
    return chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))


GREY = pixels(b"\1\2\3", b"\4\5\6")
END = chunk(b"IEND")


def png(*chunks: bytes) -> bytes:
    return SIGNATURE + b"".join(chunks)


def random(*shape: int, dtype: str = "u1", most: int = 255) -> NDArray[Any]:
    return np.random.default_rng(1).integers(0, most + 1, shape).astype(dtype)


@pytest.fixture(autouse=True)
def loaded(tmp_path: Path, read_all: Any) -> None:
    """Read an image, so that what is loaded once is not taken for the memory of another."""
    (tmp_path / "first").write_bytes(png(header(), GREY, END))
    read_all(PngArray(tmp_path / "first", "a"))


IMAGES: dict[str, tuple[NDArray[Any], str]] = {
    "grey": (random(37, 41), "L"),
    "grey, 16 bits": (random(37, 41, dtype="u2", most=65535), "I;16"),
    "black and white": (random(37, 41, most=1).astype(bool), "1"),
    "colours": (random(37, 41, 3), "RGB"),
    "colours and alpha": (random(37, 41, 4), "RGBA"),
    "grey and alpha": (random(37, 41, 2), "LA"),
}


@pytest.mark.parametrize(("data", "mode"), IMAGES.values(), ids=IMAGES.keys())
def test_an_image_comes_back_as_pillow_wrote_it(
    data: NDArray[Any], mode: str, tmp_path: Path, read_all: Any
) -> None:
    image = Image.fromarray(data)
    assert image.mode == mode
    image.save(tmp_path / "a.png")

    array = PngArray(tmp_path / "a.png", "a.png")

    assert array.shape == data.shape
    assert array.dtype == data.dtype
    assert array.notes() == ()
    assert np.array_equal(read_all(array), data)


@pytest.mark.parametrize("colours", [2, 4, 16, 256])
def test_a_palette_image_gives_the_numbers_of_its_colours(
    colours: int, tmp_path: Path, read_all: Any
) -> None:
    labels = random(20, 30, most=colours - 1)
    image = Image.fromarray(labels, "P")
    image.putpalette(random(3 * colours).tolist())
    image.save(tmp_path / "a.png", transparency=0)

    array = PngArray(tmp_path / "a.png", "a.png")

    assert array.dtype == np.uint8
    assert np.array_equal(read_all(array), labels)


SHALLOW: dict[int, tuple[bytes, list[int]]] = {  # three pixels in the upper bits
    1: (b"\xa0", [True, False, True]),
    2: (b"\xd8", [255, 85, 170]),
    4: (b"\xf1\x20", [255, 17, 34]),
}


@pytest.mark.parametrize("depth", SHALLOW)
def test_grey_of_few_bits_is_spread_over_the_range(
    depth: int, tmp_path: Path, read_all: Any
) -> None:
    row, values = SHALLOW[depth]
    (tmp_path / "a.png").write_bytes(png(header(3, 1, depth), pixels(row), END))

    assert read_all(PngArray(tmp_path / "a.png", "a")).tolist() == [values]


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_palette_numbers_of_few_bits_stay_what_they_are(
    depth: int, tmp_path: Path, read_all: Any
) -> None:
    rows = header(3, 1, depth, 3) + chunk(b"PLTE", bytes(6)) + pixels(b"\x90\x00")
    (tmp_path / "a.png").write_bytes(png(rows, END))

    first = {1: [1, 0, 0], 2: [2, 1, 0], 4: [9, 0, 0]}[depth]
    assert read_all(PngArray(tmp_path / "a.png", "a")).tolist() == [first]


def test_interlaced_images_are_read(tmp_path: Path, read_all: Any) -> None:
    # 3 columns and 1 row: the passes hold column 0, then 2, then 1.
    passes = zlib.compress(b"\0\x0a\0\x1e\0\x14")
    data = png(header(3, 1, 8, 0, 0, 0, 1), chunk(b"IDAT", passes), END)
    (tmp_path / "a.png").write_bytes(data)

    assert read_all(PngArray(tmp_path / "a.png", "a")).tolist() == [[10, 20, 30]]


def test_what_is_not_pixels_is_never_looked_at(tmp_path: Path, read_all: Any) -> None:
    bomb = b"a\0\0" + zlib.compress(bytes(64 * MIB))
    extras = chunk(b"zTXt", bomb) + chunk(b"iCCP", bomb) + chunk(b"tRNS", b"\0\1")
    extras += chunk(b"gAMA", b"\0") + chunk(b"tEXt", b"x" * 100_000)
    (tmp_path / "a.png").write_bytes(png(header(), extras, GREY, extras, END))
    array = PngArray(tmp_path / "a.png", "a")
    tracemalloc.start()

    assert read_all(array).tolist() == [[1, 2, 3], [4, 5, 6]]

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < MIB


def stack(folder: Path, slices: dict[str, Any]) -> Path:
    folder.mkdir()
    for name, data in slices.items():
        if isinstance(data, bytes):
            (folder / name).write_bytes(data)
        else:
            Image.fromarray(data).save(folder / name, "png")
    return folder


def test_the_files_of_a_folder_are_slices_in_the_order_of_their_numbers(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    names = ["slice 1.png", "slice 2.PNG", "slice 02b.png", "slice 9.png", "slice 10.png"]
    slices = {name: volume[place] for place, name in enumerate(names)}
    rubbish = {"._slice 1.png": b"", "notes.txt": b"", "slice 3.tif": b""}
    folder = stack(tmp_path / "case-1", dict(reversed(slices.items())) | rubbish)

    array = PngArray(folder, "case-1")

    assert array.shape == (5, *volume.shape[1:])
    assert array.layout.chunks == (1, *volume.shape[1:])
    assert np.array_equal(read_all(array), volume[:5])


def test_a_stack_of_one_slice_has_an_axis_of_slices(tmp_path: Path, read_all: Any) -> None:
    folder = stack(tmp_path / "case-1", {"0.png": random(4, 5, 3)})

    assert np.array_equal(read_all(PngArray(folder, "case-1")), random(4, 5, 3)[None])


def test_slices_may_be_stored_in_different_ways(tmp_path: Path, read_all: Any) -> None:
    interlaced = png(
        header(3, 1, 8, 0, 0, 0, 1), chunk(b"IDAT", zlib.compress(b"\0\1\0\3\0\2")), END
    )
    shallow = png(header(3, 1, 2), pixels(b"\xd8"), END)
    plain = png(header(3, 1), pixels(b"\1\2\3"), END)
    folder = stack(tmp_path / "case-1", {"0.png": plain, "1.png": interlaced, "2.png": shallow})

    read = read_all(PngArray(folder, "case-1"))

    assert read.tolist() == [[[1, 2, 3]], [[1, 2, 3]], [[255, 85, 170]]]


UNLIKE: dict[str, bytes] = {
    "size": png(header(2, 2), pixels(b"\1\2", b"\1\2"), END),
    "colours": png(header(3, 2, 8, 2), pixels(bytes(9), bytes(9)), END),
    "palette": png(header(3, 2, 8, 3), chunk(b"PLTE", bytes(30)), GREY, END),
    "width of elements": png(header(3, 2, 16), pixels(bytes(6), bytes(6)), END),
}


@pytest.mark.parametrize("other", UNLIKE.values(), ids=UNLIKE.keys())
def test_slices_that_differ_are_no_stack(other: bytes, tmp_path: Path) -> None:
    folder = stack(tmp_path / "case-1", {"0.png": png(header(), GREY, END), "1.png": other})

    with pytest.raises(ArrayInvalid, match=r"^case-1/1\.png has another size or kind") as caught:
        PngArray(folder, "case-1")

    assert caught.value.code is Code.FORMAT_INVALID


def test_a_folder_without_slices_is_refused(tmp_path: Path) -> None:
    folder = stack(tmp_path / "case-1", {"0.tif": b""})

    with pytest.raises(ArrayInvalid, match="holds 0 PNG files"):
        PngArray(folder, "case-1")


FORMAT, CORRUPT = Code.FORMAT_INVALID, Code.CHUNK_CORRUPT

BAD: dict[str, tuple[bytes, Code]] = {
    "empty": (b"", FORMAT),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(50), FORMAT),
    "no header": (png(GREY, END), FORMAT),
    "no rows": (png(header(3, 0), GREY, END), FORMAT),
    "2^32 - 1 columns": (png(header(2**32 - 1, 1), GREY, END), FORMAT),
    "100 000 by 100 000": (png(header(10**5, 10**5), GREY, END), Code.CHUNK_TOO_LARGE),
    "depth 3": (png(header(3, 2, 3), GREY, END), FORMAT),
    "palette of 16 bits": (png(header(3, 2, 16, 3), GREY, END), FORMAT),
    "colour type 5": (png(header(3, 2, 8, 5), GREY, END), FORMAT),
    "compression 1": (png(header(3, 2, 8, 0, 1, 0, 0), GREY, END), FORMAT),
    "colours of 16 bits": (png(header(3, 2, 16, 2), GREY, END), Code.DTYPE_MISMATCH),
    "alpha of 16 bits": (png(header(3, 2, 16, 4), GREY, END), Code.DTYPE_MISMATCH),
    "animation": (png(header(), chunk(b"acTL", bytes(8)), GREY, END), FORMAT),
    "no pixels": (png(header(), END), CORRUPT),
    "no end": (png(header(), GREY), CORRUPT),
    "too few rows": (png(header(), pixels(b"\1\2\3"), END), CORRUPT),
    "noise for pixels": (png(header(), chunk(b"IDAT", bytes(range(99))), END), CORRUPT),
    "filter 9": (
        png(header(), chunk(b"IDAT", zlib.compress(b"\x09abc\x09abc")), END),
        CORRUPT,
    ),
    "a wrong checksum": (png(header(), GREY[:-1] + b"\0", END), CORRUPT),
    "a chunk without an end": (png(header(), b"\xff\xff\xff\xffIDAT"), CORRUPT),
    "an unknown chunk that one must know": (png(header(), chunk(b"ABCD"), GREY, END), CORRUPT),
    "a second header, far larger": (png(header(), header(10**5, 10**5), GREY, END), CORRUPT),
    "far more bytes than pixels": (
        png(header(), *[chunk(b"IDAT", bytes(60_000))] * 3, END),
        CORRUPT,
    ),
}


@pytest.mark.parametrize("wrap", [Path, lambda path: path.parent], ids=["file", "folder"])
@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_image_is_refused_in_little_memory(
    data: bytes, code: Code, wrap: Callable[[Path], Path], tmp_path: Path, read_all: Any
) -> None:
    (tmp_path / "0.png").write_bytes(data)
    tracemalloc.start()

    with pytest.raises(ArrayInvalid, match=r"^case-1(/0\.png)? .*\.$") as caught:
        read_all(PngArray(wrap(tmp_path / "0.png"), "case-1"))

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code is code
    assert peak_bytes < MIB


def test_pixels_that_unpack_to_more_than_was_promised_take_no_more_memory(
    tmp_path: Path, read_all: Any
) -> None:
    bomb = zlib.compress(b"\0\1\2\3\0\4\5\6" + bytes(64 * MIB))
    (tmp_path / "a.png").write_bytes(png(header(), chunk(b"IDAT", bomb), END))
    array = PngArray(tmp_path / "a.png", "a")
    tracemalloc.start()

    assert read_all(array).tolist() == [[1, 2, 3], [4, 5, 6]]

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < MIB


@pytest.mark.parametrize(("data", "mode"), IMAGES.values(), ids=IMAGES.keys())
def test_a_file_cut_anywhere_ends_in_our_error(
    data: NDArray[Any], mode: str, tmp_path: Path, read_all: Any
) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("mode", mode)
    Image.fromarray(data).save(tmp_path / "a.png", pnginfo=info)
    whole = (tmp_path / "a.png").read_bytes()

    for length in range(0, len(whole) - 1, 41):
        (tmp_path / "b.png").write_bytes(whole[:length])
        with pytest.raises(ArrayInvalid):
            read_all(PngArray(tmp_path / "b.png", "b.png"))
