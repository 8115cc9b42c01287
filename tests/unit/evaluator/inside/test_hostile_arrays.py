import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from evaluator.inside.places import Places
from tests.hostile.uploads.arrays import HOSTILE, MIB, TRUTH, Upload
from tests.unit.evaluator.inside.submissions import case, metric, store

PATHS = {
    "zarr": "case-1.zarr",
    "npy": "case-1.npy",
    "npz": "case-1.npz/case-1",
    "csv": "case-1.csv",
    "tiff": "case-1.tif",
}


@pytest.mark.parametrize("upload", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_array_is_refused_with_its_code_little_memory_and_at_once(
    upload: Upload, places: Places, order: Any, finish: Any
) -> None:
    is_table = upload.format == "csv"
    store(places.truth / "case-1.npy", TRUTH.ravel() if is_table else TRUTH)
    for name, data in upload.files().items():
        store(places.upload / name, data)
    how = {"npz": "npy"}.get(upload.format, upload.format)
    source = {"path": PATHS[upload.format], "format": how}
    truth = {"path": "case-1.npy", "format": "npy"}
    order([case(1, sources=[source], truth=truth, column="label" if is_table else None)])
    tracemalloc.start()
    started = time.monotonic()

    report, result = finish()

    seconds = time.monotonic() - started
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result is None
    assert [problem.code for problem in report.problems] == [upload.code]
    assert report.problems[0].path == PATHS[upload.format]
    assert report.problems[0].message.endswith((".", "?"))
    assert peak_bytes < 50 * MIB
    assert seconds < 10
    assert not Path("/tmp/agon-pickle-was-run").exists()


def test_consolidated_metadata_that_lie_change_nothing(
    places: Places, order: Any, finish: Any
) -> None:
    store(places.truth / "case-1.zarr", TRUTH)
    store(places.upload / "case-1.zarr", TRUTH)
    store(places.upload / "case-1.zarr/.zmetadata", '{"metadata": {".zarray": {"shape": [1]}}}')
    order([case(1, ".zarr")], metric("mae"))

    report, result = finish()

    assert report.problems == ()
    assert result["scores"] == {"mae": 0.0}
