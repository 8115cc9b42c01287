"""NIfTI files, as nibabel writes them and as nobody should."""

import gzip
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.base import regions
from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.layout import Frame
from evaluator.arrays.nifti.store import NiftiArray
from evaluator.codes import Code

nib: Any = nibabel  # half of it has no types
MIB = 1024**2
IMAGES = {"1": nib.Nifti1Image, "2": nib.Nifti2Image}
HEADERS = {"1": nib.Nifti1Header, "2": nib.Nifti2Header}
STRAIGHT = np.array([[0.5, 0, 0, 10], [0, 0.75, 0, -20], [0, 0, 2, 30.5], [0, 0, 0, 1]])


def saved(path: Path, data: Any, version: str = "1", affine: Any = STRAIGHT, **header: Any) -> Path:
    """Write `data`, whose axes are (t,) z, y, x, as nibabel writes its reverse."""
    image = IMAGES[version](np.asarray(data).T, affine)
    for field, value in header.items():
        image.header[field] = value
    nib.save(image, path)
    return path


def test_axes_are_those_of_the_file_reversed(tmp_path: Path, read_all: Any) -> None:
    volume = np.arange(24, dtype="i2").reshape(2, 3, 4)
    path = saved(tmp_path / "a.nii", volume)

    array = NiftiArray(path, "a.nii")

    assert nib.load(path).shape == (4, 3, 2)
    assert array.shape == (2, 3, 4)
    assert read_all(array).tolist() == volume.tolist()


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_each_element_type_comes_back_as_nibabel_reads_it(
    dtype: str, version: str, order: str, suffix: str, tmp_path: Path, read_all: Any
) -> None:
    data = np.random.default_rng(1).integers(0, 100, (3, 5, 6)).astype(order + dtype)
    header = HEADERS[version](endianness=order)
    header.set_data_dtype(data.dtype)
    nib.save(IMAGES[version](data.T, None, header), tmp_path / f"a{suffix}")

    array = NiftiArray(tmp_path / f"a{suffix}", "a.nii")

    assert array.dtype == data.dtype
    assert array.layout.in_order == (suffix == ".nii.gz")
    assert array.notes() == ()
    assert np.array_equal(read_all(array), data)
    reference = np.asanyarray(nib.load(tmp_path / f"a{suffix}").dataobj)
    assert np.array_equal(read_all(array), reference.T)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
@pytest.mark.parametrize("dtype", ["u1", "i2", "f4"])
def test_scaled_images_are_numbers_of_64_bits(
    dtype: str, suffix: str, tmp_path: Path, read_all: Any
) -> None:
    data = np.random.default_rng(1).integers(0, 100, (3, 5, 6)).astype(dtype)
    image = nib.Nifti1Image(data.T, None)
    image.header.set_slope_inter(0.5, -3)
    nib.save(image, tmp_path / f"a{suffix}")

    array = NiftiArray(tmp_path / f"a{suffix}", "a.nii")

    assert array.dtype == np.float64
    reference = nib.load(tmp_path / f"a{suffix}").get_fdata()
    assert np.array_equal(read_all(array), reference.T)


SLOPES = {"none": (0.0, 5.0), "not a number": (np.nan, np.nan), "one and nothing": (1.0, 0.0)}


@pytest.mark.parametrize(("slope", "intercept"), SLOPES.values(), ids=SLOPES.keys())
def test_a_slope_that_changes_nothing_leaves_labels_whole(
    slope: float, intercept: float, tmp_path: Path, read_all: Any
) -> None:
    path = saved(tmp_path / "a.nii", np.arange(6, dtype="u2").reshape(1, 2, 3))
    data = bytearray(path.read_bytes())
    struct.pack_into("<ff", data, 112, slope, intercept)
    path.write_bytes(data)

    array = NiftiArray(path, "a.nii")

    assert array.dtype == np.uint16
    assert read_all(array).tolist() == [[[0, 1, 2], [3, 4, 5]]]


@pytest.mark.parametrize(
    ("stored", "shape"),
    [
        ((4,), (4,)),
        ((4, 3), (3, 4)),
        ((4, 3, 1), (1, 3, 4)),
        ((4, 3, 2, 1), (2, 3, 4)),
        ((4, 3, 2, 1, 1), (2, 3, 4)),
        ((4, 3, 2, 5), (5, 2, 3, 4)),
        ((4, 3, 2, 1, 3), (3, 1, 2, 3, 4)),
    ],
)
def test_axes_of_one_element_behind_space_are_left_out(
    stored: tuple[int, ...], shape: tuple[int, ...], tmp_path: Path, read_all: Any
) -> None:
    data = np.arange(np.prod(stored), dtype="i4").reshape(stored, order="F")
    header = nib.Nifti1Header()
    header.set_data_dtype("i4")
    header.set_data_shape(stored)
    header["vox_offset"] = 352
    (tmp_path / "a.nii").write_bytes(header.binaryblock + bytes(4) + data.tobytes(order="F"))

    array = NiftiArray(tmp_path / "a.nii", "a.nii")

    assert array.shape == shape
    assert read_all(array).ravel().tolist() == list(range(data.size))


