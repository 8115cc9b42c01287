"""Bench (c): 200 submissions at once. Nothing is lost or scored twice, and turns are fair."""

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.blobs import LocalBlobs
from evaluator.host.trees import TreeCache
from tests.bench.findings import Finding, median
from tests.bench.folders import TRUTH, write_challenge
from tests.bench.runtimes import Runtime, bare_run_seconds, opened, runtimes, trivial_job
from tests.bench.sites import Person, inside, only_web, prepared_site
from tests.integration.system.site import Site

TEAMS = 20
SLUGS = ("rain-a", "rain-b")
EACH = 5
SUBMISSIONS = TEAMS * len(SLUGS) * EACH
WORKERS = 2
UPLOADERS = 8
BARE_RUNS = 10
SLACK = 1.5
FAIR = 2.0
GIVE_UP_SECONDS = 900.0


@dataclass(frozen=True)
class Ended:
    """One evaluation that has ended, in seconds since the first was started."""

    team: str
    started: float
    ended: float


def measure_burst() -> Iterator[Finding]:
    """Measure every runtime of this machine."""
    for runtime in runtimes():
        bare = _bare(runtime)
        with (
            tempfile.TemporaryDirectory(prefix="agon-bench-") as folder,
            prepared_site(
                {**runtime.settings, "AGON_SLOTS": str(WORKERS)},
                *(write_challenge(Path(folder), slug) for slug in SLUGS),
            ) as site,
        ):
            tokens = inside(site, "tests.bench.people", str(TEAMS), *SLUGS)
            with only_web(site):
                taken_seconds = _hand_all_in(site, tokens)
            site.start()
            _wait_for_all(site, tokens[0])
            site.stop()
            found = inside(site, "tests.bench.trail")
        yield _finding(runtime, bare, taken_seconds, found)


def _hand_all_in(site: Site, tokens: list[str]) -> float:
    """Hand everything in, all people at once; returns how long the site took to accept it."""
    started = time.perf_counter()
    with ThreadPoolExecutor(UPLOADERS) as pool:
        list(pool.map(lambda token: _hand_in(Person(site, token)), tokens))
    return time.perf_counter() - started


def _hand_in(person: Person) -> None:
    for _ in range(EACH):
        for slug in SLUGS:
            person.hand_in(slug, TRUTH)


def _wait_for_all(site: Site, token: str) -> None:
    person, deadline = Person(site, token), time.monotonic() + GIVE_UP_SECONDS
    while sum(row["entries"] for slug in SLUGS for row in person.board(slug)) < SUBMISSIONS:
        assert time.monotonic() < deadline, "the submissions were not scored in time"
        time.sleep(0.5)


def _bare(runtime: Runtime) -> float:
    """Return the median of runs of the same job, one after the other, without a site."""
    with (
        tempfile.TemporaryDirectory(prefix="agon-bench-") as folder,
        opened(runtime, Path(folder)) as sandbox,
    ):
        home = Path(folder)
        job, trees = trivial_job(LocalBlobs(home / "blobs")), TreeCache(home / "trees")
        return median(
            [bare_run_seconds(sandbox, job, trees, home / "runs") for _ in range(BARE_RUNS)]
        )


def _finding(runtime: Runtime, bare: float, taken_seconds: float, found: dict[str, Any]) -> Finding:
    rows = found["evaluations"]
    begin = min(row["started"] for row in rows)
    ended = [Ended(row["team"], row["started"] - begin, row["ended"] - begin) for row in rows]
    last, bound = max(row.ended for row in ended), SUBMISSIONS * bare / WORKERS * SLACK
    once = sum(_was_scored_once(row) for row in rows)
    waits = _mean_waits(ended)
    unfair = max(waits.values()) / median(list(waits.values()))
    return Finding(
        bench="c",
        case=runtime.name,
        values={
            "taken_s": round(taken_seconds, 1),
            "last_done_s": round(last, 1),
            "bound_s": round(bound, 1),
            "bare_run_ms": round(bare * 1000),
            "scored_per_minute": round(SUBMISSIONS / last * 60),
            "scored_once": once,
            "counted_on_boards": found["counted"],
            "longest_by_median_wait": round(unfair, 2),
        },
        target=(
            f"last within {SUBMISSIONS} bare runs / {WORKERS} * {SLACK}; all {SUBMISSIONS} once; "
            f"no team waits over {FAIR:g} medians"
        ),
        is_met=last <= bound
        and once == len(rows) == found["counted"] == SUBMISSIONS
        and unfair <= FAIR,
    )


def _was_scored_once(row: dict[str, Any]) -> bool:
    return (row["status"], row["scored"], row["attempt"]) == ("scored", 1, 1)


def _mean_waits(ended: list[Ended]) -> dict[str, float]:
    """Return how long each team's submissions waited for their start, on average."""
    waits: dict[str, list[float]] = defaultdict(list)
    for row in ended:
        waits[row.team].append(row.started)
    return {team: sum(group) / len(group) for team, group in waits.items()}
