"""Bench (d): the scoring engine against reference implementations, on the same arrays in turns."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.arrays import make_arrays
from tests.bench.duels import DUELS, Duel
from tests.bench.findings import Finding, median
from tests.bench.starts import measure_starts

ROOT = Path(__file__).resolve().parents[2]
SIDES = ("ours", "reference")


@dataclass(frozen=True)
class Runs:
    """What the runs of one side took."""

    rows: list[dict[str, Any]]

    def median(self, what: str) -> float:
        """Return the median over the runs; the first one has warmed up and is left out."""
        return median([row[what] for row in self.rows])

    def largest(self, what: str) -> float:
        """Return the largest value."""
        return max(float(row[what]) for row in self.rows)


def measure_engine() -> Iterator[Finding]:
    """Measure every duel, and what comes before the first number."""
    yield from measure_starts()
    with tempfile.TemporaryDirectory(prefix="agon-bench-") as place:
        for duel in DUELS.values():
            yield finding(duel, fight(duel, Path(place)))


def fight(duel: Duel, place: Path) -> dict[str, Runs]:
    """Run both sides in turns, each in a process of its own; the answers must agree.

    Raises: AssertionError when they do not.
    """
    folder = make_arrays(duel.arrays, place)
    with _process(duel, "ours", folder) as ours, _process(duel, "reference", folder) as reference:
        sides = {"ours": ours, "reference": reference}
        rows = [
            {side: _ask(process) for side, process in sides.items()} for _ in range(duel.rounds + 1)
        ]
    for row in rows:
        one, two = row["ours"]["answer"], row["reference"]["answer"]
        agree = duel.share < 1 or abs(one - two) <= duel.tolerance * max(1, abs(two))
        assert agree, f"{duel.case}: {one} is not {two}"
    return {side: Runs([row[side] for row in rows[1:]]) for side in SIDES}


def finding(duel: Duel, runs: dict[str, Runs]) -> Finding:
    """Return the row of the table, held to the goals."""
    ours, reference = runs["ours"], runs["reference"]
    values = {
        "ours_s": ours.median("wall"),
        "reference_s": reference.median("wall") / duel.share,
        "ours_cpu_s": ours.median("cpu"),
        "extra_MiB": ours.largest("extra_mib"),
        "peak_MiB": ours.largest("peak_mib"),
        "reference_extra_MiB": reference.largest("extra_mib"),
    }
    values["times"] = values["reference_s"] / values["ours_s"]
    values["cpu_times"] = reference.median("cpu") / duel.share / values["ours_cpu_s"]
    if duel.gigabytes:
        values["GB_per_s"] = duel.gigabytes / values["ours_s"]
    goals = _goals(duel, values)
    return Finding(
        bench="d",
        case=duel.case,
        values={name: float(f"{value:.4g}") for name, value in values.items()},
        target=", ".join(text for text, _ in goals),
        is_met=all(is_met for _, is_met in goals) if goals else None,
    )


def _goals(duel: Duel, values: dict[str, float]) -> list[tuple[str, bool]]:
    """Return the text of each goal of the duel, and whether it is reached."""
    at_least = (
        ("times", duel.times, "x"),
        ("cpu_times", duel.cpu_times, "x CPU"),
        ("GB_per_s", duel.gigabytes_per_second, " GB/s"),
    )
    at_most = (
        ("ours_s", duel.seconds, " s"),
        ("extra_MiB", duel.extra_mib, " MiB extra"),
        ("peak_MiB", duel.peak_mib, " MiB"),
    )
    return [
        (f"≥ {goal:g}{unit}", values[name] >= goal)
        for name, goal, unit in at_least
        if goal is not None
    ] + [
        (f"≤ {goal:g}{unit}", values[name] <= goal)
        for name, goal, unit in at_most
        if goal is not None
    ]


def _ask(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("go\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


@contextmanager
def _process(duel: Duel, side: str, folder: Path) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tests.bench.duelist", duel.case, side, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()
