"""The corpus of arrays that must be refused, each as a whole upload with the code that it must get.

Every upload answers the one case `case-1`, whose truth is TRUTH. Made when they are needed.
"""

import copy
import gzip
import json
import pickle
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import google_crc32c
import numpy as np
from numcodecs import zstd

from evaluator.codes import Code
from tests.hostile.uploads.zip_writer import Member, write_zip

TRUTH = np.arange(100, dtype=np.uint32).reshape(10, 10)
CHUNK = TRUTH.tobytes()
STORE = "case-1.zarr"
MIB = 1024**2

Files = dict[str, bytes]


@dataclass(frozen=True)
class Upload:
    """Files of one upload; `format` is how the plan expects the case, `code` what it ends with."""

    files: Callable[[], Files]
    code: Code
    format: str = "zarr"


METADATA = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [10, 10],
    "data_type": "uint32",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [10, 10]}},
    "chunk_key_encoding": {"name": "default"},
    "fill_value": 0,
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
}
METADATA_2 = {
    "zarr_format": 2,
    "shape": [10, 10],
    "chunks": [10, 10],
    "dtype": "<u4",
    "compressor": None,
    "fill_value": 0,
    "order": "C",
    "filters": None,
}


def store(chunk: bytes | None = CHUNK, *codecs: str, **changes: object) -> Files:
    document = copy.deepcopy(METADATA) | changes
    document["codecs"] = [*METADATA["codecs"], *({"name": name} for name in codecs)]
    document |= changes
    files = {f"{STORE}/zarr.json": json.dumps(document).encode()}
    return files if chunk is None else files | {f"{STORE}/c/0/0": chunk}


def store_2(**changes: object) -> Files:
    return {
        f"{STORE}/.zarray": json.dumps(METADATA_2 | changes).encode(),
        f"{STORE}/0.0": CHUNK,
    }


def metadata(text: bytes) -> Files:
    return {f"{STORE}/zarr.json": text, f"{STORE}/c/0/0": CHUNK}


def chunks(length: int) -> dict[str, object]:
    return {"name": "regular", "configuration": {"chunk_shape": [length, length]}}


def shards(*entries: tuple[int, int], data: bytes = CHUNK) -> Files:
    """One shard of four chunks of 5 by 5."""
    codec = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [5, 5],
            "codecs": [*METADATA["codecs"], {"name": "zstd"}],
            "index_codecs": [*METADATA["codecs"], {"name": "crc32c"}],
        },
    }
    index = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    checksum = int(google_crc32c.value(index)).to_bytes(4, "little")
    return store(data + index + checksum, codecs=[codec])


def frame(*blocks: tuple[int, bytes, int]) -> bytes:
    """Return a zstd frame without a stated size; a block is (type, bytes, size)."""
    data = b"\x28\xb5\x2f\xfd\x00\x50"
    for number, (kind, content, size) in enumerate(blocks):
        last = number == len(blocks) - 1
        data += struct.pack("<I", size << 3 | kind << 1 | last)[:3] + content
    return data


def npy(header: str, data: bytes = CHUNK) -> Files:
    text = header.encode()
    return {"case-1.npy": b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data}


def npy_header(descr: str = "<u4", shape: str = "(10, 10)") -> str:
    return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"


class Payload:
    """Would leave a file behind if anybody unpickled it."""

    def __reduce__(self):
        return open, ("/tmp/agon-pickle-was-run", "w")


ABSENT = (2**64 - 1, 2**64 - 1)
ZSTD_BOMB = bytes(zstd.compress(bytes(256 * MIB)))
FORMAT, DTYPE, CODEC = Code.FORMAT_INVALID, Code.DTYPE_MISMATCH, Code.CODEC_NOT_ALLOWED
CORRUPT, MISSING, SHAPE = Code.CHUNK_CORRUPT, Code.CHUNK_MISSING, Code.SHAPE_MISMATCH

