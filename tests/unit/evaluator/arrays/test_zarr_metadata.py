"""Metadata that lie, overflow or ask for what we do not read."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.arrays.errors import ArrayInvalid
from evaluator.arrays.zarr.opening import open_zarr
from evaluator.codes import Code

V3: dict[str, Any] = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4, 4],
    "data_type": "uint16",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
    "fill_value": 0,
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
}
V2: dict[str, Any] = {
    "zarr_format": 2,
    "shape": [4, 4],
    "chunks": [2, 2],
    "dtype": "<u2",
    "compressor": {"id": "zlib", "level": 1},
    "fill_value": 0,
    "order": "C",
    "filters": None,
}
SHARDING: dict[str, Any] = {
    "name": "sharding_indexed",
    "configuration": {
        "chunk_shape": [1, 1],
        "codecs": V3["codecs"],
        "index_codecs": [*V3["codecs"], {"name": "crc32c"}],
        "index_location": "end",
    },
}
FORMAT, DTYPE, CODEC, LARGE = (
    Code.FORMAT_INVALID,
    Code.DTYPE_MISMATCH,
    Code.CODEC_NOT_ALLOWED,
    Code.CHUNK_TOO_LARGE,
)

TRUE = True  # one of the things that Python takes for the number 1

Change = Callable[[dict[str, Any]], object]


def put(*path: Any) -> Change:
    """Set the value at the end of `path`, which names the keys on the way to it."""

    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for key in path[:-2]:
            place = place[key]
        place[path[-2]] = path[-1]

    return change


def shard(*path: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        document["codecs"] = [copy.deepcopy(SHARDING)]
        put("codecs", 0, "configuration", *path)(document)

    return change


def drop(key: str) -> Change:
    return lambda document: document.pop(key)


def bytes_then(*names: str) -> Change:
    return put("codecs", [V3["codecs"][0], *({"name": name} for name in names)])


BAD_V3: dict[str, tuple[Change, Code]] = {
    "no shape": (drop("shape"), FORMAT),
    "no codecs": (drop("codecs"), FORMAT),
    "no fill value": (drop("fill_value"), FORMAT),
    "version 4": (put("zarr_format", 4), FORMAT),
    "version is a text": (put("zarr_format", "3"), FORMAT),
    "negative length": (put("shape", [-4, 4]), FORMAT),
    "length 2^70": (put("shape", [2**70, 4]), FORMAT),
    "length is a text": (put("shape", ["4", 4]), FORMAT),
    "length is a float": (put("shape", [4.0, 4]), FORMAT),
    "shape is a number": (put("shape", 16), FORMAT),
    "17 axes": (put("shape", [1] * 17), FORMAT),
    "fewer chunk lengths than axes": (put("shape", [4, 4, 4]), FORMAT),
    "chunk of length 0": (put("chunk_grid", "configuration", "chunk_shape", [0, 2]), FORMAT),
    "chunk of 8 GiB": (put("chunk_grid", "configuration", "chunk_shape", [2**16, 2**16]), LARGE),
    "chunk of 2^96": (put("chunk_grid", "configuration", "chunk_shape", [2**48, 2**48]), LARGE),
    "irregular grid": (put("chunk_grid", {"name": "rectangular", "configuration": {}}), FORMAT),
    "unknown key encoding": (put("chunk_key_encoding", "name", "fanout"), FORMAT),
    "separator ..": (put("chunk_key_encoding", "configuration", "separator", "/../"), FORMAT),
    "complex": (put("data_type", "complex64"), DTYPE),
    "text": (put("data_type", "string"), DTYPE),
    "raw bits": (put("data_type", "r1048576"), DTYPE),
    "pickle of numpy": (put("data_type", "object"), DTYPE),
    "extension type": (put("data_type", {"name": "numpy.datetime64"}), DTYPE),
    "fill value of another type": (put("fill_value", "zero"), FORMAT),
    "fill value too large": (put("fill_value", 70_000), FORMAT),
    "fill value negative": (put("fill_value", -1), FORMAT),
    "fill value is true": (put("fill_value", TRUE), FORMAT),
    "codecs empty": (put("codecs", []), FORMAT),
    "codecs without bytes": (put("codecs", [{"name": "zstd"}]), CODEC),
    "bytes twice": (bytes_then("bytes"), CODEC),
    "no byte order": (put("codecs", [{"name": "bytes"}]), FORMAT),
    "pickle": (bytes_then("numcodecs.pickle"), CODEC),
    "numcodecs filter": (put("codecs", [{"name": "numcodecs.delta"}, *V3["codecs"]]), CODEC),
    "gzip twice": (bytes_then("gzip", "gzip"), CODEC),
    "zstd, blosc": (bytes_then("zstd", "blosc"), CODEC),
    "crc32c twice": (bytes_then("crc32c", "crc32c"), CODEC),
    "11 codecs": (bytes_then(*["crc32c"] * 10), FORMAT),
    "axes repeated": (
        put("codecs", [{"name": "transpose", "configuration": {"order": [0, 0]}}, *V3["codecs"]]),
        FORMAT,
    ),
    "transpose alone": (
        put("codecs", [{"name": "transpose", "configuration": {"order": [1, 0]}}]),
        CODEC,
    ),
    "storage transformer": (put("storage_transformers", [{"name": "x"}]), FORMAT),
    "unknown extension": (put("mystery", {"must_understand": True}), FORMAT),
    "shards in shards": (shard("codecs", [SHARDING]), CODEC),
    "sharding then zstd": (put("codecs", [SHARDING, {"name": "zstd"}]), CODEC),
    "shards not filled": (shard("chunk_shape", [2, 3]), FORMAT),
    "shard chunk of length 0": (shard("chunk_shape", [0, 1]), FORMAT),
    "shard index compressed": (
        shard("index_codecs", [*V3["codecs"], {"name": "gzip"}]),
        CODEC,
    ),
    "shard index big endian": (
        shard("index_codecs", [{"name": "bytes", "configuration": {"endian": "big"}}]),
        CODEC,
    ),
    "shard index in the middle": (shard("index_location", "middle"), FORMAT),
}

BAD_V2: dict[str, tuple[Change, Code]] = {
    "no chunks": (drop("chunks"), FORMAT),
    "no compressor": (drop("compressor"), FORMAT),
    "chunk of length 0": (put("chunks", [0, 2]), FORMAT),
    "one chunk length": (put("chunks", [2]), FORMAT),
    "objects": (put("dtype", "|O"), DTYPE),
    "records": (put("dtype", [["a", "<u2"]]), DTYPE),
    "times": (put("dtype", "<M8[ns]"), DTYPE),
    "item of 2 GiB": (put("dtype", "|S2147483647"), DTYPE),
    "pickle": (put("compressor", {"id": "pickle"}), CODEC),
    "lzma": (put("compressor", {"id": "lzma"}), CODEC),
    "a filter": (put("filters", [{"id": "delta", "dtype": "<u2"}]), CODEC),
    "pickle behind a benign filter": (
        put("filters", [{"id": "vlen-utf8"}, {"id": "pickle"}]),
        CODEC,
    ),
    "order A": (put("order", "A"), FORMAT),
    "separator ..": (put("dimension_separator", "/../"), FORMAT),
    "fill value of another type": (put("fill_value", "AAAA"), FORMAT),
}

TEXTS: dict[str, bytes] = {
    "empty": b"",
    "a list": b"[]",
    "cut off": json.dumps(V3).encode()[:-1],
    "the same key twice": json.dumps(V3).encode().replace(b'{"zarr', b'{"shape": [1], "zarr', 1),
    "100 000 brackets": b'{"attributes": ' + b"[" * 100_000,
    "not UTF-8": json.dumps(V3).encode().replace(b"uint16", b"uint\xff"),
    "5 MiB": json.dumps(V3).encode() + b" " * (5 * 1024**2),
    "5000 digits": json.dumps(V3).encode().replace(b"[4, 4]", b"[" + b"9" * 5000 + b", 4]"),
}


def refusal(folder: Path, file: str, data: bytes) -> ArrayInvalid:
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(data)
    with pytest.raises(ArrayInvalid) as caught:
        open_zarr(folder, "case-01.zarr/labels")
    assert str(caught.value).startswith("case-01.zarr/labels ")
    assert len(str(caught.value)) < 500
    return caught.value


@pytest.mark.parametrize(("change", "code"), BAD_V3.values(), ids=BAD_V3.keys())
def test_version_3_metadata_that_we_cannot_take_are_refused(
    change: Change, code: Code, tmp_path: Path
) -> None:
    document = copy.deepcopy(V3)
    change(document)

    error = refusal(tmp_path, "zarr.json", json.dumps(document).encode())

    assert error.code is code


@pytest.mark.parametrize(("change", "code"), BAD_V2.values(), ids=BAD_V2.keys())
def test_version_2_metadata_that_we_cannot_take_are_refused(
    change: Change, code: Code, tmp_path: Path
) -> None:
    document = copy.deepcopy(V2)
    change(document)

    error = refusal(tmp_path, ".zarray", json.dumps(document).encode())

    assert error.code is code


@pytest.mark.parametrize("data", TEXTS.values(), ids=TEXTS.keys())
def test_metadata_that_are_no_strict_json_are_refused(data: bytes, tmp_path: Path) -> None:
    assert refusal(tmp_path, "zarr.json", data).code is FORMAT


def test_the_unchanged_documents_are_taken(tmp_path: Path) -> None:
    for number, (file, document) in enumerate(
        [
            ("zarr.json", V3),
            (".zarray", V2),
            ("zarr.json", {**V3, "codecs": [SHARDING]}),
            ("zarr.json", {**V3, "mystery": {"must_understand": False}}),
        ]
    ):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / file).write_text(json.dumps(document))

        assert open_zarr(tmp_path / str(number), "a").shape == (4, 4)


def test_a_shape_of_4_tib_costs_nothing_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "zarr.json").write_text(json.dumps({**V3, "shape": [2**41, 1]}))

    array = open_zarr(tmp_path, "a.zarr")

    assert array.shape == (2**41, 1)
    with pytest.raises(ArrayInvalid, match="1099511627776 chunks"):
        array.notes()


def test_a_group_tells_which_arrays_it_holds(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels/zarr.json").write_text(json.dumps(V3))

    error = refusal(tmp_path, "zarr.json", b'{"zarr_format": 3, "node_type": "group"}')

    assert "it holds labels" in str(error)


def test_a_folder_without_metadata_is_no_array(tmp_path: Path) -> None:
    error = refusal(tmp_path, "c", b"")

    assert "neither zarr.json nor .zarray" in str(error)
