"""Measures, prints tables, writes JSON and docs/bench.md: `python -m tests.bench [a] [b] …`."""

import argparse
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from tests.bench.boards import measure_boards
from tests.bench.burst import measure_burst
from tests.bench.engine import measure_engine
from tests.bench.findings import Finding
from tests.bench.latency import measure_latency
from tests.bench.machine import describe_machine
from tests.bench.manifest_set import measure_manifest_set
from tests.bench.report import table, write_json, write_page

BENCHES: dict[str, Callable[[], Iterable[Finding]]] = {
    "a": measure_latency,
    "b": measure_boards,
    "c": measure_burst,
    "d": measure_engine,
    "e": measure_manifest_set,
}
ON_REQUEST = {"e"}  # takes as long as all others together


def main(arguments: list[str]) -> int:
    """Measure what was asked for; 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure this machine.")
    parser.add_argument("benches", nargs="*", help="of: a, b, c, d, e; all but e without one")
    asked = parser.parse_args(arguments).benches or sorted(BENCHES.keys() - ON_REQUEST)
    if unknown := sorted(set(asked) - set(BENCHES)):
        parser.error(f"no such bench: {', '.join(unknown)}")
    machine, now = describe_machine(), datetime.now(UTC)
    findings = [finding for name in sorted(asked) for finding in _measured(name)]
    print(f"\n{table(findings)}\n")
    print(f"Everything is in {write_json(findings, machine, now)}")
    write_page(findings, machine, now)
    return int(any(finding.is_met is False for finding in findings))


def _measured(name: str) -> Iterable[Finding]:
    for finding in BENCHES[name]():
        values = ", ".join(f"{key} {value:g}" for key, value in finding.values.items())
        print(f"({name}) {finding.case}: {values}", file=sys.stderr, flush=True)
        yield finding


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
