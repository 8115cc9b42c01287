"""Writes Zarr version 3 with nothing but NumPy: chunks of a few MiB, packed with gzip.

Source: Zarr core specification 3.0, with the codecs `bytes` and `gzip`.
"""

import json
import os
import zlib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from agon.parallel import Job, run_all

CHUNK_BYTES = 4 * 1024**2  # before packing: neither many files nor large ones
_LEVEL = 1  # labels pack well at any level

Region = tuple[slice, ...]


def write_groups(store: Path, inner: str) -> None:
    """Write the metadata of a store and of the groups above the array `inner`; none when empty."""
    parts = inner.split("/") if inner else []
    for depth in range(len(parts)):
        _write_metadata(store.joinpath(*parts[:depth]), {"node_type": "group"})


def write_array(folder: Path, array: Any) -> None:  # anything with shape, dtype and slices
    """Write an array of numbers, chunk by chunk: `array[region]` is asked for one at a time."""
    import numpy as np  # noqa: PLC0415 - not installed everywhere

    dtype = np.dtype(array.dtype).newbyteorder("<")
    shape = tuple(int(length) for length in array.shape)
    chunk = chunk_shape(shape, dtype.itemsize)
    _write_metadata(folder, _array_metadata(shape, chunk, dtype.name))

    def job(key: str, region: Region) -> Job:
        def work() -> None:
            block = np.asarray(array[region]).astype(dtype, copy=False)
            whole = block
            if block.shape != chunk:  # at an edge: chunks are stored whole
                whole = np.zeros(chunk, dtype)
                whole[tuple(slice(0, length) for length in block.shape)] = block
            place = folder / key
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_packed(whole.tobytes()))

        return work

    jobs = (job(key, region) for key, region in chunks(shape, chunk))
    run_all(jobs, min(4, os.cpu_count() or 1))


def chunk_shape(shape: tuple[int, ...], item_bytes: int) -> tuple[int, ...]:
    """Return a chunk's shape: the array's, its longest axis halved until it is small enough."""
    chunk = [max(1, length) for length in shape]
    size = item_bytes
    for length in chunk:
        size *= length
    while size > CHUNK_BYTES:
        longest = chunk.index(max(chunk))
        size = size // chunk[longest] * -(-chunk[longest] // 2)
        chunk[longest] = -(-chunk[longest] // 2)
    return tuple(chunk)


def chunks(shape: tuple[int, ...], chunk: tuple[int, ...]) -> Iterator[tuple[str, Region]]:
    """Yield key and region of each chunk."""
    counts = [-(-length // size) for length, size in zip(shape, chunk, strict=True)]
    for index in product(*(range(count) for count in counts)):
        region = tuple(
            slice(i * size, min((i + 1) * size, length))
            for i, size, length in zip(index, chunk, shape, strict=True)
        )
        yield "/".join(["c", *map(str, index)]), region


def _array_metadata(
    shape: tuple[int, ...], chunk: tuple[int, ...], data_type: str
) -> dict[str, object]:
    return {
        "node_type": "array",
        "shape": list(shape),
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": False if data_type == "bool" else 0,
        "codecs": [
            {"name": "bytes", "configuration": {"endian": "little"}},
            {"name": "gzip", "configuration": {"level": _LEVEL}},
        ],
    }


def _write_metadata(folder: Path, document: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"zarr_format": 3, **document, "attributes": {}}
    (folder / "zarr.json").write_text(json.dumps(whole), encoding="utf-8")


def _packed(data: bytes) -> bytes:
    packer = zlib.compressobj(level=_LEVEL, wbits=zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()