def turned(angle: float) -> NDArray[Any]:
    affine = STRAIGHT.copy()
    cosine, sine = np.cos(angle), np.sin(angle)
    affine[:3, :3] = np.diag([2.0, 2, 2]) @ [[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]
    return affine


ORIGINS: dict[str, tuple[NDArray[Any], Any]] = {
    "straight": (STRAIGHT, (30.5, -20.0, 10.0)),
    "turned a little": (turned(0.1), None),
    "turned by a quarter": (turned(np.pi / 2), None),
    "mirrored": (STRAIGHT * [[-1], [1], [1], [1]], None),
    "axes swapped": (STRAIGHT[[1, 0, 2, 3]], None),
}


@pytest.mark.parametrize("form", ["sform", "qform"])
@pytest.mark.parametrize(("affine", "origin"), ORIGINS.values(), ids=ORIGINS.keys())
def test_the_origin_is_known_where_the_axes_are_those_of_space(
    affine: NDArray[Any], origin: Any, form: str, tmp_path: Path, volume: NDArray[Any]
) -> None:
    image = nib.Nifti1Image(volume.T, affine)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, 1 if form == "sform" else 0)
    image.set_qform(affine, 1 if form == "qform" else 0)
    nib.save(image, tmp_path / "a.nii")

    frame = NiftiArray(tmp_path / "a.nii", "a.nii").layout.frame

    assert frame.axes == ("z", "y", "x")
    assert frame.units == ("millimeter",) * 3
    assert frame.voxel_size == pytest.approx(image.header.get_zooms()[::-1], abs=1e-6)
    assert frame.origin == origin


def test_an_image_without_any_form_has_no_origin(tmp_path: Path, volume: NDArray[Any]) -> None:
    header = nib.Nifti1Header()
    header["pixdim"] = [1, 0.5, 0.5, 3, 0, 0, 0, 0]
    nib.save(nib.Nifti1Image(volume.T, None, header), tmp_path / "a.nii")

    frame = NiftiArray(tmp_path / "a.nii", "a.nii").layout.frame

    assert frame == Frame(("z", "y", "x"), (3.0, 0.5, 0.5), None, (None, None, None))


def test_time_comes_first_and_has_its_own_unit(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii", np.zeros((2, 3, 4, 5), "u1"), toffset=7)
    image = nib.load(path)
    image.header.set_xyzt_units("micron", "msec")
    image.header["pixdim"][4] = 0
    nib.save(image, path)

    frame = NiftiArray(path, "a.nii").layout.frame

    assert frame.axes == ("t", "z", "y", "x")
    assert frame.voxel_size == (1.0, 2.0, 0.75, 0.5)
    assert frame.origin == (7.0, 30.5, -20.0, 10.0)
    assert frame.units == ("millisecond", "micrometer", "micrometer", "micrometer")


@pytest.mark.parametrize("pixdim", [0, np.nan])
def test_sizes_that_are_none_are_not_told(
    pixdim: float, tmp_path: Path, volume: NDArray[Any]
) -> None:
    path = saved(tmp_path / "a.nii", volume)
    patched(path, "<f", 84, pixdim)

    frame = NiftiArray(path, "a.nii").layout.frame

    assert frame.voxel_size is None
    assert frame.origin is None


def patched(path: Path, form: str, offset: int, *values: float) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, offset, *values)
    path.write_bytes(data)


FORMAT, DTYPE = Code.FORMAT_INVALID, Code.DTYPE_MISMATCH

