"""Chunks that are damaged, missing, or unpack to more than they may."""

import contextlib
import gzip
import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pytest
import zarr
from numcodecs import blosc, zstd

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.zarr.opening import open_zarr
from evaluator.arrays.zarr.store import ZarrArray
from evaluator.codes import Code

CHUNK_BYTES = 400  # 10 by 10 of uint32
WHOLE = (slice(0, 10), slice(0, 10))
PLAIN = bytes(range(200)) * 2
ABSENT = 2**64 - 1


def array(folder: Path, *codecs: str, chunk: bytes | None = None, fill: Any = 0) -> ZarrArray:
    """Write a store of one chunk of 10 by 10 numbers with these bytes."""
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [10, 10],
        "data_type": "uint32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 10]}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": fill,
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            *({"name": name} for name in codecs),
        ],
    }
    (folder / "c/0").mkdir(parents=True)
    (folder / "zarr.json").write_text(json.dumps(document))
    if chunk is not None:
        (folder / "c/0/0").write_bytes(chunk)
    return open_zarr(folder, "a.zarr")


def zstd_frame(*blocks: tuple[int, bytes, int]) -> bytes:
    """Return a frame that does not state its size; a block is (type, bytes, size)."""
    frame = b"\x28\xb5\x2f\xfd\x00\x50"
    for number, (kind, data, size) in enumerate(blocks):
        last = number == len(blocks) - 1
        frame += struct.pack("<I", size << 3 | kind << 1 | last)[:3] + data
    return frame


def crc(data: bytes) -> bytes:
    return data + int(google_crc32c.value(data)).to_bytes(4, "little")


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda data: bytes(zstd.compress(data)),
    "gzip": gzip.compress,
    "blosc": lambda data: bytes(blosc.compress(data, b"zstd", 9)),
    "crc32c": crc,
}


def bomb(codec: str) -> bytes:
    return COMPRESS[codec](bytes(64 * 1024**2))


GOOD: dict[str, tuple[tuple[str, ...], bytes]] = {
    "plain": ((), PLAIN),
    "zstd without a stated size": (
        ("zstd",),
        zstd_frame((0, PLAIN[:150], 150), (0, PLAIN[150:], 250)),
    ),
    "zstd with its checksum": (("zstd",), bytes(zstd.compress(PLAIN, 1, checksum=True))),
    "crc32c": (("crc32c",), crc(PLAIN)),
}

BAD: dict[str, tuple[tuple[str, ...], bytes]] = {
    "plain, empty": ((), b""),
    "plain, too short": ((), PLAIN[:-1]),
    "plain, too long": ((), PLAIN + b"x"),
    "plain, 1 MiB": ((), bytes(1024**2)),
    "zstd, empty": (("zstd",), b""),
    "zstd, noise": (("zstd",), PLAIN),
    "zstd, cut off": (("zstd",), zstd.compress(PLAIN)[:-5]),
    "zstd, too little": (("zstd",), zstd.compress(PLAIN[:-4])),
    "zstd, states 1 TiB": (
        ("zstd",),
        b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 2**40) + b"\x01\x00\x00",
    ),
    "zstd, bomb": (("zstd",), bomb("zstd")),
    "zstd, bomb without a stated size": (("zstd",), zstd_frame(*[(1, b"a", 2**17)] * 8192)),
    "zstd, second frame a bomb": (("zstd",), zstd.compress(PLAIN) + bomb("zstd")),
    "zstd, rubbish behind": (("zstd",), zstd.compress(PLAIN) + b"rubbish"),
    "zstd, bytes flipped": (("zstd",), zstd.compress(PLAIN, 1, checksum=True)[:-1] + b"\0"),
    "gzip, noise": (("gzip",), PLAIN),
    "gzip, cut off": (("gzip",), gzip.compress(PLAIN)[:-5]),
    "gzip, wrong checksum": (("gzip",), gzip.compress(PLAIN)[:-8] + bytes(8)),
    "gzip, bomb": (("gzip",), bomb("gzip")),
    "gzip, of gzip": (("gzip",), gzip.compress(bomb("gzip"))),
    "gzip, two members": (("gzip",), gzip.compress(PLAIN[:200]) + gzip.compress(PLAIN[200:])),
    "zlib for gzip": (("gzip",), zlib.compress(PLAIN)),
    "blosc, empty": (("blosc",), b""),
    "blosc, noise": (("blosc",), PLAIN),
    "blosc, cut off": (("blosc",), blosc.compress(PLAIN, b"lz4", 5)[:-3]),
    "blosc, bomb": (("blosc",), bomb("blosc")),
    "blosc, bomb with the right size in its header": (
        ("blosc",),
        bomb("blosc")[:4] + struct.pack("<I", CHUNK_BYTES) + bomb("blosc")[8:],
    ),
    "blosc, header alone": (("blosc",), struct.pack("<BBBBIII", 2, 1, 0x33, 1, 400, 400, 16)),
    "blosc, elements of no size": (
        ("blosc",),
        blosc.compress(PLAIN, b"lz4", 5)[:3] + b"\0" + blosc.compress(PLAIN, b"lz4", 5)[4:],
    ),
    "blosc, block longer than the chunk": (
        ("blosc",),
        struct.pack("<BBBBIII", 2, 1, 0x33, 1, 400, 2**31 - 1, 32) + bytes(16),
    ),
    "crc32c, wrong": (("crc32c",), PLAIN + bytes(4)),
    "crc32c, shorter than a checksum": (("crc32c",), b"ab"),
    "crc32c, empty": (("crc32c",), b""),
}


