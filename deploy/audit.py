"""Asks for known vulnerabilities of the locked packages; being offline is said, not punished."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from deploy.commands import attempt, say
from deploy.environment import Environment
from deploy.errors import SetupError

FINE = "fine"
TIMEOUT_SECONDS = 180.0


class Vulnerable(SetupError):
    """A locked package has a published vulnerability."""

    code = "vulnerable"


def audit(environment: Environment) -> str:
    """Check every package of the test lock, which holds all others; returns the verdict.

    Raises: Vulnerable with one line for each finding.
    """
    with tempfile.TemporaryDirectory(prefix="agon-audit-") as folder:
        report = Path(folder) / "report.json"
        program = str(environment.folder / "bin" / "pip-audit")
        options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off"]
        where = ["-r", str(environment.lock("test.txt")), "-f", "json", "-o", str(report)]
        done = attempt([program, *options, *where], timeout=TIMEOUT_SECONDS)
        if not report.is_file():
            reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
            say(f"The advisories cannot be reached from here: {reason[:200]}")
            return "NOT CHECKED"
        rows = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    return judge(rows)


def judge(rows: list[dict[str, Any]]) -> str:  # Any: JSON of another program
    """Read pip-audit's rows, one for each package; returns the verdict.

    Raises: Vulnerable.
    """
    skipped = [row["name"] for row in rows if "skip_reason" in row]
    findings = [
        f"    {row['name']} {row['version']}: {found['id']}, "
        f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
        for row in rows
        for found in row.get("vulns", ())
    ]
    if findings:
        raise Vulnerable("Locked packages with known vulnerabilities:\n" + "\n".join(findings))
    if skipped:
        say(f"The advisories of {len(skipped)} of {len(rows)} packages cannot be had from here.")
    return "NOT CHECKED" if len(skipped) == len(rows) else FINE
