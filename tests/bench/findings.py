"""What a bench found: numbers, the target that they are held to, and whether it was met."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One row of a bench's table; the unit of each value is the last word of its name."""

    bench: str
    case: str
    values: Mapping[str, float]
    target: str = ""
    is_met: bool | None = None  # None: nothing was promised of this row


def median(samples: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(samples)


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least `share` (0 to 1) of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def milliseconds(seconds: float) -> float:
    """Return a duration in milliseconds, to a tenth."""
    return round(seconds * 1000, 1)
