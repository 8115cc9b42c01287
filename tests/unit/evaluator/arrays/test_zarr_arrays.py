"""Stores as zarr-python writes them come back element by element."""

import json
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, Crc32cCodec, GzipCodec, TransposeCodec, ZstdCodec

from evaluator.arrays.base import regions
from evaluator.arrays.zarr.opening import open_zarr
from evaluator.arrays.zarr.store import ZarrArray

DTYPES = ["bool", "uint8", "int8", "uint16", "int32", "uint64", "int64", "float16", "float32", "f8"]

COMPRESSORS: dict[str, Any] = {
    "none": None,
    "zstd": ZstdCodec(level=3),
    "zstd with checksum": ZstdCodec(level=1, checksum=True),
    "gzip": GzipCodec(level=5),
    "blosc lz4": BloscCodec(cname="lz4", clevel=5),
    "blosc zstd": BloscCodec(cname="zstd", clevel=5, shuffle="bitshuffle"),
    "crc32c": Crc32cCodec(),
    "zstd, crc32c": [ZstdCodec(), Crc32cCodec()],
    "crc32c, gzip": [Crc32cCodec(), GzipCodec()],
    "crc32c, zstd": [Crc32cCodec(), ZstdCodec()],
}
V2_COMPRESSORS: dict[str, Any] = {
    "none": None,
    "zstd": numcodecs.Zstd(level=3),
    "gzip": numcodecs.GZip(),
    "zlib": numcodecs.Zlib(),
    "blosc lz4": numcodecs.Blosc("lz4"),
    "blosc zlib": numcodecs.Blosc("zlib", shuffle=numcodecs.Blosc.NOSHUFFLE),
}


def store(path: Path, data: NDArray[Any], **how: Any) -> ZarrArray:
    array = zarr.create_array(
        str(path), shape=data.shape, dtype=data.dtype, chunks=how.pop("chunks", (3, 5, 4)), **how
    )
    array[...] = data
    return open_zarr(path, path.name)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("version", [2, 3])
