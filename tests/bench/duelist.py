"""One side of a duel, in a process of its own: `python -m tests.bench.duelist CASE SIDE FOLDER`.

Makes ready, says so, then runs once for each line that it reads and answers with what that took.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.duels import DUELS

MIB = 1024**2


def peak_bytes() -> int:
    """Return the largest resident memory since the start of the process, or since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def forget_peak() -> None:
    """Let the peak count from what is resident now."""
    Path("/proc/self/clear_refs").write_text("5")


def measured(run: Callable[[], object]) -> dict[str, object]:
    """Run once; return wall and CPU seconds, extra and whole peak memory, and the answer."""
    forget_peak()
    before = peak_bytes()
    used = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    answer = run()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    peak = peak_bytes()
    return {
        "wall": wall,
        "cpu": cpu,
        "extra_mib": (peak - before) / MIB,
        "peak_mib": peak / MIB,
        "answer": answer,
    }


def main(arguments: list[str]) -> None:
    """Serve one side until the input ends."""
    case, side, folder = arguments
    run = DUELS[case].sides[side](Path(folder))
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(measured(run)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
