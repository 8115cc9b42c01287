"""Bench (a): from an upload's acceptance to its score on the board, and where the time goes."""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

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


@dataclass(frozen=True)
class Way:
    """One submission's way, in seconds after its acceptance."""

    on_board: float
    started: float
    ended: float


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
                ways = [_way(person, slug, n + 1) for n in range(WARM_UP + ROUNDS)][WARM_UP:]
                yield _finding(f"{runtime.name}, {title}", ways, TARGET_SECONDS[runtime.name])


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
    for what, samples in (("start that says hello", hellos), ("run of the same job", runs)):
        yield Finding(
            bench="a",
            case=f"{runtime.name}, bare {what}",
            values=_summary(samples[WARM_UP:]),
        )


def _way(person: Person, slug: str, number: int) -> Way:
    """Hand the team's submission of that number in and follow it until it counts on the board."""
    submission = person.hand_in(slug, TRUTH)
    accepted = time.perf_counter()
    while not any(row["entries"] == number for row in person.board(slug)):
        assert time.perf_counter() - accepted < GIVE_UP_SECONDS, person.get(
            f"submissions/{submission}"
        )
        time.sleep(POLL_SECONDS)
    on_board = time.perf_counter() - accepted
    shown = person.get(f"submissions/{submission}")
    (task,) = shown["tasks"]
    begun = datetime.fromisoformat(shown["submitted_at"])
    return Way(
        on_board=on_board,
        started=(datetime.fromisoformat(task["started_at"]) - begun).total_seconds(),
        ended=(datetime.fromisoformat(task["ended_at"]) - begun).total_seconds(),
    )


def _finding(case: str, ways: list[Way], target_seconds: float) -> Finding:
    on_board = [way.on_board for way in ways]
    return Finding(
        bench="a",
        case=case,
        values={
            **_summary(on_board),
            "until_sent_ms": milliseconds(median([way.started for way in ways])),
            "run_and_stored_ms": milliseconds(median([way.ended - way.started for way in ways])),
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
