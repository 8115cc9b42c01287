import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluator.inside.driver import run
from evaluator.inside.orders import Report
from evaluator.inside.places import Places
from tests.unit.evaluator.inside.submissions import metric

SMALL_BYTES = 10 * 1024**2

Order = Callable[..., None]
Finish = Callable[[], tuple[Report, dict[str, Any] | None]]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """The folders of a sandbox, all empty."""
    places = Places.below(tmp_path)
    for folder in (places.job, places.upload, places.truth, places.output):
        folder.mkdir()
    return places


@pytest.fixture
def order(places: Places) -> Order:
    """Write the orders: the cases, then metrics (accuracy when there are none)."""

    def write(cases: list[dict[str, Any]], *metrics: dict[str, Any], **changes: Any) -> None:
        document = {
            "task": changes.pop("task", "score"),
            "scratch_bytes": changes.pop("scratch_bytes", SMALL_BYTES),
            "cpus": changes.pop("cpus", 1),
            "memory_bytes": changes.pop("memory_bytes", 1024**3),
            "seed": 0,
        }
        kind: dict[str, Any] = {"kind": "metrics", "metrics": metrics or [metric("accuracy")]}
        if "command" in changes:
            kind = {"kind": "program", "keys": ["score"]}
        plan = {**kind, "cases": cases, **changes}
        places.orders.write_text(json.dumps({**document, "plan": plan}))

    return write


@pytest.fixture
def finish(places: Places) -> Finish:
    """Run to the end; return the report, and the result when one was written."""

    def end() -> tuple[Report, dict[str, Any] | None]:
        run(places)
        report = Report.model_validate_json(places.report.read_bytes())
        if not places.result.exists():
            return report, None
        return report, json.loads(places.result.read_text())

    return end
