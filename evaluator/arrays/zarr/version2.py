"""Metadata of Zarr version 2: the file .zarray."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evaluator.arrays.dtypes import number_dtype
from evaluator.arrays.zarr.metadata import (
    ArrayMetadata,
    ByteCodec,
    Length,
    Pipeline,
    PositiveLength,
    checked_axes,
    checked_pipeline,
    codec_refused,
    fill_of,
    metadata_fault,
)

FILE = ".zarray"

_COMPRESSORS = {
    "zstd": ByteCodec.ZSTD,
    "blosc": ByteCodec.BLOSC,
    "gzip": ByteCodec.GZIP,
    "zlib": ByteCodec.ZLIB,
}


class _Compressor(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: str = Field(max_length=100)


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True)
    zarr_format: Literal[2]
    shape: list[Length]
    chunks: list[PositiveLength]
    dtype: object
    compressor: _Compressor | None
    fill_value: object
    order: Literal["C", "F"]
    filters: list[_Compressor] | None = None
    dimension_separator: Literal[".", "/"] = "."


def read_metadata(document: object, name: str) -> ArrayMetadata:
    """Return what `document`, the parsed .zarray of the array `name`, says.

    Raises: ArrayInvalid.
    """
    try:
        found = _Document.model_validate(document)
    except ValidationError as error:
        raise metadata_fault(name, FILE, error) from error
    shape, chunks = tuple(found.shape), tuple(found.chunks)
    checked_axes(shape, chunks, name)
    # A list describes records: no element type of ours.
    dtype = number_dtype(found.dtype if isinstance(found.dtype, str) else "record", name)
    axes = tuple(range(len(shape)))
    pipeline = Pipeline(
        dtype=dtype,
        shape=chunks,
        axes=axes if found.order == "C" else axes[::-1],
        codecs=_codecs(found, name),
    )
    return ArrayMetadata(
        shape=shape,
        pipeline=checked_pipeline(pipeline, name),
        sharding=None,
        fill=fill_of(found.fill_value, dtype, name),
        key_prefix=(),
        separator=found.dimension_separator,
        lone_key="0",
    )


def _codecs(found: _Document, name: str) -> tuple[ByteCodec, ...]:
    if found.filters:
        raise codec_refused(name, found.filters[0].id)
    if found.compressor is None:
        return ()
    codec = _COMPRESSORS.get(found.compressor.id)
    if codec is None:
        raise codec_refused(name, found.compressor.id)
    return (codec,)
