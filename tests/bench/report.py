"""The bench's report: a table for people, JSON for programs, a section of the documentation."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from tests.bench.findings import Finding

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "bench.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
TITLES = {
    "a": "From an upload's acceptance to its score on the board",
    "b": "A leaderboard with 2,000 teams and 100,000 submissions",
    "c": "200 submissions at once, from 20 teams in each of 2 challenges",
    "d": "Scoring, against reference implementations on the same arrays",
    "e": "A set of arrays of the size of the CellMap challenge's",
}
_SECTION = re.compile(r"^## \((\w)\).*?(?=^## \(|\Z)", re.MULTILINE | re.DOTALL)
MET = {True: "yes", False: "NO", None: ""}
INTRODUCTION = """\
# Bench

What `make bench` measures, on the machine named below. Run it on yours: little else decides the
numbers. A JSON file with every number is left in `var/bench/`.

"""


def table(findings: Sequence[Finding]) -> str:
    """Return the findings as Markdown tables, one a bench; also readable as they are."""
    return "\n\n".join(_sections(findings).values())


def write_json(findings: Sequence[Finding], machine: Mapping[str, str], now: datetime) -> Path:
    """Write everything to `var/bench/DATE.json` and return the file."""
    path = ROOT / "var" / "bench" / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = {
        "measured_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "machine": dict(machine),
        "findings": [asdict(finding) for finding in findings],
    }
    path.write_text(json.dumps(data, indent=2) + "\n")
    return path


def write_page(findings: Sequence[Finding], machine: Mapping[str, str], now: datetime) -> None:
    """Put the tables into the documentation; other benches and what people wrote stay."""
    old = PAGE.read_text() if PAGE.is_file() else f"{INTRODUCTION}{BEGIN}\n{END}\n"
    before, _, rest = old.partition(BEGIN)
    kept, _, after = rest.partition(END)
    where = ", ".join(f"{name} {value}" for name, value in machine.items())
    measured = f"Measured on {now:%Y-%m-%d}: {where}."
    sections = {match[1]: match[0].rstrip() for match in _SECTION.finditer(kept)}
    sections |= _sections(findings, measured)
    text = "\n\n".join(sections[name] for name in sorted(sections))
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def _sections(findings: Sequence[Finding], measured: str = "") -> dict[str, str]:
    """Return the section of each bench by its letter."""
    sections = {}
    for bench, group in groupby(findings, key=lambda finding: finding.bench):
        parts = [f"## ({bench}) {TITLES[bench]}", measured, _markdown(list(group))]
        sections[bench] = "\n\n".join(part for part in parts if part)
    return sections


def _markdown(rows: Sequence[Finding]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    head = ["case", *(name.replace("_", " ") for name in names), "target", "met"]
    body = [
        [row.case, *(_number(row.values.get(name)) for name in names), row.target, MET[row.is_met]]
        for row in rows
    ]
    widths = [max(len(line[n]) for line in (head, *body)) for n in range(len(head))]
    ruler = ["-" * width for width in widths]
    return "\n".join(_line(cells, widths) for cells in (head, ruler, *body))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return (
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        + " |"
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"