def test_each_element_type_comes_back_in_both_versions(
    version: Any, dtype: str, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    data = (volume % 2 if dtype == "bool" else volume).astype(dtype)

    array = store(tmp_path / "a.zarr", data, zarr_format=version)

    assert array.shape == data.shape
    assert array.dtype == data.dtype
    assert np.array_equal(read_all(array), data)
    assert array.notes() == ()


@pytest.mark.parametrize("compressors", COMPRESSORS.values(), ids=COMPRESSORS.keys())
@pytest.mark.parametrize("shards", [None, (6, 10, 8)], ids=["chunks", "shards"])
def test_each_codec_of_version_3_comes_back(
    shards: Any, compressors: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    array = store(tmp_path / "a.zarr", volume, compressors=compressors, shards=shards)

    assert np.array_equal(read_all(array), volume)


@pytest.mark.parametrize("compressor", V2_COMPRESSORS.values(), ids=V2_COMPRESSORS.keys())
@pytest.mark.parametrize("order", ["C", "F"])
def test_each_codec_and_order_of_version_2_comes_back(
    order: Any, compressor: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    array = store(tmp_path / "a.zarr", volume, zarr_format=2, compressors=compressor, order=order)

    assert np.array_equal(read_all(array), volume)


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("separator", [".", "/"])
def test_each_way_to_name_chunks_is_understood(
    separator: Any, version: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    keys = {"name": "default" if version == 3 else "v2", "separator": separator}

    array = store(tmp_path / "a.zarr", volume, zarr_format=version, chunk_key_encoding=keys)

    assert np.array_equal(read_all(array), volume)


@pytest.mark.parametrize("shards", [None, (6, 10, 8)], ids=["chunks", "shards"])
def test_transposed_chunks_come_back_in_the_axes_of_the_array(
    shards: Any, tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    filters = [TransposeCodec(order=(2, 0, 1))]

    array = store(tmp_path / "a.zarr", volume, filters=filters, shards=shards)

    assert np.array_equal(read_all(array), volume)


def test_big_endian_elements_come_back(tmp_path: Path, volume: NDArray[Any], read_all: Any) -> None:
    array = store(tmp_path / "a.zarr", volume.astype(">u4"), zarr_format=2)

    assert array.dtype == np.dtype(">u4")
    assert np.array_equal(read_all(array), volume)


def test_a_shard_index_at_the_start_is_found(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    codec = zarr.codecs.ShardingCodec(chunk_shape=(3, 5, 4), index_location="start")
    stored = zarr.create(
        store=str(tmp_path / "a.zarr"),
        shape=volume.shape,
        dtype=volume.dtype,
        chunks=(6, 10, 8),
        codecs=[codec],
    )
    stored[...] = volume

    array = open_zarr(tmp_path / "a.zarr", "a.zarr")

    assert np.array_equal(read_all(array), volume)


def test_an_array_without_axes_has_one_element(tmp_path: Path) -> None:
    zarr.create_array(str(tmp_path / "a"), shape=(), dtype="i4", chunks=())[...] = 7
    zarr.create_array(str(tmp_path / "b"), shape=(), dtype="i4", chunks=(), zarr_format=2)[...] = 8

    values = [int(open_zarr(tmp_path / name, name).read(()).item()) for name in ("a", "b")]

    assert values == [7, 8]


def test_absent_chunks_count_as_the_fill_value_and_are_told(tmp_path: Path, read_all: Any) -> None:
    data = np.full((6, 10, 8), 3, np.uint8)
    data[:3, :5, :4] = 1

    array = store(tmp_path / "a.zarr", data, fill_value=3, config={"write_empty_chunks": False})

    assert np.array_equal(read_all(array), data)
    assert array.notes() == (
        "7 of the 8 chunks of a.zarr are not in the upload and count as the fill value 3.",
    )


def test_absent_chunks_of_a_shard_count_too(tmp_path: Path, read_all: Any) -> None:
    data = np.full((6, 10, 8), np.nan, np.float32)
    data[:3, :5, :4] = 1

    array = store(
        tmp_path / "a.zarr",
        data,
        shards=(6, 10, 8),
        fill_value=np.nan,
        config={"write_empty_chunks": False},
    )

    assert np.array_equal(read_all(array), data, equal_nan=True)
    assert array.notes()[0].startswith("7 of the 8 chunks of a.zarr are not in the upload")


def test_consolidated_metadata_are_not_believed(
    tmp_path: Path, volume: NDArray[Any], read_all: Any
) -> None:
    group = zarr.open_group(str(tmp_path / "s.zarr"), mode="w", zarr_format=2)
    group.create_array("labels", shape=volume.shape, dtype="u2", chunks=(4, 4, 4))[...] = volume
    consolidated = {
        "zarr_consolidated_format": 1,
        "metadata": {"labels/.zarray": {"zarr_format": 2, "shape": [2**40]}},
    }
    (tmp_path / "s.zarr/.zmetadata").write_text(json.dumps(consolidated))

    array = open_zarr(tmp_path / "s.zarr/labels", "s.zarr/labels")

    assert array.shape == volume.shape
    assert np.array_equal(read_all(array), volume)


def test_attributes_with_a_bare_nan_do_not_matter(tmp_path: Path, volume: NDArray[Any]) -> None:
    store(tmp_path / "a.zarr", volume)
    metadata = json.loads((tmp_path / "a.zarr/zarr.json").read_text())
    metadata["attributes"] = {"scale": float("nan")}
    (tmp_path / "a.zarr/zarr.json").write_text(json.dumps(metadata))

    assert open_zarr(tmp_path / "a.zarr", "a.zarr").shape == volume.shape


@settings(max_examples=30, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    chunks=st.tuples(st.integers(1, 25), st.integers(1, 25)),
    other=st.tuples(st.integers(1, 25), st.integers(1, 25)),
)
def test_blocks_do_not_depend_on_chunking(
    shape: tuple[int, int],
    chunks: tuple[int, int],
    other: tuple[int, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("zarr")
    data = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
    left = store(folder / "left", data, chunks=chunks)
    right = store(folder / "right", data, chunks=other)

    for region in regions(shape, 50):
        assert left.read(region).tobytes() == right.read(region).tobytes()