HOSTILE: Mapping[str, Upload] = {
    # Metadata that ask for too much.
    "4 TiB": Upload(lambda: store(shape=[2**20, 2**20]), SHAPE),
    "2^70 elements": Upload(lambda: store(shape=[2**70, 1]), FORMAT),
    "30 axes": Upload(lambda: store(shape=[1] * 30, chunk_grid=chunks(1)), FORMAT),
    "chunk of 16 GiB": Upload(lambda: store(chunk_grid=chunks(2**16)), Code.CHUNK_TOO_LARGE),
    "chunk of no length": Upload(lambda: store(chunk_grid=chunks(0)), FORMAT),
    "a million chunks": Upload(lambda: store(shape=[1000, 1000], chunk_grid=chunks(1)), SHAPE),
    # Metadata that no parser should see.
    "the same key twice": Upload(
        lambda: metadata(json.dumps(METADATA)[:-1].encode() + b', "shape": [1, 1]}'), FORMAT
    ),
    "100 000 brackets": Upload(lambda: metadata(b"[" * 100_000), FORMAT),
    "metadata of 5 MiB": Upload(
        lambda: metadata(json.dumps(METADATA).encode() + b" " * 5 * MIB), FORMAT
    ),
    "infinite shape": Upload(
        lambda: metadata(json.dumps(METADATA).encode().replace(b"[10, 10]", b"[Infinity, 1]", 1)),
        FORMAT,
    ),
    # Codecs that run code, or whose bugs we do not want.
    "pickle, version 2": Upload(lambda: store_2(filters=[{"id": "pickle"}]), CODEC),
    "pickle behind vlen-utf8": Upload(
        lambda: store_2(filters=[{"id": "vlen-utf8"}, {"id": "pickle"}], dtype="|O"), DTYPE
    ),
    "pickle, version 3": Upload(lambda: store(CHUNK, "numcodecs.pickle"), CODEC),
    "two compressors": Upload(lambda: store(CHUNK, "gzip", "gzip"), CODEC),
    "objects": Upload(lambda: store_2(dtype="|O"), DTYPE),
    "complex": Upload(lambda: store(data_type="complex64"), DTYPE),
    "float": Upload(lambda: store(data_type="float32"), DTYPE),
    # Chunks that unpack to more than they may.
    "zstd bomb": Upload(lambda: store(ZSTD_BOMB, "zstd"), CORRUPT),
    "zstd bomb without a size": Upload(
        lambda: store(frame(*[(1, b"a", 2**17)] * 8192), "zstd"), CORRUPT
    ),
    "zstd frame that states 1 TiB": Upload(
        lambda: store(b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", 2**40) + b"\x01\0\0", "zstd"),
        CORRUPT,
    ),
    "gzip bomb": Upload(lambda: store(gzip.compress(bytes(64 * MIB)), "gzip"), CORRUPT),
    "gzip of gzip": Upload(
        lambda: store(gzip.compress(gzip.compress(bytes(64 * MIB))), "gzip"), CORRUPT
    ),
    "blosc header that states 1 GiB": Upload(
        lambda: store(struct.pack("<BBBBIII", 2, 1, 0x33, 1, 2**30, 2**30, 16), "blosc"), CORRUPT
    ),
    "one chunk of a shard four times, a bomb": Upload(
        lambda: shards(*[(0, len(ZSTD_BOMB))] * 4, data=ZSTD_BOMB), CORRUPT
    ),
    # Chunks that lie, or are not there.
    "uncompressed chunk of 1 MiB": Upload(lambda: store(bytes(MIB)), CORRUPT),
    "chunk cut off": Upload(lambda: store(CHUNK[:-1]), CORRUPT),
    "shard entry beyond the end": Upload(
        lambda: shards((10**6, 4), ABSENT, ABSENT, ABSENT), CORRUPT
    ),
    "shard entry that overflows": Upload(
        lambda: shards((2**64 - 4, 8), ABSENT, ABSENT, ABSENT), CORRUPT
    ),
    "shard index cut off": Upload(lambda: store(b"x", codecs=_sharding()), CORRUPT),
    "no fill value": Upload(lambda: store(None, fill_value=None), MISSING),
    "a group": Upload(lambda: store(CHUNK, node_type="group"), FORMAT),
    "chunks without metadata": Upload(lambda: {f"{STORE}/c/0/0": CHUNK}, FORMAT),
    # npy and npz.
    "npy: pickle": Upload(lambda: npy(npy_header("|O"), pickle.dumps(Payload())), DTYPE, "npy"),
    "npy: nothing but a pickle": Upload(
        lambda: {"case-1.npy": pickle.dumps(Payload())}, FORMAT, "npy"
    ),
    "npy: 8 TiB": Upload(lambda: npy(npy_header(shape=f"({2**41},)")), FORMAT, "npy"),
    "npy: header that is code": Upload(lambda: npy("__import__('os')"), FORMAT, "npy"),
    "npy: deep nesting": Upload(lambda: npy("[" * 4000), FORMAT, "npy"),
    "npy: cut off": Upload(lambda: npy(npy_header(), CHUNK[:-1]), FORMAT, "npy"),
    "npz: member that is a bomb": Upload(
        lambda: {"case-1.npz": write_zip([Member("case-1.npy", bytes(64 * MIB), method=8)])},
        FORMAT,
        "npz",
    ),
    # Tables.
    "csv: a line of 8 MiB": Upload(
        lambda: {"case-1.csv": b"label\n" + b"1" * 8 * MIB}, FORMAT, "csv"
    ),
    "csv: a quote that never ends": Upload(
        lambda: {"case-1.csv": b'label\n"' + b"1\n" * 10**6}, FORMAT, "csv"
    ),
    "csv: not UTF-8": Upload(lambda: {"case-1.csv": b"label\n\xff\n"}, FORMAT, "csv"),
    "csv: NaN in place of labels": Upload(
        lambda: {"case-1.csv": b"label\n" + b"nan\n" * 100}, Code.DTYPE_MISMATCH, "csv"
    ),
    # TIFF.
    "tiff: pages in a circle": Upload(
        lambda: {"case-1.tif": b"II*\0\x08\0\0\0\0\0\x08\0\0\0"}, DTYPE, "tiff"
    ),
    "tiff: first page outside": Upload(
        lambda: {"case-1.tif": b"II*\0\xff\xff\xff\xff"}, FORMAT, "tiff"
    ),
    "tiff: 65 535 tags": Upload(
        lambda: {"case-1.tif": b"II*\0\x08\0\0\0" + b"\xff" * 100}, FORMAT, "tiff"
    ),
}


def _sharding() -> list[object]:
    text = shards(ABSENT, ABSENT, ABSENT, ABSENT)[f"{STORE}/zarr.json"]
    return json.loads(text)["codecs"]
