"""HDF5 files that ask for too much, or for other files."""

import ctypes
import os
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.hdf5.files import holds, member_names
from evaluator.arrays.hdf5.store import open_dataset
from evaluator.codes import Code
from evaluator.metrics.kernels.lzf import warm

MIB = 1024**2
IN_OPEN = 0x20  # linux/inotify.h
Write = Callable[[h5py.File, Path], object]


@contextmanager
def never_opened(path: Path) -> Iterator[None]:
    """Fail when anybody opens the file at `path` inside the context."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(watch, bytes(path), IN_OPEN) >= 0
    try:
        yield
        with pytest.raises(BlockingIOError):
            os.read(watch, 4096)
    finally:
        os.close(watch)


def test_the_watch_sees_a_file_being_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"), never_opened(tmp_path / "a"):
        (tmp_path / "a").read_bytes()


def external_storage(file: h5py.File, secret: Path) -> None:
    file.create_dataset("a", shape=(4,), dtype="i4", external=[(str(secret), 0, 16)])


def virtual(file: h5py.File, secret: Path) -> None:
    layout = h5py.VirtualLayout(shape=(4,), dtype="i4")
    layout[:] = h5py.VirtualSource(str(secret), "secret", shape=(4,))
    file.create_virtual_dataset("a", layout)


def endless_virtual(file: h5py.File, secret: Path) -> None:
    layout = h5py.VirtualLayout(shape=(4,), dtype="i4", maxshape=(None,))
    source = h5py.VirtualSource(str(secret), "secret", shape=(4,), maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    file.create_virtual_dataset("a", layout)


def counted_virtual(file: h5py.File, secret: Path) -> None:
    """Its sources are named by a pattern, and it is as long as there are files."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    space = h5py.h5s.create_simple((4, 4), (h5py.h5s.UNLIMITED, 4))
    space.select_hyperslab((0, 0), (h5py.h5s.UNLIMITED, 1), (1, 1), (1, 4))
    source = h5py.h5s.create_simple((4,))
    properties.set_virtual(space, str(secret).replace("0", "%b").encode(), b"secret", source)
    whole = h5py.h5s.create_simple((4, 4), (h5py.h5s.UNLIMITED, 4))
    h5py.h5d.create(file.id, b"a", h5py.h5t.STD_I32LE, whole, properties)


def link(file: h5py.File, secret: Path) -> None:
    file["a"] = h5py.ExternalLink(str(secret), "/secret")


def link_to_a_folder(file: h5py.File, secret: Path) -> None:
    file["out"] = h5py.ExternalLink(str(secret), "/")
    file["a"] = h5py.SoftLink("/out/secret")


OUTSIDE: dict[str, Write] = {
    "external storage": external_storage,
    "virtual dataset": virtual,
    "virtual dataset without end": endless_virtual,
    "virtual dataset of counted files": counted_virtual,
    "external link": link,
    "soft link through an external one": link_to_a_folder,
}


