import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.inside.places import Places

SMALL_BYTES = 10 * 1024**2


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The folders of a sandbox, all empty."""
    places = Places.below(tmp_path)
    for folder in (places.job, places.upload, places.truth, places.output):
        folder.mkdir()
    return places


@pytest.fixture
def order(places: Places) -> Callable[..., None]:
    """Write the orders: cases and metrics as in a plan, each with defaults."""

    def write(cases: list[dict[str, Any]], *metrics: dict[str, Any], **changes: Any) -> None:
        task = changes.pop("task", "score")
        scratch_bytes = changes.pop("scratch_bytes", SMALL_BYTES)
        kind: dict[str, Any] = {"kind": "metrics", "metrics": metrics or [accuracy()]}
        if "command" in changes:
            kind = {"kind": "program", "keys": ["score"]}
        orders = {
            "plan": {**kind, "cases": cases, **changes},
            "task": task,
            "scratch_bytes": scratch_bytes,
            "cpus": 1,
            "seed": 0,
        }
        places.orders.write_text(json.dumps(orders))

    return write


def accuracy() -> dict[str, Any]:
    return {"key": "accuracy", "metric": "accuracy"}