@pytest.mark.parametrize(("codecs", "chunk"), GOOD.values(), ids=GOOD.keys())
def test_an_honest_chunk_is_decoded(codecs: tuple[str, ...], chunk: bytes, tmp_path: Path) -> None:
    block = array(tmp_path, *codecs, chunk=chunk).read(WHOLE)

    assert block.tobytes() == PLAIN


@pytest.mark.parametrize(("codecs", "chunk"), BAD.values(), ids=BAD.keys())
def test_a_bad_chunk_is_refused_by_name_without_growing(
    codecs: tuple[str, ...], chunk: bytes, tmp_path: Path
) -> None:
    stored = array(tmp_path, *codecs, chunk=bytes(chunk))

    tracemalloc.start()
    with pytest.raises(ArrayInvalid, match=r"^Chunk 0\.0 of a\.zarr .*\.$") as caught:
        stored.read(WHOLE)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.code is Code.CHUNK_CORRUPT
    assert peak_bytes < 4 * 1024**2


@pytest.mark.parametrize("codec", COMPRESS)
def test_no_flipped_byte_escapes_as_another_error(codec: str, tmp_path: Path) -> None:
    encoded = COMPRESS[codec](PLAIN)
    stored = array(tmp_path, codec, chunk=encoded)
    random = np.random.default_rng(7)

    for _ in range(300):
        chunk = bytearray(encoded)
        chunk[random.integers(len(chunk))] = random.integers(256)
        (tmp_path / "c/0/0").write_bytes(chunk)
        with contextlib.suppress(ArrayInvalid):
            assert stored.read(WHOLE).shape == (10, 10)


def test_a_store_without_any_chunk_holds_the_fill_value_and_says_so(tmp_path: Path) -> None:
    (note,) = array(tmp_path).notes()

    assert note.startswith(
        "1 of the 1 chunks of a.zarr are not in the upload and count as the fill"
    )
    assert note.endswith("all of it, in case that is not what you meant.")


def test_an_absent_chunk_without_a_fill_value_is_missing(tmp_path: Path) -> None:
    stored = array(tmp_path, fill=None)

    with pytest.raises(ArrayInvalid) as caught:
        stored.read(WHOLE)

    assert caught.value.code is Code.CHUNK_MISSING


SHARD_ENTRIES: dict[str, list[tuple[int, int]]] = {
    "beyond the end": [(0, 4), (10**6, 4), (ABSENT, ABSENT), (ABSENT, ABSENT)],
    "size of 1 TiB": [(0, 2**40), (0, 4), (0, 4), (0, 4)],
    "overflow": [(2**64 - 4, 8), (0, 4), (0, 4), (0, 4)],
    "half absent": [(ABSENT, 4), (0, 4), (0, 4), (0, 4)],
    "too short": [(0, 3), (0, 4), (0, 4), (0, 4)],
}


def shard(folder: Path, entries: list[tuple[int, int]]) -> ZarrArray:
    stored = zarr.create_array(
        str(folder), shape=(2, 2), shards=(2, 2), chunks=(1, 1), dtype="u4", compressors=None
    )
    stored[...] = 1
    index = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    (folder / "c/0/0").write_bytes(struct.pack("<I", 1) * 4 + crc(index))
    return open_zarr(folder, "a.zarr")


@pytest.mark.parametrize("entries", SHARD_ENTRIES.values(), ids=SHARD_ENTRIES.keys())
def test_a_shard_index_that_lies_is_refused(entries: list[tuple[int, int]], tmp_path: Path) -> None:
    stored = shard(tmp_path / "a", entries)

    with pytest.raises(ArrayInvalid, match=r"^Chunk \d\.\d of a\.zarr ") as caught:
        stored.read((slice(0, 2), slice(0, 2)))

    assert caught.value.code is Code.CHUNK_CORRUPT


def test_chunks_of_a_shard_may_lie_anywhere_in_it(tmp_path: Path) -> None:
    stored = shard(tmp_path / "a", [(12, 4), (0, 4), (0, 4), (ABSENT, ABSENT)])

    block = stored.read((slice(0, 2), slice(0, 2)))

    assert block.tolist() == [[1, 1], [1, 0]]


@pytest.mark.parametrize("data", [b"", b"short", bytes(68), bytes(200)])
def test_a_shard_without_a_valid_index_is_refused_before_scoring(
    data: bytes, tmp_path: Path
) -> None:
    stored = shard(tmp_path / "a", [(0, 4)] * 4)
    (tmp_path / "a/c/0/0").write_bytes(data)

    with pytest.raises(ArrayInvalid, match=r"^A shard of a\.zarr ") as caught:
        stored.notes()

    assert caught.value.code is Code.CHUNK_CORRUPT