BAD: dict[str, tuple[str, int, tuple[float, ...], Code]] = {
    "no axes": ("<h", 40, (0,), FORMAT),
    "8 axes": ("<h", 40, (8,), FORMAT),
    "axes in another byte order": (">h", 40, (3,), FORMAT),
    "no voxel": ("<h", 42, (0,), FORMAT),
    "a negative length": ("<h", 42, (-4,), FORMAT),
    "more voxels than are there": ("<h", 42, (12,), FORMAT),
    "fewer voxels than are there": ("<h", 42, (2,), FORMAT),
    "2^60 voxels": ("<5h", 40, (4, *[2**15 - 1] * 4), FORMAT),
    "bits": ("<hh", 70, (1, 1), DTYPE),
    "complex": ("<hh", 70, (32, 64), DTYPE),
    "RGB": ("<hh", 70, (128, 24), DTYPE),
    "float128": ("<hh", 70, (1536, 128), DTYPE),
    "type 77": ("<hh", 70, (77, 16), DTYPE),
    "another width than that of the type": ("<hh", 70, (4, 32), FORMAT),
    "elements inside the header": ("<f", 108, (348,), FORMAT),
    "elements at half a byte": ("<f", 108, (352.5,), FORMAT),
    "elements nowhere": ("<f", 108, (np.nan,), FORMAT),
    "elements far away": ("<f", 108, (1e12,), FORMAT),
    "elements beyond the end": ("<f", 108, (100_000,), FORMAT),
    "endless intercept": ("<ff", 112, (2, np.inf), FORMAT),
    "Analyze": ("<4s", 344, (b"\0\0\0\0",), FORMAT),  # type: ignore[dict-item]  # packed as text
    "pair of files": ("<4s", 344, (b"ni1\0",), FORMAT),  # type: ignore[dict-item]  # the same
    "no NIfTI": ("<i", 0, (349,), FORMAT),
}


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(("form", "offset", "values", "code"), BAD.values(), ids=BAD.keys())
def test_a_header_that_lies_is_refused(
    form: str,
    offset: int,
    values: tuple[float, ...],
    code: Code,
    is_packed: bool,
    tmp_path: Path,
    volume: NDArray[Any],
    read_all: Any,
) -> None:
    path = saved(tmp_path / "a.nii", volume.view("i2"))
    patched(path, form, offset, *values)
    if is_packed:
        path.write_bytes(gzip.compress(path.read_bytes()))

    with pytest.raises(ArrayInvalid, match=r"^case-1\.nii .*\.$") as caught:
        read_all(NiftiArray(path, "case-1.nii"))

    assert caught.value.code is code


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_a_file_cut_anywhere_ends_in_our_error(
    suffix: str, version: str, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    data = saved(tmp_path / f"a{suffix}", volume, version).read_bytes()

    for length in range(0, len(data), 23):
        (tmp_path / "b.nii").write_bytes(data[:length])
        with pytest.raises(ArrayInvalid):
            read_all(NiftiArray(tmp_path / "b.nii", "b.nii"))


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "two files behind each other": lambda data: (
        gzip.compress(data[:500]) + gzip.compress(data[500:])
    ),
    "filled up with zeros": lambda data: gzip.compress(data) + bytes(512),
    "stored": lambda data: gzip.compress(data, 0),
}


@pytest.mark.parametrize("packed", PACKINGS.values(), ids=PACKINGS.keys())
def test_gzip_is_read_as_programs_write_it(
    packed: Callable[[bytes], bytes], tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = saved(tmp_path / "a.nii", volume)
    path.write_bytes(packed(path.read_bytes()))

    assert np.array_equal(read_all(NiftiArray(path, "a.nii.gz")), volume)


def test_a_large_image_of_zeros_is_read_to_its_end(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.nii.gz", np.zeros((3, 1000, 1001), "u1"))

    array = NiftiArray(path, "a.nii.gz")

    assert sum(int(array.read(region).size) for region in regions(array.shape, 10**6)) == 3003000
    assert not array.read(np.s_[2:3, 999:1000, 0:1001]).any()


def test_a_bomb_is_refused_in_little_memory(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    path = saved(tmp_path / "a.nii", volume)
    path.write_bytes(gzip.compress(path.read_bytes() + bytes(64 * MIB)))
    array = NiftiArray(path, "a.nii.gz")
    tracemalloc.start()

    for _ in range(2):
        with pytest.raises(ArrayInvalid, match="unpacks to more than"):
            read_all(array)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 2 * MIB


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"\x1f\x8bnoise" * 100, b"\x5c\1\0\0"])
def test_what_is_no_nifti_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.nii").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"^a\.nii "):
        NiftiArray(tmp_path / "a.nii", "a.nii")


def test_elements_behind_extensions_are_found(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    image = nib.Nifti1Image(volume.T, STRAIGHT)
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"made today" * 50))
    nib.save(image, tmp_path / "a.nii")

    assert np.array_equal(read_all(NiftiArray(tmp_path / "a.nii", "a.nii")), volume)
