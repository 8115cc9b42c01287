"""What tests hand in: cases, metrics, stored arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import zarr


def store(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, str | bytes):
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    elif path.suffix == ".npy":
        np.save(path, np.asarray(data))
    elif path.suffix == ".npz":
        np.savez_compressed(path, **data)
    else:
        array = np.asarray(data)
        chunks = tuple(max(1, length // 2) for length in array.shape)
        stored = zarr.create_array(
            str(path),
            shape=array.shape,
            dtype=array.dtype,
            chunks=chunks,
            config={"write_empty_chunks": True},
        )
        stored[...] = array


def metric(name: str, key: str | None = None, **more: Any) -> dict[str, Any]:
    aggregate = more.pop("aggregate", "mean")
    return {"key": key or name, "metric": name, "aggregate": aggregate, "parameters": more}


def case(number: int, suffix: str = ".npy", **changes: Any) -> dict[str, Any]:
    """One case whose prediction and truth lie at the same path."""
    how = {".npy": "npy", ".zarr": "zarr", ".csv": "csv", ".tif": "tiff"}
    source = {"path": f"case-{number}{suffix}", "format": how[suffix]}
    return {
        "id": f"case-{number}",
        "sources": [source],
        "truth": source,
        "dtype": "integer",
        **changes,
    }
