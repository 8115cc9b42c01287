"""Runs as the sandbox starts them, in a process of its own, and what they cost."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluator.codes import Code
from evaluator.inside.orders import Report
from evaluator.inside.places import Places

ROOT = Path(__file__).resolve().parents[4]
MIB = 1024**2

# The peak is that of the program alone: what the parent had is left out, unlike in ru_maxrss.
_PROGRAM = """
import resource, sys
sys.path.insert(0, sys.argv[1])
from evaluator.inside.__main__ import main
code = main(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_SELF)
status = open("/proc/self/status").read()
peak_kib = status.partition("VmHWM:")[2].split()[0]
print(code, used.ru_utime + used.ru_stime, peak_kib)
"""


@dataclass(frozen=True)
class Run:
    """How a run ended, and what it took."""

    cpu_seconds: float
    peak_bytes: int
    report: Report
    scores: dict[str, float] | None

    @property
    def codes(self) -> list[Code]:
        """The codes of the problems that were found."""
        return [problem.code for problem in self.report.problems]


def measured(places: Places, timeout_seconds: float = 120) -> Run:
    """Do what the orders in `places` say; the process must end well."""
    for path in (places.report, places.result):
        path.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, str(ROOT), str(places.output.parent)],
        capture_output=True,
        check=False,
        text=True,
        timeout=timeout_seconds,
    )
    assert done.returncode == 0, done.stderr
    code, seconds, kib = done.stdout.split()
    assert code == "0", done.stderr
    result = json.loads(places.result.read_text()) if places.result.exists() else {}
    return Run(
        float(seconds),
        int(kib) * 1024,
        Report.model_validate_json(places.report.read_bytes()),
        result.get("scores"),
    )


def lay_out(places: Places, plan: dict[str, Any], *, memory_bytes: int, cpus: int = 2) -> None:
    """Write the orders for a plan of metrics."""
    document = {
        "task": "score",
        "scratch_bytes": 1024**3,
        "cpus": cpus,
        "memory_bytes": memory_bytes,
        "seed": 0,
        "plan": {"kind": "metrics", **plan},
    }
    places.orders.write_text(json.dumps(document))
