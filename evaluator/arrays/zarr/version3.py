"""Metadata of Zarr version 3: the file zarr.json."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.errors import invalid
from evaluator.arrays.zarr.metadata import (
    ArrayMetadata,
    ByteCodec,
    Length,
    Pipeline,
    PositiveLength,
    Sharding,
    checked_axes,
    checked_pipeline,
    codec_refused,
    fill_of,
    metadata_fault,
)

FILE = "zarr.json"

_DTYPES = {
    "bool": "|b1",
    **{
        f"{kind}{8 * size}": f"{kind[0]}{size}" for kind in ("int", "uint") for size in (1, 2, 4, 8)
    },
    **{f"float{8 * size}": f"f{size}" for size in (2, 4, 8)},
}
_KNOWN_KEYS = {"attributes", "dimension_names"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Codec(_Part):
    name: str = Field(max_length=200)
    configuration: dict[str, object] = Field(default_factory=dict)


class _ChunkShape(_Part):
    chunk_shape: list[PositiveLength]


class _Grid(_Part):
    name: Literal["regular"]
    configuration: _ChunkShape


class _Separator(_Part):
    separator: Literal[".", "/"] | None = None


class _Keys(_Part):
    name: Literal["default", "v2"]
    configuration: _Separator = _Separator()


class _Document(_Part):
    model_config = ConfigDict(frozen=True, extra="allow")
    zarr_format: Literal[3]
    node_type: Literal["array"]
    shape: list[Length]
    data_type: object
    chunk_grid: _Grid
    chunk_key_encoding: _Keys
    fill_value: object
    codecs: list[_Codec] = Field(min_length=1, max_length=10)
    storage_transformers: list[object] = Field(default_factory=list, max_length=0)


class _Endian(_Part):
    endian: Literal["little", "big"] | None = None


class _Order(_Part):
    order: list[Length]


class _Shards(_ChunkShape):
    codecs: list[_Codec] = Field(min_length=1, max_length=10)
    index_codecs: list[_Codec] = Field(min_length=1, max_length=10)
    index_location: Literal["start", "end"] = "end"


def read_metadata(document: object, name: str) -> ArrayMetadata:
    """Return what `document`, the parsed zarr.json of the array `name`, says.

    Raises: ArrayInvalid.
    """
    try:
        found = _Document.model_validate(document)
        _check_extensions(found, name)
        return _array(found, name)
    except ValidationError as error:
        raise metadata_fault(name, FILE, error) from error


def _check_extensions(found: _Document, name: str) -> None:
    for key, value in (found.model_extra or {}).items():
        ignorable = isinstance(value, dict) and value.get("must_understand") is False
        if key not in _KNOWN_KEYS and not ignorable:
            raise invalid(f"{name} uses the Zarr extension {key[:40]!a}, which is not read here.")


def _array(found: _Document, name: str) -> ArrayMetadata:
    shape, outer = tuple(found.shape), tuple(found.chunk_grid.configuration.chunk_shape)
    checked_axes(shape, outer, name)
    dtype = _dtype(found.data_type, name)
    sharding, chunks, codecs = None, outer, found.codecs
    if codecs[0].name == "sharding_indexed":
        shards = _Shards.model_validate(_only(codecs, name).configuration)
        sharding, chunks, codecs = (
            _sharding(shards, outer, name),
            tuple(shards.chunk_shape),
            shards.codecs,
        )
    is_default = found.chunk_key_encoding.name == "default"
    return ArrayMetadata(
        shape=shape,
        pipeline=checked_pipeline(_pipeline(codecs, dtype, chunks, name), name),
        sharding=sharding,
        fill=fill_of(found.fill_value, dtype, name),
        key_prefix=("c",) if is_default else (),
        separator=found.chunk_key_encoding.configuration.separator or ("/" if is_default else "."),
        lone_key="c" if is_default else "0",
    )


def _dtype(data_type: object, name: str) -> np.dtype[Any]:
    # An object describes an extension type: none of ours.
    text = data_type if isinstance(data_type, str) else "extension"
    return number_dtype(_DTYPES.get(text, text), name)


def _only(codecs: Sequence[_Codec], name: str) -> _Codec:
    if len(codecs) != 1:
        raise codec_refused(name, " + ".join(codec.name for codec in codecs))
    return codecs[0]


def _sharding(shards: _Shards, outer: tuple[int, ...], name: str) -> Sharding:
    inner = tuple(shards.chunk_shape)
    checked_axes(outer, inner, name)
    if any(length % chunk for length, chunk in zip(outer, inner, strict=True)):
        raise invalid(f"{name} has shards of shape {outer} that chunks of {inner} do not fill.")
    names = [codec.name for codec in shards.index_codecs]
    endian = _Endian.model_validate(shards.index_codecs[0].configuration).endian
    if names not in (["bytes"], ["bytes", "crc32c"]) or endian != "little":
        raise codec_refused(name, "a shard index in " + " + ".join(names))
    return Sharding(
        counts=tuple(length // chunk for length, chunk in zip(outer, inner, strict=True)),
        index_first=shards.index_location == "start",
        index_checksum=names[-1] == "crc32c",
    )


def _pipeline(
    codecs: Sequence[_Codec], dtype: np.dtype[Any], chunks: tuple[int, ...], name: str
) -> Pipeline:
    axes = tuple(range(len(chunks)))
    if codecs[0].name == "transpose":
        axes = _axes(codecs[0], len(chunks), name)
        codecs = codecs[1:]
    if not codecs or codecs[0].name != "bytes":
        raise codec_refused(name, " + ".join(codec.name for codec in codecs) or "transpose alone")
    endian = _Endian.model_validate(codecs[0].configuration).endian
    if endian is None and dtype.itemsize > 1:
        raise invalid(f"{name} does not say in which order the bytes of its elements are stored.")
    return Pipeline(
        dtype=dtype.newbyteorder(">" if endian == "big" else "<"),
        shape=chunks,
        axes=axes,
        codecs=tuple(_byte_codec(codec, name) for codec in codecs[1:]),
    )


def _axes(codec: _Codec, count: int, name: str) -> tuple[int, ...]:
    axes = tuple(_Order.model_validate(codec.configuration).order)
    if sorted(axes) != list(range(count)):
        raise invalid(f"{name} is stored with its axes in the order {axes}, which is none.")
    return axes


def _byte_codec(codec: _Codec, name: str) -> ByteCodec:
    allowed = {ByteCodec.ZSTD, ByteCodec.BLOSC, ByteCodec.GZIP, ByteCodec.CRC32C}
    if codec.name not in allowed:
        raise codec_refused(name, codec.name)
    return ByteCodec(codec.name)
