"""Bench (a): from an upload's acceptance to its score on the board, and where the time goes."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluator.blobs import LocalBlobs
from evaluator.host.trees import TreeCache
from tests.bench.findings import Finding, median, milliseconds, percentile
from tests.bench.folders import TRUTH, write_challenge
from tests.bench.runtimes import (
    Runtime,
    bare_run_seconds,
    hello_seconds,
    opened,
    runtimes,
    trivial_job,
)
from tests.bench.sites import Person, inside, prepared_site

ROUNDS = 20
WARM_UP = 3
POLL_SECONDS = 0.02  # more often, and the asking itself would slow the scoring down
GIVE_UP_SECONDS = 60.0
TARGET_SECONDS = {"bubblewrap": 1.0, "docker": 2.0}
SCORERS = {"built-in": "built-in metric", "own": "own program"}


def measure_latency() -> Iterator[Finding]:
    """Measure every runtime of this machine."""
    for runtime in runtimes():
        yield from _bare(runtime)
        with (
            tempfile.TemporaryDirectory(prefix="agon-bench-") as folder,
            prepared_site(
                runtime.settings,
                write_challenge(Path(folder), "built-in"),
                write_challenge(Path(folder), "own", own_program=True),
            ) as site,
        ):
            (token,) = inside(site, "tests.bench.people", "1", *SCORERS)
            site.start()
            person = Person(site, token)
            for slug, title in SCORERS.items():
                on_board = [_on_board(person, slug, n + 1) for n in range(WARM_UP + ROUNDS)]
                trail = inside(site, "tests.bench.trail")["evaluations"]
                rows = [row for row in trail if row["team"].startswith(f"{slug}/")]
                case = f"{runtime.name}, {title}"
                target = TARGET_SECONDS[runtime.name]
                yield _finding(case, on_board[WARM_UP:], rows[WARM_UP:], target)


def _bare(runtime: Runtime) -> Iterator[Finding]:
    """Measure what the sandbox takes without a site."""
    with (
        tempfile.TemporaryDirectory(prefix="agon-bench-") as folder,
        opened(runtime, Path(folder)) as sandbox,
    ):
        home = Path(folder)
        job, trees = trivial_job(LocalBlobs(home / "blobs")), TreeCache(home / "trees")
        hellos = [hello_seconds(sandbox, home / "hello") for _ in range(WARM_UP + ROUNDS)]
        runs = [
            bare_run_seconds(sandbox, job, trees, home / "runs") for _ in range(WARM_UP + ROUNDS)
        ]
    hello, run = hellos[WARM_UP:], runs[WARM_UP:]
    yield Finding(
        bench="a", case=f"{runtime.name}, bare start that says hello", values=_summary(hello)
    )
    beyond = median(run) - median(hello)
    yield Finding(
        bench="a",
        case=f"{runtime.name}, bare run of the same job",
        values={**_summary(run), "beyond_start_ms": milliseconds(beyond)},
        target="≤ 400 ms beyond the start",
        is_met=beyond <= 0.4,
    )


def _on_board(person: Person, slug: str, number: int) -> float:
    """Hand the team's submission of that number in; returns when it counts on the board."""
    submission = person.hand_in(slug, TRUTH)
    accepted = time.perf_counter()
    while not any(row["entries"] == number for row in person.board(slug)):
        assert time.perf_counter() - accepted < GIVE_UP_SECONDS, person.get(
            f"submissions/{submission}"
        )
        time.sleep(POLL_SECONDS)
    return time.perf_counter() - accepted


def _finding(
    case: str, on_board: list[float], rows: list[dict[str, Any]], target_seconds: float
) -> Finding:
    return Finding(
        bench="a",
        case=case,
        values={
            **_summary(on_board),
            "until_sent_ms": milliseconds(median([r["started"] - r["queued"] for r in rows])),
            "until_stored_ms": milliseconds(median([r["ended"] - r["started"] for r in rows])),
        },
        target=f"median ≤ {target_seconds:.1f} s",
        is_met=median(on_board) <= target_seconds,
    )


def _summary(samples: list[float]) -> dict[str, float]:
    return {
        "n": len(samples),
        "median_ms": milliseconds(median(samples)),
        "p95_ms": milliseconds(percentile(samples, 0.95)),
    }