@pytest.mark.parametrize("member", ["a", ""])
@pytest.mark.parametrize("write", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_no_other_file_is_ever_opened(write: Write, member: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret0.h5"
    with h5py.File(secret, "w") as file:
        file["secret"] = np.arange(4, dtype="i4")
    with h5py.File(tmp_path / "a.h5", "w", libver="latest") as file:
        write(file, secret)

    with never_opened(secret):
        assert holds(tmp_path / "a.h5", "a")
        assert member_names(tmp_path / "a.h5")
        with pytest.raises(ArrayInvalid, match=r"^a\.h5/a .*\.$") as caught:
            open_dataset(tmp_path / "a.h5", "a.h5/a", member)

    assert caught.value.code is Code.FORMAT_INVALID
    assert "secret" not in str(caught.value)


def test_one_part_of_a_family_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "part%d.h5", "w", driver="family", memb_size=2048) as file:
        file["a"] = np.arange(2000)

    with (
        never_opened(tmp_path / "part1.h5"),
        pytest.raises(ArrayInvalid, match="cannot be read as HDF5"),
    ):
        open_dataset(tmp_path / "part0.h5", "part0.h5/a", "a")


def filtered(number: int, *parameters: int) -> Write:
    """Make a dataset that went through a filter, which need not be there to say so."""

    def write(file: h5py.File, _: Path) -> None:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((4,))
        properties.set_filter(number, h5py.h5z.FLAG_OPTIONAL, parameters)
        space = h5py.h5s.create_simple((4,))
        h5py.h5d.create(file.id, b"a", h5py.h5t.STD_I32LE, space, properties)

    return write


def stored(data: Any) -> Write:
    return lambda file, _: file.create_dataset("a", data=data)


def of_type(kind: Any) -> Write:
    def write(file: h5py.File, _: Path) -> None:
        h5py.h5d.create(file.id, b"a", kind, h5py.h5s.create_simple((4,)))

    return write


def odd_float() -> Any:
    kind = h5py.h5t.IEEE_F32LE.copy()
    kind.set_fields(31, 20, 11, 0, 20)
    return kind


def odd_integer() -> Any:
    kind = h5py.h5t.STD_I32LE.copy()
    kind.set_precision(20)
    return kind


def shaped(shape: tuple[int, ...], **how: Any) -> Write:
    return lambda file, _: file.create_dataset("a", shape=shape, dtype="u1", **how)


FORMAT, DTYPE, CODEC = Code.FORMAT_INVALID, Code.DTYPE_MISMATCH, Code.CODEC_NOT_ALLOWED

BAD: dict[str, tuple[Write, Code]] = {
    "nothing there": (lambda *_: None, FORMAT),
    "group": (lambda file, _: file.create_group("a"), FORMAT),
    "type": (lambda file, _: file.__setitem__("a", np.dtype("i4")), FORMAT),
    "soft link to itself": (lambda file, _: file.__setitem__("a", h5py.SoftLink("/a")), FORMAT),
    "soft link to nowhere": (lambda file, _: file.__setitem__("a", h5py.SoftLink("/b")), FORMAT),
    "no shape": (stored(h5py.Empty("f4")), FORMAT),
    "17 axes": (shaped((1,) * 17), FORMAT),
    "2^60 elements": (shaped((2**60,), chunks=(2**10,)), FORMAT),
    "a million chunks": (shaped((10**6,), chunks=(1,)), FORMAT),
    "chunk of 256 MiB": (shaped((2**28,), chunks=(2**28,)), Code.CHUNK_TOO_LARGE),
    "records": (stored(np.zeros(4, [("a", "i4"), ("b", "f4")])), DTYPE),
    "texts": (stored(["a", "b"]), DTYPE),
    "texts of one length": (stored(np.array([b"a", b"b"])), DTYPE),
    "complex": (stored(np.zeros(4, "c8")), DTYPE),
    "opaque": (stored(np.zeros(4, "V16")), DTYPE),
    "lists": (shaped((4,)), Code.CHUNK_MISSING),
    "128 bits": (stored(np.zeros(4, "g")), DTYPE),
    "odd floats": (of_type(odd_float()), DTYPE),
    "odd integers": (of_type(odd_integer()), DTYPE),
    "bits": (of_type(h5py.h5t.STD_B8LE), DTYPE),
    "arrays": (of_type(h5py.h5t.array_create(h5py.h5t.STD_I8LE, (3,))), DTYPE),
    "references": (of_type(h5py.h5t.STD_REF_OBJ), DTYPE),
    "variable length": (of_type(h5py.h5t.vlen_create(h5py.h5t.STD_I8LE)), DTYPE),
    "scale and offset": (shaped((4,), scaleoffset=3), CODEC),
    "blosc": (filtered(32001), CODEC),
    "zstd": (filtered(32015), CODEC),
    "a filter that nobody knows": (filtered(40000, 1, 2), CODEC),
}


@pytest.mark.parametrize(("write", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_dataset_is_refused_before_it_is_read(
    write: Write, code: Code, tmp_path: Path
) -> None:
    with h5py.File(tmp_path / "a.h5", "w", track_order=True) as file:
        write(file, tmp_path)

    with pytest.raises(ArrayInvalid, match=r"a\.h5/a.*\.$") as caught:
        open_dataset(tmp_path / "a.h5", "a.h5/a", "a").notes()

    assert caught.value.code is code


def replaced(path: Path, old: bytes, new: bytes) -> None:
    """Change the only `old` in a file without checksums."""
    data = path.read_bytes()
    assert data.count(old) == 1
    path.write_bytes(data.replace(old, new))


def test_a_shuffle_of_another_width_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", data=np.arange(4, dtype="<i4"), chunks=(4,), shuffle=True)
    replaced(tmp_path / "a.h5", b"shuffle\0\4\0\0\0", b"shuffle\0\3\0\0\0")

    with pytest.raises(ArrayInvalid, match="another width") as caught:
        open_dataset(tmp_path / "a.h5", "a.h5/a", "a")

    assert caught.value.code is CODEC


def test_filters_on_top_of_each_other_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        properties.set_chunk((4,))
        properties.set_deflate(1)
        properties.set_deflate(1)
        space = h5py.h5s.create_simple((4,))
        h5py.h5d.create(file.id, b"a", h5py.h5t.STD_I32LE, space, properties)

    with pytest.raises(ArrayInvalid, match=r"gzip \+ gzip"):
        open_dataset(tmp_path / "a.h5", "a.h5/a", "a")


LZF_ZEROS = b"\0\0" + b"\xe0\xff\0" * 4000  # each three bytes repeat a byte 264 times
CHUNKS: dict[str, tuple[str | None, bytes]] = {
    "gzip bomb": ("gzip", zlib.compress(bytes(64 * MIB))),
    "lzf bomb": ("lzf", LZF_ZEROS),
    "lzf that points before its start": ("lzf", b"\xe0\xff\x09"),
    "lzf cut off in a length": ("lzf", b"\0a\xe0"),
    "lzf cut off in a text": ("lzf", b"\x1fab"),
    "noise": ("gzip", bytes(range(100))),
    "too short": (None, bytes(399)),
    "too long": (None, bytes(401)),
    "far too long": (None, bytes(MIB)),
}


@pytest.mark.parametrize(("compression", "data"), CHUNKS.values(), ids=CHUNKS.keys())
def test_a_chunk_that_is_not_what_was_promised_is_refused_in_little_memory(
    compression: str | None, data: bytes, tmp_path: Path, read_all: Any
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset(
            "a", shape=(100,), chunks=(100,), dtype="f4", compression=compression
        )
        dataset.id.write_direct_chunk((0,), data)
    array = open_dataset(tmp_path / "a.h5", "a.h5/a", "a")
    warm()  # the compiler takes memory of its own
    tracemalloc.start()

    with pytest.raises(ArrayInvalid, match=r"^Chunk \(0,\) of a\.h5/a .*\.$") as caught:
        read_all(array)

    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code is Code.CHUNK_CORRUPT
    assert peak_bytes < MIB


def test_a_chunk_with_a_wrong_checksum_is_refused(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset("a", shape=(9,), chunks=(9,), dtype="u1", fletcher32=True)
        dataset.id.write_direct_chunk((0,), bytes(9) + b"\1\0\0\0")

    with pytest.raises(ArrayInvalid, match="does not have its checksum"):
        read_all(open_dataset(tmp_path / "a.h5", "a.h5/a", "a"))


def test_a_chunk_that_skipped_a_filter_comes_back(tmp_path: Path, read_all: Any) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        dataset = file.create_dataset(
            "a", shape=(4,), chunks=(4,), dtype="<i4", compression="gzip", shuffle=True
        )
        plain = np.arange(4, dtype="<i4").tobytes()
        dataset.id.write_direct_chunk((0,), zlib.compress(plain), filter_mask=1)

    assert read_all(open_dataset(tmp_path / "a.h5", "a", "a")).tolist() == [0, 1, 2, 3]


def test_absent_chunks_without_a_fill_value_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", shape=(4,), chunks=(2,), dtype="i4")[:2] = 1
    # The message of the fill value: version 2, when it is written, whether it is defined.
    replaced(tmp_path / "a.h5", b"\2\3\2\1\0\0\0\0", b"\2\3\2\0\0\0\0\0")
    array = open_dataset(tmp_path / "a.h5", "a.h5/a", "a")

    for action in (array.notes, lambda: array.read((slice(0, 4),))):
        with pytest.raises(ArrayInvalid, match="no fill value") as caught:
            action()
        assert caught.value.code is Code.CHUNK_MISSING


HOW: dict[str, dict[str, Any]] = {
    "contiguous": {},
    "gzip": {"chunks": (3, 5, 4), "compression": "gzip"},
}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW.keys())
def test_a_file_cut_anywhere_ends_in_our_error(
    how: dict[str, Any], tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("a", data=volume, **how)
    data = (tmp_path / "a.h5").read_bytes()

    for length in range(0, len(data) - 1, 37):
        (tmp_path / "b.h5").write_bytes(data[:length])
        with pytest.raises(ArrayInvalid):
            read_all(open_dataset(tmp_path / "b.h5", "b.h5", "a"))
